package iproute

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// ParseHardware reads a link-layer address: octets in hexadecimal with colons between them.
// With a dot in it, it is an address of IPv4. Like scanf(3) it skips what stands behind the
// digits of an octet, so that "foo" is the octet 0f. The error is a *Failure.
func ParseHardware(word string) ([]byte, error) {
	if strings.Contains(word, ".") {
		a, ok := parseAddress(word, unix.AF_INET)
		if !ok {
			return nil, notHardware(word)
		}
		return a.Addr, nil
	}
	var octets []byte
	for part := range strings.SplitSeq(word, ":") {
		n, ok := scanHexOctet(part)
		if !ok {
			return nil, notHardware(part)
		}
		octets = append(octets, n)
	}
	return octets, nil
}

func notHardware(word string) *Failure { return Fail(`"` + word + `" is invalid lladdr.`) }

// scanHexOctet reads what %x of scanf(3) reads into a value of 8 bits.
func scanHexOctet(s string) (byte, bool) {
	const digits = "0123456789abcdefABCDEF"
	s = strings.TrimPrefix(strings.TrimLeft(s, " \t\n\v\f\r"), "+")
	if len(s) > 2 && (s[:2] == "0x" || s[:2] == "0X") && strings.Contains(digits, s[2:3]) {
		s = s[2:]
	}
	s = s[:len(s)-len(strings.TrimLeft(s, digits))]
	n, err := strconv.ParseUint(s, 16, 8)
	return byte(n), err == nil
}
