package iproute

import (
	"strconv"
	"strings"
)

// Integer reads a 32-bit number as strtol(3) does with base 0: decimal, hexadecimal
// behind 0x, octal behind 0. What strconv knows besides, 0o, 0b and underscores, is none.
func Integer(word string) (int32, bool) {
	digits := strings.ToLower(strings.TrimLeft(word, "+-"))
	if strings.Contains(digits, "_") || strings.HasPrefix(digits, "0o") || strings.HasPrefix(digits, "0b") {
		return 0, false
	}
	n, err := strconv.ParseInt(word, 0, 32)
	return int32(n), err == nil
}
