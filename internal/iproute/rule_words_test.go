package iproute

import (
	"strconv"
	"testing"
)

func TestReadRealms(t *testing.T) {
	for word, want := range map[string]uint32{"5": 5, "3/4": 3<<16 | 4, "5/": 5 << 16, "cosmos": 0, "0x50006": 0x50006} {
		if got, ok := ReadRealms(word); !ok || got != want {
			t.Errorf("%q: got %#x, %v; want %#x", word, got, ok, want)
		}
	}
	for _, word := range []string{"/", "foo", "5/foo", "foo/5", "256/1", "-1", "3/4/5"} {
		if got, ok := ReadRealms(word); ok {
			t.Errorf("%q: got %#x; want none", word, got)
		}
	}
}

func TestReadPorts(t *testing.T) {
	for _, c := range []struct {
		word        string
		first, last uint32
		mask        uint16 // 0 for none
	}{
		{"80", 80, 80, 0}, {"0x50", 80, 80, 0}, {"1-2", 1, 2, 0}, {"2-1", 2, 1, 0}, {"80/0xff", 80, 80, 0xff}, {"80/0xffff", 80, 80, 0}, {"65535", 65535, 65535, 0},
	} {
		first, last, mask, ok := ReadPorts(c.word)
		if !ok || first != c.first || last != c.last || (mask == nil) != (c.mask == 0) || mask != nil && *mask != c.mask {
			t.Errorf("%q: got %d-%d/%v, %v; want %d-%d/%d", c.word, first, last, mask, ok, c.first, c.last, c.mask)
		}
	}
	for _, word := range []string{"", "foo", "5-", "-5", "1-2-3", "65536", "1/65536", "1/", "80foo", "1-2/3"} {
		if first, last, _, ok := ReadPorts(word); ok {
			t.Errorf("%q: got %d-%d; want none", word, first, last)
		}
	}
}

func TestReadMasked(t *testing.T) {
	for word, want := range map[string]string{
		"5": "5", "0x5/0xff": "5/255", "5/0": "5/0",
		"foo":        `Error: argument "foo" is wrong: number`,
		"foo/foo":    `Error: argument "foo" is wrong: number`,
		"5/bar":      `Error: argument "bar" is wrong: mask`,
		"/5":         `Error: argument "" is wrong: number`,
		"4294967296": `Error: argument "4294967296" is wrong: number`,
	} {
		n, err := ReadMasked(word, "number", "mask")
		got := strconv.FormatUint(uint64(n.Number), 10)
		if n.Mask != nil {
			got += "/" + strconv.FormatUint(uint64(*n.Mask), 10)
		}
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

func TestReadDSCP(t *testing.T) {
	for word, want := range map[string]uint32{"5": 5, "0x8": 8, "46": 46} {
		if got, ok := ReadDSCP(word); !ok || got != want {
			t.Errorf("%q: got %d, %v; want %d", word, got, ok, want)
		}
	}
	if got, ok := ReadDSCP("xyz"); ok {
		t.Errorf("got %d; want none", got)
	}
}

func TestReadIPProtocol(t *testing.T) {
	for word, want := range map[string]uint8{"tcp": 6, "udp": 17, "icmp": 1, "ipv6-icmp": 58, "99": 99, "0": 0} {
		if got, ok := ReadIPProtocol(word); !ok || got != want {
			t.Errorf("%q: got %d, %v; want %d", word, got, ok, want)
		}
	}
	for _, word := range []string{"", "foo", "256", "-1", "0x6"} {
		if got, ok := ReadIPProtocol(word); ok {
			t.Errorf("%q: got %d; want none", word, got)
		}
	}
	if name, ok := IPProtocolName(6); !ok || name != "tcp" {
		t.Errorf("got %q, %v; want tcp", name, ok)
	}
}
