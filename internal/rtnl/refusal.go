package rtnl

import (
	"errors"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/hint"
	"nstools/internal/iproute"
)

// refusal words an answer of the kernel as ip does: with its sentence, where it gave
// one beside the errno.
func (c *Conn) refusal(err error) *iproute.Failure {
	f := &iproute.Failure{Text: "RTNETLINK answers: " + diag.Reason(err), Status: iproute.StatusKernel}
	if errors.As(err, &f.Errno) {
		_, sentence, _ := strings.Cut(err.Error(), f.Errno.Error()+": ")
		if sentence = strings.TrimRight(sentence, ".\x00"); sentence != "" {
			f.Text = "Error: " + sentence + "."
		}
	}
	if f.Errno == unix.EPERM {
		f.Hint = hint.RefusedByNetwork(c.own)
	}
	return f
}

// Refused tells whether an error is the kernel's answer with that errno.
func Refused(err error, errno unix.Errno) bool {
	f := (*iproute.Failure)(nil)
	return errors.As(err, &f) && f.Errno == errno
}
