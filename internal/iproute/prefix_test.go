package iproute

import (
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

func TestParsePrefix(t *testing.T) {
	for _, c := range []struct {
		word   string
		family int
		want   string
		given  bool
	}{
		{"10.0.0.1", unix.AF_UNSPEC, "10.0.0.1/32", false},
		{"10.0.0.1/24", unix.AF_UNSPEC, "10.0.0.1/24", true},
		{"10.0.0.1/255.255.255.0", unix.AF_INET, "10.0.0.1/24", true},
		{"10.0.0.1/0.0.0.0", unix.AF_INET, "10.0.0.1/0", true},
		{"10.1/16", unix.AF_INET, "10.1.0.0/16", true},
		{"0x0a.010.0.1", unix.AF_INET, "10.8.0.1/32", false},
		{"fd00::1", unix.AF_UNSPEC, "fd00::1/128", false},
		{"fd00::1/64", unix.AF_INET6, "fd00::1/64", true},
		{"::ffff:10.0.0.1", unix.AF_INET6, "::ffff:10.0.0.1/128", false},
		{"fd00::1/255.255.0.0", unix.AF_INET6, "fd00::1/16", true},
		{"default", unix.AF_UNSPEC, "default", true},
		{"any", unix.AF_INET6, "default", true},
		{"all", unix.AF_INET, "default", false},
	} {
		p, err := ParsePrefix(c.word, c.family)
		if err != nil || p.String() != c.want || p.Given != c.given {
			t.Errorf("%s: got %s, given %v, %v; want %s, %v", c.word, p, p.Given, err, c.want, c.given)
		}
	}
	for _, c := range []struct {
		word   string
		family int
		want   string
	}{
		{"foo", unix.AF_UNSPEC, `Error: any valid prefix is expected rather than "foo".`},
		{"", unix.AF_UNSPEC, `Error: any valid prefix is expected rather than "".`},
		{"fd00::1", unix.AF_INET, `Error: inet prefix is expected rather than "fd00::1".`},
		{"10.0.0.1", unix.AF_INET6, `Error: inet6 prefix is expected rather than "10.0.0.1".`},
		{"10.0.0.1/33", unix.AF_INET, `Error: inet prefix is expected rather than "10.0.0.1/33".`},
		{"10.0.0.1/255.0.255.0", unix.AF_INET, `Error: inet prefix is expected rather than "10.0.0.1/255.0.255.0".`},
		{"fd00::/ffff::", unix.AF_UNSPEC, `Error: any valid prefix is expected rather than "fd00::/ffff::".`},
		{"fd00::/::", unix.AF_INET6, `Error: inet6 prefix is expected rather than "fd00::/::".`},
		{"10.0.0.1/", unix.AF_INET, `Error: inet prefix is expected rather than "10.0.0.1/".`},
		{"10.0.0.0.1", unix.AF_INET, `Error: inet prefix is expected rather than "10.0.0.0.1".`},
		{"10.0.0.256", unix.AF_INET, `Error: inet prefix is expected rather than "10.0.0.256".`},
		{"fd00::1/129", unix.AF_INET6, `Error: inet6 prefix is expected rather than "fd00::1/129".`},
		{"10.0.0.1/24", unix.AF_PACKET, `Error: "10.0.0.1/24" may be inet prefix, but it is not allowed in this context.`},
		{"fe80::1%lo", unix.AF_INET6, `Error: inet6 prefix is expected rather than "fe80::1%lo".`},
	} {
		if p, err := ParsePrefix(c.word, c.family); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %s, %v; want %s", c.word, p, err, c.want)
		}
	}
}

func TestParseAddress(t *testing.T) {
	for _, c := range []struct {
		word               string
		family             int
		length             int
		multicast, unicast bool
	}{
		{"10.0.0.1", unix.AF_UNSPEC, 4, false, true},
		{"239.1.1.1", unix.AF_INET, 4, true, false},
		{"ff02::1", unix.AF_UNSPEC, 16, true, false},
		{"0.0.0.0", unix.AF_INET, 4, false, true},
		{"default", unix.AF_INET, 4, false, true},
		{"default", unix.AF_INET6, 16, false, true},
		{"default", unix.AF_UNSPEC, 0, false, false},
		{"any", unix.AF_INET, 0, false, false},
		{"all", unix.AF_INET6, 0, false, false},
		{"any", unix.AF_PACKET, 0, false, false},
		{"2:0:0:0:0:1", unix.AF_PACKET, 6, false, true},
	} {
		a, err := ParseAddress(c.word, c.family)
		if err != nil || a.Addr == nil || len(a.Addr) != c.length || a.IsMulticast() != c.multicast || a.IsUnicast() != c.unicast {
			t.Errorf("%s: got %+v, %v", c.word, a, err)
		}
	}
	for _, c := range []struct {
		word   string
		family int
		want   string
	}{
		{"10.0.0.1/24", unix.AF_UNSPEC, `Error: any valid address is expected rather than "10.0.0.1/24".`},
		{"fd00::1", unix.AF_INET, `Error: inet address is expected rather than "fd00::1".`},
		{"xx", unix.AF_PACKET, "\"xx\" is invalid lladdr.\nError: link address is expected rather than \"xx\"."},
	} {
		if a, err := ParseAddress(c.word, c.family); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %+v, %v; want %s", c.word, a, err, c.want)
		}
	}
}

func TestContains(t *testing.T) {
	for _, c := range []struct {
		prefix, address string
		want            bool
	}{
		{"10.0.0.0/8", "10.1.2.3", true},
		{"10.0.0.0/8", "11.1.2.3", false},
		{"10.0.0.1", "10.0.0.1", true},
		{"10.0.0.0/8", "fd00::1", false},
		{"fd00::/16", "fd00::1", true},
		{"0.0.0.0/0", "fd00::1", true},
		{"default", "10.0.0.1", true},
	} {
		p, err := ParsePrefix(c.prefix, unix.AF_UNSPEC)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Contains(netip.MustParseAddr(c.address)); got != c.want {
			t.Errorf("%s contains %s: got %v", c.prefix, c.address, got)
		}
	}
}
