package kernel

import (
	"os"
	"testing"
	"unsafe"
)

func TestEnvironIsInPlace(t *testing.T) {
	env := Environ()
	if len(env) == 0 {
		t.Skip("no environment to look at")
	}
	from, to := startMemory(os.Args, env)
	for _, s := range env {
		if at := uintptr(unsafe.Pointer(unsafe.StringData(s))); at < from || at >= to {
			t.Fatalf("%q is at %#x; want it in [%#x, %#x), where the kernel put it", s, at, from, to)
		}
	}
}

func TestCString(t *testing.T) {
	l := new(lowerer)
	l.from, l.to = startMemory(os.Args, Environ())
	arg := os.Args[0]
	for _, test := range []struct {
		s      string
		copied bool
	}{
		{arg, false},
		{arg[:len(arg)-1], true}, // no NUL behind it
		{"not an argument", true},
		{"", true},
	} {
		at := l.cstring(test.s)
		if copied := at != uintptr(unsafe.Pointer(unsafe.StringData(test.s))); copied != test.copied {
			t.Errorf("cstring(%q) copied = %v; want %v", test.s, copied, test.copied)
		}
		got := unsafe.Slice((*byte)(l.pointer(at)), len(test.s)+1)
		if string(got) != test.s+"\x00" {
			t.Errorf("cstring(%q) = %q", test.s, got)
		}
	}
}

// pointer returns an address in the arena or in the start memory as a pointer.
func (p *program) pointer(at uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&at))
}
