package iproute

import (
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
		{"10.0.0.1/", unix.AF_INET, `Error: inet prefix is expected rather than "10.0.0.1/".`},
		{"10.0.0.0.1", unix.AF_INET, `Error: inet prefix is expected rather than "10.0.0.0.1".`},
		{"10.0.0.256", unix.AF_INET, `Error: inet prefix is expected rather than "10.0.0.256".`},
		{"fd00::1/129", unix.AF_INET6, `Error: inet6 prefix is expected rather than "fd00::1/129".`},
		{"fe80::1%lo", unix.AF_INET6, `Error: inet6 prefix is expected rather than "fe80::1%lo".`},
	} {
		if p, err := ParsePrefix(c.word, c.family); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %s, %v; want %s", c.word, p, err, c.want)
		}
	}
}
