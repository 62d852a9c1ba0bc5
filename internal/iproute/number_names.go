package iproute

import (
	"path/filepath"
	"strconv"
	"strings"

	"nstools/internal/files"
)

// NumberNames maps numbers to names. Some are built in, others are in a file of /etc/iproute2.
// The file is read only for what the built-in names lack.
type NumberNames struct {
	file    string
	builtin []number
	lines   []number // of the file, if loaded
	loaded  bool
}

type number struct {
	code uint32
	name string
}

// Scopes returns the scopes of addresses and routes. See: rt_scope_t in linux/rtnetlink.h.
func Scopes() NumberNames {
	return NumberNames{file: "rt_scopes", builtin: []number{{0, "global"}, {253, "link"}, {254, "host"}, {200, "site"}, {255, "nowhere"}}}
}

// RoutingTables returns the routing tables. See: ip-route(8).
func RoutingTables() NumberNames {
	return NumberNames{file: "rt_tables", builtin: []number{{254, "main"}, {255, "local"}, {253, "default"}}}
}

// Groups returns the groups of devices.
func Groups() NumberNames { return NumberNames{file: "group", builtin: []number{{0, "default"}}} }

// Protocols returns RTPROT_*, the origins of routes.
func Protocols() NumberNames {
	return NumberNames{file: "rt_protos", builtin: []number{
		{2, "kernel"}, {3, "boot"}, {4, "static"}, {9, "ra"}, {16, "dhcp"}, {0, "unspec"}, {1, "redirect"}, {8, "gated"},
		{10, "mrt"}, {11, "zebra"}, {12, "bird"}, {13, "dnrouted"}, {14, "xorp"}, {15, "ntk"}, {18, "keepalived"},
		{42, "babel"}, {99, "openr"}, {186, "bgp"}, {187, "isis"}, {188, "ospf"}, {189, "rip"}, {192, "eigrp"},
	}}
}

// AddressProtocols returns IFAPROT_*, the origins of addresses. See: linux/if_addr.h.
func AddressProtocols() NumberNames {
	return NumberNames{file: "rt_addrprotos", builtin: []number{{0, "unspec"}, {1, "kernel_lo"}, {2, "kernel_ra"}, {3, "kernel_ll"}}}
}

// Realms returns the realms of routes. See: ip-route(8).
func Realms() NumberNames { return NumberNames{file: "rt_realms", builtin: []number{{0, "cosmos"}}} }

// TrafficClasses returns the values of a DS field, which ip(8) calls tos. See: RFC 2474.
func TrafficClasses() NumberNames { return NumberNames{file: "rt_dsfield", builtin: nil} }

// Name returns the name of a number, or the number itself.
func (n NumberNames) Name(code uint32) string {
	if name, ok := n.Find(code); ok {
		return name
	}
	return strconv.FormatUint(uint64(code), 10)
}

// Find returns the name of a number, false for none.
func (n NumberNames) Find(code uint32) (string, bool) {
	for _, o := range n.builtin {
		if o.code == code {
			return o.name, true
		}
	}
	for _, o := range n.configured() {
		if o.code == code {
			return o.name, true
		}
	}
	return "", false
}

// Code returns the number of a name, or reads the number itself, which has at most that many
// bits.
func (n NumberNames) Code(name string, bits int) (uint32, bool) {
	for _, o := range n.builtin {
		if o.name == name {
			return o.code, true
		}
	}
	for _, o := range n.configured() {
		if o.name == name {
			return o.code, true
		}
	}
	return Unsigned(name, bits)
}

// File returns the name of the file, which tells the tables of names apart.
func (n NumberNames) File() string { return n.file }

// Load returns the same names, for which the file is not read again.
func (n NumberNames) Load() NumberNames {
	n.lines, n.loaded = n.configured(), true
	return n
}

// configured returns the lines NUMBER NAME of the file and of the files in its .d directory.
func (n NumberNames) configured() []number {
	if n.loaded {
		return n.lines
	}
	const dir = "/etc/iproute2/"
	more, _ := filepath.Glob(dir + n.file + ".d/*.conf")
	var list []number
	for _, file := range append([]string{dir + n.file}, more...) {
		text, _ := files.Read(file) // usually the file is missing
		for line := range strings.Lines(string(text)) {
			words := strings.Fields(line)
			if len(words) < 2 {
				continue
			}
			if code, ok := Unsigned(words[0], 32); ok {
				list = append(list, number{code, words[1]})
			}
		}
	}
	return list
}
