// Package diag words failures: the text that equals the original's, and the exit
// status. It prints a hint that it is given; package hint finds hints.
package diag

import (
	"errors"
	"io"
	"path"
	"strconv"
	"syscall"

	"nstools/internal/quote"
)

// An Error is a failure before or beside the plan.
type Error struct {
	Text string // without the program's name
	Hint string // the cause and its cure; "" for none
}

func (e *Error) Error() string { return e.Text }

// Name returns the program's name in messages: the last element of argv[0].
func Name(argv []string) string {
	if len(argv) == 0 || argv[0] == "" {
		return ""
	}
	return path.Base(argv[0])
}

// Print writes an error in the form NAME: TEXT and returns the exit status.
func Print(w io.Writer, name string, err error) int {
	// If standard error is closed, nobody reads the message.
	io.WriteString(w, name+": "+err.Error()+"\n")
	if e, ok := err.(*Error); ok {
		WriteHint(w, name, e.Hint)
	}
	return 1
}

// WriteHint writes the line that follows a message, unless the hint is "".
func WriteHint(w io.Writer, name, hint string) {
	if hint != "" {
		io.WriteString(w, name+": hint: "+quote.Plain(hint)+"\n")
	}
}

// Count returns a number of things: "1 cgroup", "2 cgroups".
func Count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.Itoa(n) + " " + thing
}

// Reason returns the errno inside an error in the C library's words. An error without an
// errno is returned as its own text.
func Reason(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return Strerror(errno)
	}
	return err.Error()
}

// PrintUsage writes a complaint about the command line and returns the exit status. Like
// getopt_long(3) it begins the first line with argv[0] as it was typed; the second line has
// the program's name.
func PrintUsage(w io.Writer, typed, name string, err error) int {
	io.WriteString(w, typed+": "+err.Error()+"\nTry '"+name+" --help' for more information.\n")
	return 1
}
