package ip

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestNextBatchMessages has another ip print messages before and after it has read its line.
func TestNextBatchMessages(t *testing.T) {
	for _, c := range []struct {
		name, early, late string
		passed            string
		failed            bool
	}{
		{"nothing", "", "", "", false},
		{"a message", "", "what\n", "what\n", false},
		{"a failure", "", "what\nCommand failed -:1\n", "what\n", true},
		{"a failure before we look", "what\nCommand failed -:1\n", "", "what\n", true},
		{"a failure in parts", "what\nCommand fai", "led -:1\n", "what\n", true},
		{"behind a message that does not end", "", "whatCommand failed -:1\n", "what", true},
		{"of another line", "", "Command failed -:2\n", "Command failed -:2\n", false},
		{"no end", "", "what", "what", false},
	} {
		var passed strings.Builder
		b, theirIn, theirErr := standIn(t)
		b.stderr = &passed
		theirErr.WriteString(c.early)
		go func() {
			buf := make([]byte, 4096)
			theirIn.Read(buf) // the line
			theirErr.WriteString(c.late)
			theirIn.Read(buf) // the newline behind it
		}()
		tried, err := b.runLine("rule show")
		if !tried || (err != nil) != c.failed || passed.String() != c.passed {
			t.Errorf("%s: got %v, %v, %q; want failed %v, %q", c.name, tried, err, &passed, c.failed, c.passed)
		}
	}
}

// standIn returns a nextBatch without a process, and the ends that the process would have.
func standIn(t *testing.T) (b *nextBatch, in, err *os.File) {
	t.Helper()
	b = new(nextBatch)
	var inPipe, errPipe [2]int
	for _, p := range []*[2]int{&inPipe, &errPipe} {
		if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
	}
	b.in, b.messages = inPipe[1], errPipe[0]
	if err := onePage(b.in); err != nil {
		t.Skip("pipes of one page are refused:", err)
	}
	if err := unix.SetNonblock(b.messages, true); err != nil {
		t.Fatal(err)
	}
	in, err = os.NewFile(uintptr(inPipe[0]), "in"), os.NewFile(uintptr(errPipe[1]), "err")
	t.Cleanup(func() {
		in.Close()
		err.Close()
		unix.Close(b.in)
		unix.Close(b.messages)
	})
	return b, in, err
}
