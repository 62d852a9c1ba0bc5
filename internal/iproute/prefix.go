package iproute

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A Prefix is an address, and how many of its leading bits name its network.
type Prefix struct {
	Family int    // AF_INET or AF_INET6; AF_UNSPEC for a default of either
	Addr   []byte // 4 or 16 bytes; none for a default of either
	Bits   int
	Given  bool // the length was written, not implied
}

// ParsePrefix reads ADDRESS or ADDRESS/LENGTH of a family, of any family for AF_UNSPEC. The
// words default, any and all give an empty address. IPv4 may be abbreviated: 10.1 is 10.1.0.0.
// The length may be a netmask. The error is a *Failure.
func ParsePrefix(word string, family int) (Prefix, error) {
	if family == unix.AF_PACKET {
		return Prefix{}, Fail(`Error: "` + word + `" may be inet prefix, but it is not allowed in this context.`)
	}
	if word == "default" || word == "any" || word == "all" {
		return Prefix{Family: family, Given: word != "all"}, nil
	}
	address, length, given := strings.Cut(word, "/")
	p, ok := parseAddress(address, family)
	if ok && given {
		p.Bits, ok = prefixLength(length, p)
		p.Given = true
	}
	if !ok {
		return Prefix{}, unexpected("prefix", word, family)
	}
	return p, nil
}

// ParseAddress reads an address of a family, of any family for AF_UNSPEC. The word default
// gives zeros, no bytes for AF_UNSPEC. The words any and all give no bytes, which the kernel
// refuses. For AF_PACKET it is a link-layer address. The error is a *Failure.
func ParseAddress(word string, family int) (Prefix, error) {
	switch word {
	case "default":
		return Prefix{Family: family, Addr: make([]byte, addressLength(family))}, nil
	case "any", "all":
		return Prefix{Family: family, Addr: []byte{}}, nil
	}
	if family == unix.AF_PACKET {
		return parseLinkAddress(word)
	}
	if p, ok := parseAddress(word, family); ok {
		return p, nil
	}
	return Prefix{}, unexpected("address", word, family)
}

func parseLinkAddress(word string) (Prefix, error) {
	octets, err := ParseHardware(word)
	if err != nil {
		word, _, _ = strings.Cut(word, ":") // ip has cut the word to read it
		f := unexpected("address", word, unix.AF_PACKET)
		f.Text = err.Error() + "\n" + f.Text
		return Prefix{}, f
	}
	return Prefix{Family: unix.AF_PACKET, Addr: octets, Bits: len(octets) * 8}, nil
}

// unexpected returns the failure for a word that cannot be read as a "what".
func unexpected(what, word string, family int) *Failure {
	return Fail("Error: " + familyName(family) + " " + what + ` is expected rather than "` + word + `".`)
}

// addressLength returns the length of an address in bytes, 0 for other families.
func addressLength(family int) int {
	switch family {
	case unix.AF_INET:
		return net.IPv4len
	case unix.AF_INET6:
		return net.IPv6len
	}
	return 0
}

// familyName returns ip's word for a family in its messages.
func familyName(family int) string {
	switch family {
	case unix.AF_INET:
		return "inet"
	case unix.AF_INET6:
		return "inet6"
	case unix.AF_PACKET:
		return "link"
	}
	return "any valid"
}

func parseAddress(word string, family int) (Prefix, bool) {
	if strings.Contains(word, ":") {
		a, err := netip.ParseAddr(word)
		if err != nil || a.Zone() != "" || family == unix.AF_INET {
			return Prefix{}, false
		}
		b := a.As16()
		return Prefix{Family: unix.AF_INET6, Addr: b[:], Bits: 128}, true
	}
	if family == unix.AF_INET6 {
		return Prefix{}, false
	}
	b := make([]byte, 4)
	parts := strings.Split(word, ".")
	if len(parts) > len(b) {
		return Prefix{}, false
	}
	for i, part := range parts {
		n, ok := Unsigned(part, 8)
		if !ok {
			return Prefix{}, false
		}
		b[i] = byte(n)
	}
	return Prefix{Family: unix.AF_INET, Addr: b, Bits: 32}, true
}

func prefixLength(word string, p Prefix) (int, bool) {
	if n, ok := Unsigned(word, 16); ok {
		return int(n), int(n) <= len(p.Addr)*8
	}
	mask, ok := parseAddress(word, unix.AF_INET) // also for IPv6, as in ip
	if !ok {
		return 0, false
	}
	bits, ended := 0, false
	for _, b := range mask.Addr {
		for i := 7; i >= 0; i-- {
			switch one := b>>i&1 == 1; {
			case one && ended:
				return 0, false
			case one:
				bits++
			default:
				ended = true
			}
		}
	}
	return bits, true
}

// Contains reports whether the network contains an address. One without bits contains all.
func (p Prefix) Contains(a netip.Addr) bool {
	within, ok := netip.AddrFromSlice(p.Addr)
	return p.Bits == 0 || ok && netip.PrefixFrom(within, p.Bits).Contains(a)
}

// IsMulticast reports whether p is the address of a group.
func (p Prefix) IsMulticast() bool {
	a, ok := netip.AddrFromSlice(p.Addr)
	return ok && a.IsMulticast()
}

// IsUnicast reports whether p has an address that names no group.
func (p Prefix) IsUnicast() bool { return len(p.Addr) > 0 && !p.IsMulticast() }

// String returns ADDRESS/LENGTH, or "default".
func (p Prefix) String() string {
	if len(p.Addr) == 0 {
		return "default"
	}
	return p.Address() + "/" + strconv.Itoa(p.Bits)
}

// Address returns the address without the length.
func (p Prefix) Address() string {
	a, _ := netip.AddrFromSlice(p.Addr)
	return a.String()
}
