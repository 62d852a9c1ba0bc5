package facts

import (
	"os"
	"testing"
)

func TestCurrent(t *testing.T) {
	want := Ids{uint32(os.Getuid()), uint32(os.Geteuid()), uint32(os.Getgid()), uint32(os.Getegid())}
	if got := Current(); got != want {
		t.Errorf("Current() = %v; want %v", got, want)
	}
}
