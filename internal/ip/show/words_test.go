package show

import (
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
)

func TestFlagWords(t *testing.T) {
	for _, c := range []struct {
		flags uint32
		down  bool
		want  string
	}{
		{0, false, ""},
		{unix.IFF_UP | unix.IFF_RUNNING | unix.IFF_LOOPBACK | unix.IFF_LOWER_UP, false, "LOOPBACK,UP,LOWER_UP"},
		{unix.IFF_UP | unix.IFF_BROADCAST, true, "NO-CARRIER,BROADCAST,UP,M-DOWN"},
		{unix.IFF_POINTOPOINT | unix.IFF_NOARP | unix.IFF_MASTER | unix.IFF_SLAVE, false, "POINTOPOINT,NOARP,MASTER,SLAVE"},
		{unix.IFF_ECHO | 1<<20, false, "ECHO,100000"},
	} {
		if got := strings.Join(flagWords(c.flags, c.down), ","); got != c.want {
			t.Errorf("%#x, %v: got %s; want %s", c.flags, c.down, got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{stateWord(3), "LOWERLAYERDOWN"},
		{stateWord(6), "UP"},
		{stateWord(17), "0x11"},
		{modeWord(0), "DEFAULT"},
		{modeWord(9), "9"},
		{new(printer).typeWord(unix.ARPHRD_ETHER), "ether"},
		{new(printer).typeWord(unix.ARPHRD_LOOPBACK), "loopback"},
		{new(printer).typeWord(unix.ARPHRD_NONE), "none"},
		{new(printer).typeWord(unix.ARPHRD_SIT), "sit"},
		{new(printer).typeWord(unix.ARPHRD_IPGRE), "gre"},
		{new(printer).typeWord(unix.ARPHRD_IP6GRE), "gre6"},
		{new(printer).typeWord(12345), "[12345]"},
		{new(printer).routeType(unix.RTN_BLACKHOLE), "blackhole"},
		{new(printer).routeType(99), "99"},
		{(&printer{numeric: true}).typeWord(unix.ARPHRD_ETHER), "[1]"},
		{(&printer{numeric: true}).routeType(unix.RTN_BLACKHOLE), "6"},
		{prefWord(3), "low"},
		{iproute.Scopes().Name(253), "link"},
		{iproute.RoutingTables().Name(254), "main"},
		{iproute.Protocols().Name(16), "dhcp"},
	} {
		if c.got != c.want {
			t.Errorf("got %s; want %s", c.got, c.want)
		}
	}
}

// TestHardwareAddress includes tunnels, which some kernels lack.
func TestHardwareAddress(t *testing.T) {
	six := netip.MustParseAddr("fd00::1").AsSlice()
	for _, c := range []struct {
		hardware uint16
		octets   []byte
		want     string
	}{
		{unix.ARPHRD_ETHER, []byte{2, 0, 0xab, 0, 0, 1}, "02:00:ab:00:00:01"},
		{unix.ARPHRD_ETHER, []byte{1, 2, 3, 4}, "01:02:03:04"},
		{unix.ARPHRD_SIT, []byte{10, 0, 0, 1}, "10.0.0.1"},
		{unix.ARPHRD_TUNNEL, []byte{10, 0, 0, 1}, "10.0.0.1"},
		{unix.ARPHRD_IPGRE, []byte{1, 2, 3, 4, 5, 6}, "01:02:03:04:05:06"},
		{unix.ARPHRD_TUNNEL6, six, "fd00::1"},
		{unix.ARPHRD_IP6GRE, six, "fd00::1"},
		{unix.ARPHRD_NONE, nil, ""},
	} {
		if got := hardwareAddress(c.hardware, c.octets); got != c.want {
			t.Errorf("%d, %x: got %s; want %s", c.hardware, c.octets, got, c.want)
		}
	}
}

func TestAddressText(t *testing.T) {
	for address, want := range map[string]string{
		"10.0.0.1":             "10.0.0.1",
		"::":                   "::",
		"::1":                  "::1",
		"::ff":                 "::ff",
		"::1:1":                "::0.1.0.1",
		"::0a01:0203":          "::10.1.2.3",
		"::ffff:10.1.2.3":      "::ffff:10.1.2.3",
		"fd00:0:0:1:0:0:0:1":   "fd00:0:0:1::1",
		"0:0:0:0:0:1:a01:203":  "::1:a01:203",
		"fe80::1:0:0:1":        "fe80::1:0:0:1",
		"2001:db8:0:1:1:1:1:1": "2001:db8:0:1:1:1:1:1",
	} {
		if got := addressText(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %s; want %s", address, got, want)
		}
	}
}

func TestReadPrefix(t *testing.T) {
	for _, c := range []struct {
		word   string
		family int
		want   string // "" for a refused word
	}{
		{"10.5/16", unix.AF_UNSPEC, "10.5.0.0/16"},
		{"10.5.0.1", unix.AF_INET, "10.5.0.1/32"},
		{"0/0", unix.AF_UNSPEC, "0.0.0.0/0"},
		{"default", unix.AF_INET6, "::/0"},
		{"fd00::/64", unix.AF_UNSPEC, "fd00::/64"},
		{"fd00::1", unix.AF_INET6, "fd00::1/128"},
		{"fd00::1", unix.AF_INET, ""},
		{"10.0.0.1", unix.AF_INET6, ""},
		{"10.0.0.0/33", unix.AF_UNSPEC, ""},
		{"10.0.0.0.0", unix.AF_UNSPEC, ""},
		{"10.0.256.0", unix.AF_UNSPEC, ""},
		{"fe80::1%lo", unix.AF_UNSPEC, ""},
		{"word", unix.AF_UNSPEC, ""},
		{"", unix.AF_UNSPEC, ""},
		{"/8", unix.AF_UNSPEC, ""},
	} {
		p, err := readPrefix(c.word, c.family)
		if got := p.String(); (err == nil) != (c.want != "") || err == nil && got != c.want {
			t.Errorf("%q: got %s, %v; want %q", c.word, got, err, c.want)
		}
	}
}
