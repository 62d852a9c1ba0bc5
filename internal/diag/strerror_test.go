package diag

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestStrerrorIsTheLibrarys compares every error with the C library's words.
func TestStrerrorIsTheLibrarys(t *testing.T) {
	perl, err := exec.LookPath("perl")
	if err != nil {
		t.Skip("no perl to ask the C library with")
	}
	cmd := exec.Command(perl, "-e", `for (1..140) { $! = $_; print "$!\n" }`)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	n := syscall.Errno(0)
	for line := range strings.Lines(string(out)) {
		n++
		if got, want := Strerror(n), strings.TrimSpace(line); got != want {
			t.Errorf("Strerror(%d) = %q; want %q", int(n), got, want)
		}
	}
}
