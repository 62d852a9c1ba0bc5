package show

import (
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
)

// A routeFilter is what stands behind route show. Numbers are -1 for any.
type routeFilter struct {
	family         int
	table          uint32 // 0 for all
	device         string
	index          int // of the device; 0 for any
	protocol       int
	scope          int
	tos            int
	kind           int
	metric         int64
	via            netip.Prefix // contains the gateway; zero for any
	source         netip.Prefix // contains the preferred source; zero for any
	rootPrefix     netip.Prefix // contains the route; zero for any
	matchPrefix    netip.Prefix // is contained in the route; zero for any
	cached         bool         // selects what was learned of single destinations, and nothing else
	defaultOnly    bool         // selects default routes, of any family
	noTableIsEmpty bool         // a missing table has no routes, as for ip in a batch, where the kernel is not asked for the table
}

// readRouteFilter reads the words. Words that only ip knows fail with IPMayKnow.
func readRouteFilter(args []string, family int) (*routeFilter, error) {
	f := &routeFilter{family: family, table: unix.RT_TABLE_MAIN, protocol: -1, scope: -1, tos: -1, kind: -1, metric: -1}
	_, err := iproute.ReadTerms(f, args, routeFilterTerms(), iproute.Term[*routeFilter]{Take: (*routeFilter).readDestination})
	if err != nil {
		return nil, err
	}
	if f.family == unix.AF_UNSPEC && f.table != 0 {
		f.family = unix.AF_INET
	}
	return f, nil
}

// RouteWords returns the words of "ip route show".
func RouteWords() []iproute.Word { return iproute.WordsOf(routeFilterTerms()) }

// routeFilterTerms returns the grammar, in the order in which ip compares.
func routeFilterTerms() []iproute.Term[*routeFilter] {
	return iproute.JoinTerms([]iproute.Term[*routeFilter]{
		{Name: "table", Short: true, Set: (*routeFilter).readTable},
	}, iproute.IPOnly[*routeFilter]("vrf-"), []iproute.Term[*routeFilter]{
		{Name: "cached", Short: true, Bare: true, Set: (*routeFilter).setCached},
		{Name: "cloned", Short: true, Bare: true, Set: (*routeFilter).setCached},
		{Name: "tos", Set: (*routeFilter).readTOS},
		{Name: "dsfield", Short: true, Set: (*routeFilter).readTOS},
		{Name: "protocol", Short: true, Set: (*routeFilter).readProtocol},
		{Name: "scope", Short: true, Set: (*routeFilter).readScope},
		{Name: "type", Short: true, Set: (*routeFilter).readType},
		{Name: "dev", Value: iproute.Device, Set: (*routeFilter).readDevice},
		{Name: "oif", Value: iproute.Device, Set: (*routeFilter).readDevice},
	}, iproute.IPOnly[*routeFilter]("iif", "mark"), []iproute.Term[*routeFilter]{
		{Name: "metric", Short: true, Set: (*routeFilter).readMetric},
		{Name: "priority", Short: true, Set: (*routeFilter).readMetric},
		{Name: "preference", Set: (*routeFilter).readMetric},
		{Name: "via", Set: (*routeFilter).readGateway},
		{Name: "src", Set: (*routeFilter).readSource},
	}, iproute.IPOnly[*routeFilter]("realms-", "from-"), []iproute.Term[*routeFilter]{
		{Name: "to", Take: (*routeFilter).readDestination},
	})
}

// readDestination reads [root|match|exact] PREFIX.
func (f *routeFilter) readDestination(args *iproute.Args) error {
	word, err := args.Value()
	if err != nil {
		return err
	}
	x := iproute.FindTerm([]iproute.Term[*routeFilter]{
		{Name: "root", Short: true, Set: (*routeFilter).readRoot},
		{Name: "match", Short: true, Set: (*routeFilter).readMatch},
		{Name: "exact", Short: true, Set: (*routeFilter).readExact},
	}, word)
	if x == nil {
		return f.readExact(word)
	}
	return x.Read(f, args, nil)
}

func (f *routeFilter) readDevice(word string) error { f.device = word; return nil }

func (f *routeFilter) setCached(string) error { f.cached = true; return nil }

func (f *routeFilter) readTable(word string) error {
	switch word {
	case "all":
		f.table = 0
		return nil
	case "cache":
		return f.setCached("")
	case "help":
		return iproute.Garbage(word)
	}
	n, ok := iproute.RoutingTables().Code(word, 32)
	if !ok {
		return iproute.Invalid("table id value is invalid\n", word)
	}
	f.table = n
	return nil
}

func (f *routeFilter) readProtocol(word string) error {
	n, ok := iproute.Protocols().Code(word, 8)
	switch {
	case ok:
		f.protocol = int(n)
	case word == "all":
		f.protocol = -1
	default:
		return iproute.Invalid("invalid \"protocol\"\n", word)
	}
	return nil
}

func (f *routeFilter) readScope(word string) error {
	n, ok := iproute.Scopes().Code(word, 8)
	switch {
	case ok:
		f.scope = int(n)
	case word == "all":
		f.scope = -1
	default:
		return iproute.Invalid("invalid \"scope\"\n", word)
	}
	return nil
}

func (f *routeFilter) readType(word string) error {
	kind, ok := iproute.ReadRouteType(word)
	if !ok {
		return iproute.Invalid("node type value is invalid\n", word)
	}
	f.kind = int(kind)
	return nil
}

func (f *routeFilter) readTOS(word string) error {
	n, ok := iproute.ReadTOS(word)
	if !ok {
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
	if slices.Contains(session.Families(), word) {
		return iproute.Garbage(word) // it is the family of the next word
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
	f.rootPrefix, err = readPrefix(word, f.family)
	return err
}

func (f *routeFilter) readMatch(word string) error {
	var err error
	f.matchPrefix, err = readPrefix(word, f.family)
	f.defaultOnly = word == "default"
	return err
}

func (f *routeFilter) readExact(word string) error {
	if err := f.readMatch(word); err != nil {
		return err
	}
	f.rootPrefix = f.matchPrefix
	return nil
}

// matches reports whether the filter selects a route.
func (f *routeFilter) matches(r *link.Route) bool {
	switch {
	case f.cached != (r.Flags&unix.RTM_F_CLONED != 0),
		f.table != 0 && r.Table != f.table,
		f.index != 0 && !r.Uses(f.index),
		f.protocol >= 0 && int(r.Protocol) != f.protocol,
		f.scope >= 0 && int(r.Scope) != f.scope,
		f.tos >= 0 && int(r.TOS) != f.tos,
		f.kind >= 0 && int(r.Type) != f.kind,
		f.defaultOnly && r.To.Bits() > 0,
		f.metric >= 0 && int64(r.Metric) != f.metric,
		!contains(f.via, r.Gateway, r.Family),
		!contains(f.source, r.Source, r.Family),
		f.rootPrefix.IsValid() && (r.To.Bits() < f.rootPrefix.Bits() || !f.rootPrefix.Contains(r.To.Addr())),
		f.matchPrefix.IsValid() && (r.To.Bits() > f.matchPrefix.Bits() || !r.To.Contains(f.matchPrefix.Addr())):
		return false
	}
	return true
}

// contains reports whether a prefix in the filter contains an address. A route without the
// address counts as one with zeros.
func contains(p netip.Prefix, a netip.Addr, family int) bool {
	if !a.IsValid() {
		a = netip.IPv4Unspecified()
		if family == unix.AF_INET6 {
			a = netip.IPv6Unspecified()
		}
	}
	return !p.IsValid() || p.Contains(a)
}

// isSingleAddress reports whether a prefix contains one address only.
func isSingleAddress(p netip.Prefix) bool { return p.IsValid() && p.IsSingleIP() }

// readPrefix reads a prefix of a family. An address has the full length. Without a family,
// default, any and all give the zero prefix.
func readPrefix(word string, family int) (netip.Prefix, error) {
	p, err := iproute.ParsePrefix(word, family)
	switch {
	case err != nil:
		return netip.Prefix{}, iproute.MayBeIP(err)
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
