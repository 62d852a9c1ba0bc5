package tool

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
)

// ParseID returns a uid or gid. It reads as strtoul(3) does, blanks and a plus sign in front
// included. A minus sign, and what does not fit into 32 bits, is an error: C takes them
// modulo 2^32, so that 4294967296 would mean root. Errors begin with what.
func ParseID(s, what string) (*uint32, error) {
	n, err := strconv.ParseUint(cSpace(s), 10, 32)
	if err != nil {
		return nil, badNumber(what, s, err)
	}
	id := uint32(n)
	return &id, nil
}

// ParseSeconds returns a whole number of seconds, which it reads as strtoimax(3) does.
// Errors begin with what.
func ParseSeconds(s, what string) (*int64, error) {
	n, err := strconv.ParseInt(cSpace(s), 10, 64)
	if err != nil {
		return nil, badNumber(what, s, err)
	}
	return &n, nil
}

// cSpace returns s without what strtoul(3) skips in front and strconv does not.
func cSpace(s string) string {
	t := strings.TrimLeft(s, " \t\n\v\f\r")
	if len(t) > 1 && t[0] == '+' && t[1] >= '0' && t[1] <= '9' {
		t = t[1:]
	}
	return t
}

func badNumber(what, s string, err error) error {
	text := what + ": '" + s + "'"
	if errors.Is(err, strconv.ErrRange) {
		text += ": " + diag.Strerror(unix.ERANGE)
	}
	return Failure(text)
}
