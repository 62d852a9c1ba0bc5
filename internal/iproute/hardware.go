package iproute

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// ParseHardware reads an address of hardware: octets in hexadecimal with colons between
// or, where there is a dot, one of IPv4. Of an octet, what is behind its digits is
// passed over, as by scanf(3), so that "foo" is one octet, 0f. The error is a *Failure.
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

// scanOctet is %x of scanf(3) for a value of 8 bits.
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
