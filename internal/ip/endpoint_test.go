package ip

import (
	"fmt"
	"testing"

	"nstools/internal/wire"
)

func TestParseEndpoint(t *testing.T) {
	for word, want := range map[string]string{
		"a":                        "a  []",
		"host":                     "host  []",
		"host:eth0":                "host eth0 []",
		"pid:12":                   "pid:12  []",
		"pid:12:eth0":              "pid:12 eth0 []",
		"a:eth0=10.0.0.1/24":       "a eth0 [10.0.0.1/24]",
		"a=10.0.0.1/24,fd00::1/64": "a  [10.0.0.1/24 fd00::1/64]",
		"a b:x=fd00::1/64":         "a b x [fd00::1/64]",
		"pid":                      "pid  []",
		"a:x:y":                    "error: 'x:y' in 'a:x:y' is no name for a device (1 to 15 bytes, no blank, slash, colon or percent sign)",
		"-x":                       "-x  []",
		"a:123456789012345":        "a 123456789012345 []",
		"":                         `error: Invalid netns name ""`,
		":eth0":                    `error: Invalid netns name ""`,
		"=10.0.0.1/24":             `error: Invalid netns name ""`,
		"a/b":                      `error: Invalid netns name "a/b"`,
		"a:":                       "error: '' in 'a:' is no name for a device (1 to 15 bytes, no blank, slash, colon or percent sign)",
		"a:1234567890123456":       "error: '1234567890123456' in 'a:1234567890123456' is no name for a device (1 to 15 bytes, no blank, slash, colon or percent sign)",
		"a:b/c":                    "error: 'b/c' in 'a:b/c' is no name for a device (1 to 15 bytes, no blank, slash, colon or percent sign)",
		"a:eth%d":                  "error: 'eth%d' in 'a:eth%d' is no name for a device (1 to 15 bytes, no blank, slash, colon or percent sign)",
		"a:b\xa0":                  "error: 'b\xa0' in 'a:b\xa0' is no name for a device (1 to 15 bytes, no blank, slash, colon or percent sign)",
		"pid:":                     "error: '' in 'pid:' is no number of a process",
		"pid:x:y":                  "error: 'x' in 'pid:x:y' is no number of a process",
		"pid:0":                    "error: '0' in 'pid:0' is no number of a process",
		"pid:-1":                   "error: '-1' in 'pid:-1' is no number of a process",
		"a=":                       "error: '' in 'a=' is no address with a length, such as 10.0.0.1/24",
		"a=10.0.0.1":               "error: '10.0.0.1' in 'a=10.0.0.1' is no address with a length, such as 10.0.0.1/24",
		"a=10.0.0.1/24,":           "error: '' in 'a=10.0.0.1/24,' is no address with a length, such as 10.0.0.1/24",
		"a=default":                "error: 'default' in 'a=default' is no address with a length, such as 10.0.0.1/24",
		"a=10.0.0.1/33":            "error: '10.0.0.1/33' in 'a=10.0.0.1/33' is no address with a length, such as 10.0.0.1/24",
	} {
		var e wire.Endpoint
		p, err := parseEndpoint(&e, word)
		got := fmt.Sprintf("%s %s %s", p, e.Device, e.Addresses)
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != want {
			t.Errorf("%q: got %s; want %s", word, got, want)
		}
	}
}

func TestDefaultDevice(t *testing.T) {
	for _, c := range []struct {
		device string
		ref    wire.NamespaceRef
		want   string
	}{
		{"eth0", wire.Host, "eth0"},
		{"", wire.NamespaceRef{Name: "\u00e0 la"}, "to-__la"},
		{"", wire.NamespaceRef{Name: "a\xa0\xffb"}, "to-a__b"},
		{"", wire.NamespaceRef{Name: `a"*\b`}, "to-a___b"},
		{"", wire.NamespaceRef{Name: "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"}, "to-\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"},
		{"", wire.NamespaceRef{Name: "x\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"}, "to-x\u00e4\u00e4\u00e4\u00e4\u00e4"},
		{"", wire.Host, "to-host"},
		{"", wire.NamespaceRef{PID: 4194304}, "to-4194304"},
		{"", wire.NamespaceRef{Name: "a b:c%d"}, "to-a_b_c_d"},
		{"", wire.NamespaceRef{Name: "a-very-long-name"}, "to-a-very-long-"},
	} {
		if got := defaultDevice(c.device, c.ref); got != c.want {
			t.Errorf("%q, %v: got %q; want %q", c.device, c.ref, got, c.want)
		}
	}
}
