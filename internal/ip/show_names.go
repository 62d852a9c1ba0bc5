package ip

import (
	"path/filepath"
	"strconv"
	"strings"

	"nstools/internal/files"
	"nstools/internal/iproute"
)

// numbers are names of numbers: those that every machine has, and those that are in a
// file of /etc/iproute2, which is read only for what is not among the former.
type numbers struct {
	file string
	own  []number
}

type number struct {
	code uint32
	name string
}

func scopes() numbers {
	return numbers{"rt_scopes", []number{{0, "global"}, {253, "link"}, {254, "host"}, {200, "site"}, {255, "nowhere"}}}
}

func routingTables() numbers {
	return numbers{"rt_tables", []number{{254, "main"}, {255, "local"}, {253, "default"}}}
}

func groups() numbers { return numbers{"group", []number{{0, "default"}}} }

func protocols() numbers {
	return numbers{"rt_protos", []number{
		{2, "kernel"}, {3, "boot"}, {4, "static"}, {9, "ra"}, {16, "dhcp"}, {0, "unspec"}, {1, "redirect"}, {8, "gated"},
		{10, "mrt"}, {11, "zebra"}, {12, "bird"}, {13, "dnrouted"}, {14, "xorp"}, {15, "ntk"}, {18, "keepalived"},
		{42, "babel"}, {99, "openr"}, {186, "bgp"}, {187, "isis"}, {188, "ospf"}, {189, "rip"}, {192, "eigrp"},
	}}
}

// addressProtocols are IFAPROT_*; see linux/if_addr.h.
func addressProtocols() numbers {
	return numbers{"rt_addrprotos", []number{{0, "unspec"}, {1, "kernel_lo"}, {2, "kernel_ra"}, {3, "kernel_ll"}}}
}

func realms() numbers { return numbers{"rt_realms", []number{{0, "cosmos"}}} }

// trafficClasses are the values of a DS field, RFC 2474, which ip(8) calls tos.
func trafficClasses() numbers { return numbers{"rt_dsfield", nil} }

// name is a number's, or the number itself.
func (n numbers) name(code uint32) string {
	if name, ok := n.find(code); ok {
		return name
	}
	return strconv.FormatUint(uint64(code), 10)
}

func (n numbers) find(code uint32) (string, bool) {
	for _, o := range n.own {
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

// code is the number of a name, which may be the number itself. It has so many bits.
func (n numbers) code(name string, bits int) (uint32, bool) {
	for _, o := range n.own {
		if o.name == name {
			return o.code, true
		}
	}
	for _, o := range n.configured() {
		if o.name == name {
			return o.code, true
		}
	}
	return iproute.Unsigned(name, bits)
}

// configured are the lines of the file, and of those beside it: NUMBER NAME.
func (n numbers) configured() []number {
	const dir = "/etc/iproute2/"
	more, _ := filepath.Glob(dir + n.file + ".d/*.conf")
	var list []number
	for _, file := range append([]string{dir + n.file}, more...) {
		text, _ := files.Read(file) // that it is missing is usual
		for line := range strings.Lines(string(text)) {
			words := strings.Fields(line)
			if len(words) < 2 {
				continue
			}
			if code, ok := iproute.Unsigned(words[0], 32); ok {
				list = append(list, number{code, words[1]})
			}
		}
	}
	return list
}
