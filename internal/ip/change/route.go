package change

import (
	"slices"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// A routeWords is what words say of a route.
type routeWords struct {
	conn    *rtnl.Conn // of the namespace in which devices are looked up
	family  int        // that of -4, -6 or of an address that was read; AF_UNSPEC for any
	way     link.RouteChange
	to      bool // the destination has been read
	scoped  bool
	gateway bool
	proto   bool
	dev     *string
}

// AddRoute is "ip route add".
func AddRoute(s *session.Session, args []string) error { return onRoute(s, args, routeAdded) }

// DeleteRoute is "ip route delete".
func DeleteRoute(s *session.Session, args []string) error { return onRoute(s, args, routeDeleted) }

// routeAdded is the request of "ip route add".
func routeAdded(w *routeWords, args []string) (link.Request, error) {
	err := w.read(args)
	if !w.proto {
		w.way.Protocol = unix.RTPROT_BOOT
	}
	if w.way.Type == unix.RTN_UNSPEC {
		w.way.Type = unix.RTN_UNICAST
	}
	if !w.scoped {
		w.way.Scope = w.scope(unix.RT_SCOPE_LINK)
	}
	return w.way.Add(), err
}

// routeDeleted is the request of "ip route delete".
func routeDeleted(w *routeWords, args []string) (link.Request, error) {
	err := w.read(args)
	if !w.scoped {
		w.way.Scope = unix.RT_SCOPE_NOWHERE
		if w.way.Type != unix.RTN_UNSPEC && w.way.Type != unix.RTN_UNICAST {
			w.way.Scope = w.scope(unix.RT_SCOPE_NOWHERE)
		}
	}
	return w.way.Delete(), err
}

// scope is what a route of IPv4 gets where none was said: that of its type, and for one
// to hosts straight on the wire the given one.
func (w *routeWords) scope(direct uint8) uint8 {
	switch w.way.Type {
	case unix.RTN_LOCAL, unix.RTN_NAT:
		return unix.RT_SCOPE_HOST
	case unix.RTN_BROADCAST, unix.RTN_MULTICAST, unix.RTN_ANYCAST:
		return unix.RT_SCOPE_LINK
	case unix.RTN_UNICAST, unix.RTN_UNSPEC:
		if !w.gateway && w.way.To.Family != unix.AF_INET6 {
			return direct
		}
	}
	return unix.RT_SCOPE_UNIVERSE
}

// onRoute has a request made of words about a route, and sends it.
func onRoute(s *session.Session, args []string, request func(*routeWords, []string) (link.Request, error)) error {
	if len(args) == 0 {
		return routeUsage()
	}
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	family, err := s.AddressFamily()
	if err != nil {
		return err
	}
	w := &routeWords{conn: conn, family: family}
	q, err := request(w, args)
	if err != nil {
		return err
	}
	return w.orUnreachable(conn, s.Own(), q.Send(conn))
}

// read reads the words, and what follows from them.
func (w *routeWords) read(args []string) error {
	_, err := iproute.ReadTerms(w, args, routeTerms(), iproute.Term[routeWords]{Take: (*routeWords).setDestination})
	if err != nil {
		return err
	}
	if !w.to {
		return routeUsage()
	}
	if w.dev != nil {
		if w.way.Index, err = link.Index(w.conn, *w.dev); err != nil {
			return err
		}
	}
	if w.way.To.Family == unix.AF_UNSPEC {
		if w.way.To.Family = w.family; w.family == unix.AF_UNSPEC {
			w.way.To.Family = unix.AF_INET
		}
	}
	if w.gateway && w.way.Via.Family == unix.AF_UNSPEC { // a word for none, in front of the destination
		w.way.Via.Family = w.way.To.Family
	}
	if w.way.Table == nil {
		table := uint32(unix.RT_TABLE_MAIN)
		if w.way.Type == unix.RTN_LOCAL || w.way.Type == unix.RTN_BROADCAST || w.way.Type == unix.RTN_NAT || w.way.Type == unix.RTN_ANYCAST {
			table = unix.RT_TABLE_LOCAL
		}
		w.way.Table = &table
	}
	return nil
}

// routeUsage is for a route without a destination.
func routeUsage() error {
	return iproute.Usage("Usage: ip route { add | delete } { PREFIX | default } [ via ADDRESS ] [ dev DEV ]").MayBeIP()
}

// RouteWords are the words of "ip route add" and delete.
func RouteWords() []iproute.Word { return iproute.WordsOf(routeTerms()) }

// routeTerms is the grammar, in the order in which ip compares.
func routeTerms() []iproute.Term[routeWords] {
	return slices.Concat([]iproute.Term[routeWords]{
		{Name: "src", Set: (*routeWords).setSource},
	}, iproute.IPOnly[routeWords]("as"), []iproute.Term[routeWords]{
		{Name: "via", Take: (*routeWords).setVia},
	}, iproute.IPOnly[routeWords]("from", "tos", "dsfield-", "expires"), []iproute.Term[routeWords]{
		{Name: "metric", Short: true, Set: (*routeWords).setMetric},
		{Name: "priority", Short: true, Set: (*routeWords).setMetric},
		{Name: "preference", Set: (*routeWords).setMetric},
		{Name: "scope", Set: (*routeWords).setScope},
		{Name: "mtu", Set: (*routeWords).setMTU},
	}, iproute.IPOnly[routeWords]("hoplimit", "advmss", "reordering-", "rtt", "rto_min", "window-", "cwnd-", "initcwnd-", "initrwnd-",
		"features-", "quickack-", "congctl-", "rttvar-", "ssthresh-", "realms-"), []iproute.Term[routeWords]{
		{Name: "onlink", Bare: true, Set: func(w *routeWords, _ string) error { w.way.Flags |= unix.RTNH_F_ONLINK; return nil }},
	}, iproute.IPOnly[routeWords]("nexthop", "nhid"), []iproute.Term[routeWords]{
		{Name: "protocol", Short: true, Set: (*routeWords).setProtocol},
		{Name: "table", Short: true, Set: (*routeWords).setTable},
	}, iproute.IPOnly[routeWords]("vrf-"), []iproute.Term[routeWords]{
		{Name: "dev", Value: iproute.Device, Set: func(w *routeWords, v string) error { w.dev = &v; return nil }},
		{Name: "oif", Value: iproute.Device, Set: func(w *routeWords, v string) error { w.dev = &v; return nil }},
	}, iproute.IPOnly[routeWords]("pref-", "encap", "ttl-propagate", "fastopen_no_cookie-"), []iproute.Term[routeWords]{
		{Name: "to", Take: (*routeWords).setDestination},
	})
}
