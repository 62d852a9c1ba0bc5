package tool

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
)

// ParseID reads a uid or gid as strtoul(3) does, blanks and a plus sign in front
// included, but for a minus sign and for what does not fit into 32 bits, which C
// takes modulo 2^32: 4294967296 for root.
func ParseID(s, what string) (*uint32, error) {
	n, err := strconv.ParseUint(cSpace(s), 10, 32)
	if err != nil {
		return nil, badNumber(what, s, err)
	}
	id := uint32(n)
	return &id, nil
}

// ParseSeconds reads a whole number as strtoimax(3) does.
func ParseSeconds(s, what string) (*int64, error) {
	n, err := strconv.ParseInt(cSpace(s), 10, 64)
	if err != nil {
		return nil, badNumber(what, s, err)
	}
	return &n, nil
}

// cSpace takes off what strtoul(3) passes over and strconv does not.
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
