package rtnl

import (
	"errors"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/hint"
	"nstools/internal/iproute"
)

// An Error is the kernel's refusal of a request. errors.Is finds the errno.
type Error struct {
	Errno    unix.Errno // 0 for an answer that cannot be read
	Sentence string     // what the kernel says beside the errno, without the full stop; "" for nothing
	current  bool       // the request was about the namespace of the calling thread
	unread   string     // why the answer cannot be read
}

// refusal returns the Error that an error of the library means.
func (c *Conn) refusal(err error) *Error {
	e := &Error{current: c.current}
	if !errors.As(err, &e.Errno) {
		e.unread = err.Error()
		return e
	}
	_, sentence, _ := strings.Cut(err.Error(), e.Errno.Error()+": ")
	e.Sentence = strings.TrimRight(sentence, ".\x00")
	return e
}

// Error returns ip's message: the kernel's sentence, or else the errno.
func (e *Error) Error() string {
	switch {
	case e.Sentence != "":
		return "Error: " + e.Sentence + "."
	case e.Errno == 0:
		return "RTNETLINK answers: " + e.unread
	}
	return "RTNETLINK answers: " + diag.Strerror(e.Errno)
}

// Unwrap returns the errno, nil for none.
func (e *Error) Unwrap() error {
	if e.Errno == 0 {
		return nil
	}
	return e.Errno
}

// Failure returns the refusal as the failure of a command of ip(8). For EPERM it looks for the
// cause.
func (e *Error) Failure() *iproute.Failure {
	f := &iproute.Failure{Text: e.Error(), Status: iproute.StatusKernel, Errno: e.Errno}
	if e.Errno == unix.EPERM {
		f.Hint = hint.RefusedByNetwork(e.current)
	}
	return f
}

// FailureOf returns the *iproute.Failure in an error. It converts an *Error, and returns nil
// for other errors.
func FailureOf(err error) *iproute.Failure {
	if f := (*iproute.Failure)(nil); errors.As(err, &f) {
		return f
	}
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Failure()
	}
	return nil
}
