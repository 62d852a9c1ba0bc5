package iproute

import (
	"strconv"
	"strings"
)

// Integer reads a 32-bit number as strtol(3) with base 0 does: decimal, hexadecimal behind 0x,
// octal behind 0. It refuses what only strconv reads: 0o, 0b and underscores.
func Integer(word string) (int32, bool) {
	n, err := strconv.ParseInt(word, 0, 32)
	return int32(n), err == nil && !isGoSyntax(word)
}

// Unsigned reads a number of at most that many bits in the same way. A minus sign is refused.
func Unsigned(word string, bits int) (uint32, bool) {
	n, ok := Unsigned64(word)
	return uint32(n), ok && n>>bits == 0
}

// Unsigned64 reads a number of at most 64 bits, as Unsigned reads shorter ones.
func Unsigned64(word string) (uint64, bool) {
	n, err := strconv.ParseUint(strings.TrimPrefix(word, "+"), 0, 64)
	return n, err == nil && !isGoSyntax(word) && !strings.HasPrefix(word, "++")
}

func isGoSyntax(word string) bool {
	digits := strings.ToLower(strings.TrimLeft(word, "+-"))
	return strings.Contains(digits, "_") || strings.HasPrefix(digits, "0o") || strings.HasPrefix(digits, "0b")
}
