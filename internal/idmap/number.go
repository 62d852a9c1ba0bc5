package idmap

import (
	"strconv"
	"strings"
)

// ParseNumber reads an id as strtoul(3) and sscanf(3) do, which every version of util-linux
// reads them with: decimal, below 2^32, after blanks and one plus sign. A minus sign is
// refused, which they take.
// Errors: those of strconv.
func ParseNumber(s string) (uint32, error) {
	digits := strings.TrimPrefix(strings.TrimLeft(s, " \t\n\v\f\r"), "+")
	n, err := strconv.ParseUint(digits, 10, 32)
	return uint32(n), err
}
