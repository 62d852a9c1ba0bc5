package change

import (
	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// routeArgs are the arguments of a command about a route.
type routeArgs struct {
	conn             *rtnl.Conn // to the namespace with the devices
	family           int        // from -4, -6 or the first address; AF_UNSPEC for any
	change           link.RouteChange
	destinationGiven bool // the destination has been read
	scopeGiven       bool
	gatewayGiven     bool
	protocolGiven    bool
	hopsGiven        bool // several next hops follow
	nexthopID        uint32
	dev              *string
}

// AddRoute is "ip route add".
func AddRoute(s *session.Session, args []string) error {
	return newRoute(s, args, (*link.RouteChange).Add)
}

// ChangeRoute is "ip route change".
func ChangeRoute(s *session.Session, args []string) error {
	return newRoute(s, args, (*link.RouteChange).Change)
}

// ReplaceRoute is "ip route replace".
func ReplaceRoute(s *session.Session, args []string) error {
	return newRoute(s, args, (*link.RouteChange).Replace)
}

// PrependRoute is "ip route prepend".
func PrependRoute(s *session.Session, args []string) error {
	return newRoute(s, args, (*link.RouteChange).Prepend)
}

// AppendRoute is "ip route append".
func AppendRoute(s *session.Session, args []string) error {
	return newRoute(s, args, (*link.RouteChange).Append)
}

// TestRoute is "ip route test".
func TestRoute(s *session.Session, args []string) error {
	return newRoute(s, args, (*link.RouteChange).Test)
}

func newRoute(s *session.Session, args []string, request func(*link.RouteChange) link.Request) error {
	return changeRoute(s, args, newRouteRequest(request))
}

// DeleteRoute is "ip route delete".
func DeleteRoute(s *session.Session, args []string) error {
	return changeRoute(s, args, deleteRouteRequest)
}

// newRouteRequest returns the function that makes the request of "ip route add" and its kin.
func newRouteRequest(request func(*link.RouteChange) link.Request) func(w *routeArgs, args []string) (link.Request, error) {
	return func(w *routeArgs, args []string) (link.Request, error) {
		err := w.read(args)
		if !w.protocolGiven {
			w.change.Protocol = unix.RTPROT_BOOT
		}
		if w.change.Type == unix.RTN_UNSPEC {
			w.change.Type = unix.RTN_UNICAST
		}
		if !w.scopeGiven {
			w.change.Scope = w.defaultScope(unix.RT_SCOPE_LINK)
		}
		return request(&w.change), err
	}
}

// deleteRouteRequest returns the request of "ip route delete".
func deleteRouteRequest(w *routeArgs, args []string) (link.Request, error) {
	err := w.read(args)
	if !w.scopeGiven {
		w.change.Scope = unix.RT_SCOPE_NOWHERE
		if w.change.Type != unix.RTN_UNSPEC && w.change.Type != unix.RTN_UNICAST {
			w.change.Scope = w.defaultScope(unix.RT_SCOPE_NOWHERE)
		}
	}
	return w.change.Delete(), err
}

// defaultScope returns the scope of a route of IPv4 without a given one. It depends on the
// type. Unicast without a gateway has the scope direct.
func (w *routeArgs) defaultScope(direct uint8) uint8 {
	switch w.change.Type {
	case unix.RTN_LOCAL, unix.RTN_NAT:
		return unix.RT_SCOPE_HOST
	case unix.RTN_BROADCAST, unix.RTN_MULTICAST, unix.RTN_ANYCAST:
		return unix.RT_SCOPE_LINK
	case unix.RTN_UNICAST, unix.RTN_UNSPEC:
		if !w.gatewayGiven && !w.hopsGiven && w.nexthopID == 0 && w.change.To.Family != unix.AF_INET6 {
			return direct
		}
	}
	return unix.RT_SCOPE_UNIVERSE
}

// changeRoute makes a request from arguments, and sends it.
func changeRoute(s *session.Session, args []string, request func(*routeArgs, []string) (link.Request, error)) error {
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
	w := &routeArgs{conn: conn, family: family}
	q, err := request(w, args)
	if err != nil {
		return err
	}
	return w.withGatewayHint(conn, s.CommandPrefix(), q.Send(conn))
}

// read reads the arguments, and derives what they leave out.
func (w *routeArgs) read(args []string) error {
	hops, err := iproute.ReadTerms(w, args, routeTerms(), iproute.Term[*routeArgs]{Take: (*routeArgs).setDestination})
	if err != nil {
		return err
	}
	if !w.destinationGiven {
		return routeUsage()
	}
	if w.dev != nil {
		if w.change.Index, err = link.Index(w.conn, *w.dev); err != nil {
			return err
		}
	}
	if w.hopsGiven {
		if err := w.readHops(hops); err != nil {
			return err
		}
	}
	if w.change.To.Family == unix.AF_UNSPEC {
		if w.change.To.Family = w.family; w.family == unix.AF_UNSPEC {
			w.change.To.Family = unix.AF_INET
		}
	}
	if w.gatewayGiven && w.change.Via.Family == unix.AF_UNSPEC { // an empty address in front of the destination
		w.change.Via.Family = w.change.To.Family
	}
	if w.change.Table == nil {
		table := uint32(unix.RT_TABLE_MAIN)
		if w.change.Type == unix.RTN_LOCAL || w.change.Type == unix.RTN_BROADCAST || w.change.Type == unix.RTN_NAT || w.change.Type == unix.RTN_ANYCAST {
			table = unix.RT_TABLE_LOCAL
		}
		w.change.Table = &table
	}
	return nil
}

// routeUsage returns the failure for a route without a destination.
func routeUsage() error {
	return iproute.Usage("Usage: ip route { add | change | replace | prepend | append | test | delete } { PREFIX | default } [ via ADDRESS ] [ dev DEV ]").MayBeIP()
}

// RouteWords returns the words of "ip route add" and delete.
func RouteWords() []iproute.Word { return iproute.WordsOf(routeTerms()) }

// routeTerms returns the grammar, in the order in which ip compares.
func routeTerms() []iproute.Term[*routeArgs] {
	return iproute.JoinTerms([]iproute.Term[*routeArgs]{
		{Name: "src", Set: (*routeArgs).setSource},
	}, iproute.IPOnly[*routeArgs]("as"), []iproute.Term[*routeArgs]{
		{Name: "via", Take: (*routeArgs).setVia},
		{Name: "from", Set: (*routeArgs).setFrom},
		{Name: "tos", Set: (*routeArgs).setTOS},
		{Name: "dsfield", Short: true, Set: (*routeArgs).setTOS},
		{Name: "expires", Set: func(w *routeArgs, v string) error { return w.setNumber(unix.RTA_EXPIRES, "expires", v) }},
		{Name: "metric", Short: true, Set: (*routeArgs).setMetric},
		{Name: "priority", Short: true, Set: (*routeArgs).setMetric},
		{Name: "preference", Set: (*routeArgs).setMetric},
		{Name: "scope", Set: (*routeArgs).setScope},
	}, metricTerms(), []iproute.Term[*routeArgs]{
		{Name: "realms", Short: true, Set: (*routeArgs).setRealms},
		{Name: "onlink", Bare: true, Set: func(w *routeArgs, _ string) error { w.change.Flags |= unix.RTNH_F_ONLINK; return nil }},
		{Name: "nexthop", Bare: true, Last: true, Set: func(w *routeArgs, _ string) error { w.hopsGiven = true; return nil }},
		{Name: "nhid", Set: (*routeArgs).setNexthopID},
		{Name: "protocol", Short: true, Set: (*routeArgs).setProtocol},
		{Name: "table", Short: true, Set: (*routeArgs).setTable},
	}, iproute.IPOnly[*routeArgs]("vrf-"), []iproute.Term[*routeArgs]{
		{Name: "dev", Value: iproute.Device, Set: func(w *routeArgs, v string) error { w.dev = &v; return nil }},
		{Name: "oif", Value: iproute.Device, Set: func(w *routeArgs, v string) error { w.dev = &v; return nil }},
		{Name: "pref", Short: true, Set: (*routeArgs).setPref},
	}, iproute.IPOnly[*routeArgs]("encap"), []iproute.Term[*routeArgs]{
		{Name: "ttl-propagate", Set: (*routeArgs).setTTLPropagate},
		{Name: "fastopen_no_cookie", Short: true, Set: func(w *routeArgs, v string) error { return w.setSwitch(rtaxFastopenNoCookie, "fastopen_no_cookie", v) }},
		{Name: "to", Take: (*routeArgs).setDestination},
	})
}
