package iproute

import (
	"strconv"
	"strings"

	"nstools/internal/files"
)

// ReadRealms reads [FROM/]TO, or both as one number: FROM in the upper half. See:
// get_rt_realms_or_raw of iproute2.
func ReadRealms(word string) (uint32, bool) {
	realms := uint32(0)
	from, to, both := strings.Cut(word, "/")
	if !both {
		to = word
	}
	ok := true
	if both {
		realms, ok = Realms().Code(from, 8)
		realms <<= 16
	}
	if ok && to != "" {
		var n uint32
		n, ok = Realms().Code(to, 8)
		realms |= n
	}
	if ok {
		return realms, true
	}
	return Unsigned(word, 32)
}

// ReadTOS reads the name of a traffic class, or a number in hexadecimal.
func ReadTOS(word string) (uint8, bool) {
	for _, o := range TrafficClasses().configured() {
		if o.name == word {
			return uint8(o.code), true
		}
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(word, "0x"), 16, 8)
	return uint8(n), err == nil
}

// ReadDSCP reads a number, or the name of a traffic class, whose upper six bits are the DSCP.
func ReadDSCP(word string) (uint32, bool) {
	if n, ok := Unsigned(word, 32); ok {
		return n, true
	}
	n, ok := ReadTOS(word)
	return uint32(n >> 2), ok
}

// ReadIPProtocol reads the number or the name of a protocol above IP. See: protocols(5).
func ReadIPProtocol(word string) (uint8, bool) {
	if n, err := strconv.ParseUint(word, 10, 8); err == nil {
		return uint8(n), true
	}
	for _, p := range ipProtocols() {
		for _, name := range p.names {
			if name == word {
				return p.number, true
			}
		}
	}
	return 0, false
}

// IPProtocolName returns the name of a protocol above IP, false for none.
func IPProtocolName(number uint8) (string, bool) {
	for _, p := range ipProtocols() {
		if p.number == number {
			return p.names[0], true
		}
	}
	return "", false
}

type ipProtocol struct {
	number uint8
	names  []string // the first is the official one
}

// ipProtocols returns the lines NAME NUMBER [ALIAS...] of /etc/protocols, if there is one, and
// behind them the protocols that rules are made for.
func ipProtocols() []ipProtocol {
	text, _ := files.Read("/etc/protocols") // minimal images lack it
	var list []ipProtocol
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		if n, err := strconv.ParseUint(words[1], 10, 8); err == nil {
			list = append(list, ipProtocol{uint8(n), append(words[:1:1], words[2:]...)})
		}
	}
	return append(list, ipProtocol{1, []string{"icmp"}}, ipProtocol{6, []string{"tcp"}}, ipProtocol{17, []string{"udp"}},
		ipProtocol{58, []string{"ipv6-icmp"}}, ipProtocol{132, []string{"sctp"}})
}

// The masks of all bits.
const (
	AllDSCP      = 0x3f
	AllFlowLabel = 0xfffff
)

// A MaskedNumber is what stands behind a word as NUMBER[/MASK].
type MaskedNumber struct {
	Number uint32
	Mask   *uint32 // nil for none
}

// ReadMasked reads NUMBER[/MASK]. The error is a *Failure about the part that cannot be read,
// which has the name of the number or of the mask.
func ReadMasked(word, number, mask string) (MaskedNumber, error) {
	return readMasked(word, func(s string) (uint32, bool) { return Unsigned(s, 32) }, number, mask)
}

// ReadDSCPMasked reads DSCP[/MASK].
func ReadDSCPMasked(word string) (MaskedNumber, error) {
	return readMasked(word, ReadDSCP, "invalid dscp", "invalid dscp mask")
}

func readMasked(word string, read func(string) (uint32, bool), number, mask string) (n MaskedNumber, err error) {
	before, behind, masked := strings.Cut(word, "/")
	var ok bool
	if n.Number, ok = read(before); !ok {
		return n, Invalid(number, before)
	}
	if masked {
		m, ok := Unsigned(behind, 32)
		if !ok {
			return n, Invalid(mask, behind)
		}
		n.Mask = &m
	}
	return n, nil
}

// ReadRange reads NUMBER-NUMBER in decimal, each of at most that many bits.
func ReadRange(word string, bits int) (first, last uint32, ok bool) {
	a, b, found := strings.Cut(word, "-")
	m, err1 := strconv.ParseUint(a, 10, bits)
	n, err2 := strconv.ParseUint(b, 10, bits)
	return uint32(m), uint32(n), found && err1 == nil && err2 == nil
}

// ReadPorts reads NUMBER, NUMBER-NUMBER, or NUMBER/MASK. The mask is nil for none, or for all
// bits.
func ReadPorts(word string) (first, last uint32, mask *uint16, ok bool) {
	const bits, all = 16, 0xffff
	if strings.Contains(word, "-") {
		first, last, ok = ReadRange(word, bits)
		return first, last, nil, ok
	}
	number, text, masked := strings.Cut(word, "/")
	if first, ok = Unsigned(number, bits); !ok || !masked {
		return first, first, nil, ok
	}
	n, ok := Unsigned(text, bits)
	if m := uint16(n); m != all {
		mask = &m
	}
	return first, first, mask, ok
}
