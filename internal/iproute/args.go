package iproute

import (
	"strings"

	"golang.org/x/sys/unix"
)

// Args holds the rest of a command line.
type Args []string

// Next takes the next word; false at the end.
func (a *Args) Next() (string, bool) {
	if len(*a) == 0 {
		return "", false
	}
	word := (*a)[0]
	*a = (*a)[1:]
	return word, true
}

// Value takes the word that has to follow. The error is a *Failure.
func (a *Args) Value() (string, error) {
	word, ok := a.Next()
	if !ok {
		return "", Incomplete()
	}
	return word, nil
}

// IsInterfaceName reports whether a word may be the name of a device itself. See: check_ifname in
// utils.c of iproute2.
func IsInterfaceName(s string) bool { return IsDeviceName(s) && len(s) < unix.IFNAMSIZ }

// IsDeviceName reports whether ip takes a word for the name of a device. Alternative names may
// be longer than IFNAMSIZ.
func IsDeviceName(s string) bool {
	return s != "" && !strings.ContainsAny(s, "/ \t\n\v\f\r")
}
