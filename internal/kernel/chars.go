package kernel

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Chars is text in memory that stays and does not move: a constant, the kernel's words, or memory
// that the lowerer keeps. Its address is a uintptr, because code without a runtime must not write
// a pointer. The zero value is empty.
type Chars struct{ at, size uintptr }

// CharsOf returns the text of s, which the caller has to keep alive.
func CharsOf(s string) Chars {
	return Chars{uintptr(unsafe.Pointer(unsafe.StringData(s))), uintptr(len(s))}
}

// charsUpToNUL returns the C string at an address.
func charsUpToNUL(at uintptr) Chars {
	c := Chars{at, 0}
	for c.byteAt(c.size) != 0 {
		c.size++
	}
	return c
}

func (c Chars) byteAt(n uintptr) byte {
	at := c.at + n
	return **(**byte)(unsafe.Pointer(&at))
}

// String returns the text as a string.
func (c Chars) String() string {
	return *(*string)(unsafe.Pointer(&c)) // the same two words
}

// A phrase says what has failed. It has up to three parts.
type phrase [3]Chars

func (m *phrase) isThere() bool { return m[0].size != 0 }

// prefix returns what messages begin with: the program's name and a colon, or nothing if only hints
// begin with them.
func (p *program) prefix() (name, colon Chars) {
	if p.noPrefix {
		return Chars{}, Chars{}
	}
	return p.name, CharsOf(": ")
}

// report writes "NAME: what failed: reason" in one call, so that lines of two processes do not
// mix.
func (p *program) report(what *phrase, errno syscall.Errno) {
	reason := Chars{}
	if uintptr(errno) < uintptr(len(p.reasons)) {
		reason = CharsOf(p.reasons[errno])
	}
	var number [4]byte
	digits := Chars{at: uintptr(unsafe.Pointer(&number))}
	if reason.size == 0 {
		reason = CharsOf("Unknown error ")
		digits.size = putNumber(&number, uintptr(errno))
	}
	name, begin := p.prefix()
	line := [...]Chars{name, begin, what[0], what[1], what[2], CharsOf(": "), reason, digits, CharsOf("\n")}
	write(&line)
}

// tell writes a line without a reason.
func (p *program) tell(text Chars) {
	name, begin := p.prefix()
	line := [9]Chars{name, begin, text, CharsOf("\n")}
	write(&line)
}

// tellHint writes a hint that is known without a search.
func (p *program) tellHint(hint *phrase) {
	line := [9]Chars{p.name, CharsOf(": hint: "), hint[0], hint[1], hint[2], CharsOf("\n")}
	write(&line)
}

// write writes to standard error; Chars is laid out as the iovec of writev(2).
func write(line *[9]Chars) {
	rawCall(unix.SYS_WRITEV, 2, uintptr(unsafe.Pointer(line)), uintptr(len(line)))
}

// putNumber writes a number below 10,000 (an errno or a descriptor), and returns how many digits it
// has.
func putNumber(b *[4]byte, n uintptr) (digits uintptr) {
	for divisor := uintptr(1000); divisor > 0; divisor /= 10 {
		if digits > 0 || n >= divisor || divisor == 1 {
			b[digits&3] = byte('0' + n/divisor%10)
			digits++
		}
	}
	return digits
}
