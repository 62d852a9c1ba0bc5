package ip

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/link"
)

// A routeFilter is what stands behind route show. Numbers are -1 for every.
type routeFilter struct {
	family   int
	table    uint32 // 0 for all
	device   string
	index    int // the device's; 0 for every
	protocol int
	scope    int
	tos      int
	kind     int
	metric   int64
	via      netip.Prefix // of the gateway; zero for every
	source   netip.Prefix // of the preferred source; zero for every
	within   netip.Prefix // in which routes have to be; zero for everywhere
	around   netip.Prefix // what has to be in routes; zero for nothing
	shortest bool         // of defaults only, whatever the family
	lenient  bool         // a table that is missing has no routes: ip's in a batch, where the kernel is not asked for it
}

// readRouteFilter reads the words. What only ip knows is Beyond.
func readRouteFilter(args []string, family int) (*routeFilter, error) {
	f := &routeFilter{family: family, table: unix.RT_TABLE_MAIN, protocol: -1, scope: -1, tos: -1, kind: -1, metric: -1}
	words := iproute.Words(args)
	for {
		word, ok := words.Next()
		if !ok {
			break
		}
		if err := f.read(word, &words); err != nil {
			return nil, err
		}
	}
	if f.family == unix.AF_UNSPEC && f.table != 0 {
		f.family = unix.AF_INET
	}
	return f, nil
}

// read takes a word with what belongs to it.
func (f *routeFilter) read(word string, words *iproute.Words) (err error) {
	name, read := f.reader(word)
	if name == "to" {
		if word, err = words.Value(); err != nil {
			return err
		}
		_, read = f.reader(word)
	}
	if read == nil {
		return f.exactly(word)
	}
	value, err := words.Value()
	if err != nil {
		return err
	}
	return read(value)
}

// reader is what takes the word over that stands behind another; nil if there is none.
func (f *routeFilter) reader(word string) (string, func(string) error) {
	for _, o := range [...]struct {
		name string
		read func(string) error
		long bool // has to be written out
	}{
		{"table", f.readTable, false},
		{"tos", f.readTOS, true},
		{"dsfield", f.readTOS, false},
		{"protocol", f.readProtocol, false},
		{"scope", f.readScope, false},
		{"type", f.readType, false},
		{"dev", f.readDevice, true},
		{"oif", f.readDevice, true},
		{"metric", f.readMetric, false},
		{"priority", f.readMetric, false},
		{"preference", f.readMetric, true},
		{"via", f.readGateway, true},
		{"src", f.readSource, true},
		{"to", nil, true},
		{"root", f.readRoot, false},
		{"match", f.readMatch, false},
		{"exact", f.exactly, false},
	} {
		if word == o.name || !o.long && iproute.Matches(word, o.name) {
			return o.name, o.read
		}
	}
	return "", nil
}

func (f *routeFilter) readDevice(word string) error { f.device = word; return nil }

func (f *routeFilter) readTable(word string) error {
	switch word {
	case "all":
		f.table = 0
		return nil
	case "cache", "help":
		return iproute.Garbage(word)
	}
	n, ok := routingTables().code(word, 32)
	if !ok {
		return iproute.Invalid("table id value is invalid\n", word)
	}
	f.table = n
	return nil
}

func (f *routeFilter) readProtocol(word string) error {
	n, ok := protocols().code(word, 8)
	if !ok {
		return iproute.Invalid("invalid \"protocol\"\n", word)
	}
	f.protocol = int(n)
	return nil
}

func (f *routeFilter) readScope(word string) error {
	n, ok := scopes().code(word, 8)
	if !ok {
		return iproute.Invalid("invalid \"scope\"\n", word)
	}
	f.scope = int(n)
	return nil
}

func (f *routeFilter) readType(word string) error {
	kind, ok := readRouteType(word)
	if !ok {
		return iproute.Invalid("node type value is invalid\n", word)
	}
	f.kind = int(kind)
	return nil
}

func (f *routeFilter) readTOS(word string) error {
	n, err := strconv.ParseUint(strings.TrimPrefix(word, "0x"), 16, 8)
	if err != nil {
		return iproute.Garbage(word)
	}
	f.tos = int(n)
	return nil
}

func (f *routeFilter) readMetric(word string) error {
	n, ok := iproute.Unsigned(word, 32)
	if !ok {
		return iproute.Invalid("\"metric\" value is invalid\n", word)
	}
	f.metric = int64(n)
	return nil
}

func (f *routeFilter) readGateway(word string) error {
	if slices.Contains(families(), word) {
		return iproute.Garbage(word) // the family of the next word
	}
	var err error
	f.via, err = readPrefix(word, f.family)
	return err
}

func (f *routeFilter) readSource(word string) error {
	var err error
	f.source, err = readPrefix(word, f.family)
	return err
}

func (f *routeFilter) readRoot(word string) error {
	var err error
	f.within, err = readPrefix(word, f.family)
	return err
}

func (f *routeFilter) readMatch(word string) error {
	var err error
	f.around, err = readPrefix(word, f.family)
	f.shortest = word == "default"
	return err
}

func (f *routeFilter) exactly(word string) error {
	if err := f.readMatch(word); err != nil {
		return err
	}
	f.within = f.around
	return nil
}

// fits tells whether a route is what is asked for.
func (f *routeFilter) fits(r *link.Route) bool {
	switch {
	case r.Flags&unix.RTM_F_CLONED != 0,
		f.table != 0 && r.Table != f.table,
		f.index != 0 && r.Index != f.index,
		f.protocol >= 0 && int(r.Protocol) != f.protocol,
		f.scope >= 0 && int(r.Scope) != f.scope,
		f.tos >= 0 && int(r.TOS) != f.tos,
		f.kind >= 0 && int(r.Type) != f.kind,
		f.shortest && r.To.Bits() > 0,
		f.metric >= 0 && int64(r.Metric) != f.metric,
		!holds(f.via, r.Gateway, r.Family),
		!holds(f.source, r.Source, r.Family),
		f.within.IsValid() && (r.To.Bits() < f.within.Bits() || !f.within.Contains(r.To.Addr())),
		f.around.IsValid() && (r.To.Bits() > f.around.Bits() || !r.To.Contains(f.around.Addr())):
		return false
	}
	return true
}

// holds tells whether an address is in a prefix, if that is asked for. A route without
// the address has one of zeros.
func holds(p netip.Prefix, a netip.Addr, family int) bool {
	if !a.IsValid() {
		a = netip.IPv4Unspecified()
		if family == unix.AF_INET6 {
			a = netip.IPv6Unspecified()
		}
	}
	return !p.IsValid() || p.Contains(a)
}

// isAddress tells whether a prefix holds one address only.
func isAddress(p netip.Prefix) bool { return p.IsValid() && p.IsSingleIP() }

// readPrefix reads a prefix of a family; an address is one as long as can be. Without a
// family, words for everything are none.
func readPrefix(word string, family int) (netip.Prefix, error) {
	p, err := iproute.ParsePrefix(word, family)
	switch {
	case err != nil:
		return netip.Prefix{}, err.(*iproute.Failure).MayBeIP()
	case len(p.Addr) > 0:
		a, _ := netip.AddrFromSlice(p.Addr)
		return netip.PrefixFrom(a, p.Bits), nil
	case family == unix.AF_INET:
		return netip.PrefixFrom(netip.IPv4Unspecified(), 0), nil
	case family == unix.AF_INET6:
		return netip.PrefixFrom(netip.IPv6Unspecified(), 0), nil
	}
	return netip.Prefix{}, nil
}
