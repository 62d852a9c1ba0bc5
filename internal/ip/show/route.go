package show

import (
	"errors"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// Routes prints routes.
func Routes(s *session.Session, args []string) error {
	if err := refuseUnsupported(s); err != nil {
		return err
	}
	family, err := s.AddressFamily()
	if err != nil {
		return err
	}
	f, err := readRouteFilter(args, family)
	if err != nil {
		return err
	}
	f.noTableIsEmpty = s.InBatch
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	routes, err := f.routes(conn, "Dump terminated")
	if err != nil {
		return err
	}
	v := &routeView{cache: newDeviceCache(conn, nil), filter: f}
	for i := range routes {
		if routes[i].Encap && f.matches(&routes[i]) {
			if err := reportMissing(s, "route "+prefixText(routes[i].To), []string{"its encapsulation"}); err != nil {
				return err
			}
		}
	}
	return printOutput(s, func(p *printer) error {
		v.printer = p
		for i := range routes {
			if f.matches(&routes[i]) {
				p.object(func() { v.route(&routes[i]) })
			}
		}
		return nil
	})
}

// routes returns the routes that the kernel selects. terminated is the second line of a failure.
func (f *routeFilter) routes(conn *rtnl.Conn, terminated string) ([]link.Route, error) {
	if f.device != "" {
		var err error
		if f.index, err = link.Index(conn, f.device); err != nil {
			return nil, err
		}
	}
	if f.family == unix.AF_PACKET {
		return nil, nil
	}
	routes, err := link.Routes(conn, link.RouteSelection{Family: f.family, Table: f.table, Index: f.index, Cached: f.cached})
	switch {
	case errors.Is(err, unix.ENODEV): // the device was given by a number
		f := rtnl.FailureOf(err)
		f.Text += "\n" + terminated
		return nil, f
	case !errors.Is(err, unix.ENOENT):
		return routes, err
	case f.table == unix.RT_TABLE_MAIN, f.noTableIsEmpty: // the kernel makes the main table on demand
		return nil, nil
	}
	text := "Error: ipv4: FIB table does not exist." // the kernel's sentence, see fib_frontend.c
	if f.family == unix.AF_INET6 {
		text = "Error: ipv6: FIB table does not exist."
	}
	return nil, &iproute.Failure{Text: text + "\n" + terminated, Status: iproute.StatusKernel}
}

// A routeView prints routes. Like ip it leaves out what the filter determines.
type routeView struct {
	*printer
	cache  *deviceCache
	filter *routeFilter
}

// route prints one route with its newline.
func (v *routeView) route(r *link.Route) {
	if r.Type != unix.RTN_UNICAST {
		v.string("type", "", v.routeType(r.Type), " ")
	}
	v.string("dst", "", prefixText(r.To), " ")
	if r.From.IsValid() {
		v.string("from", "from ", prefixText(r.From), " ")
	}
	if r.TOS != 0 && v.filter.tos < 0 {
		v.string("tos", "tos ", v.tosText(r.TOS), " ")
	}
	if r.NexthopID != 0 {
		v.int("nhid", "nhid ", int64(r.NexthopID), " ")
	}
	// ip leaves out a gateway that the filter determines, except for one of another family.
	if r.Gateway.IsValid() && (r.Via || !isSingleAddress(v.filter.via)) {
		v.gateway(&r.NextHop)
	}
	if r.Index != 0 && v.filter.index == 0 {
		v.string("dev", "dev ", v.cache.name(r.Index), " ")
	}
	v.attributes(r)
	v.routeFlags(r.Flags)
	v.routeMark(r.Mark)
	v.realms(r.Realms)
	if r.UID != nil {
		v.int("uid", "uid ", int64(*r.UID), " ")
	}
	if r.Flags&unix.RTM_F_CLONED != 0 && r.Family == unix.AF_INET {
		v.cacheFlags(r.Flags)
	}
	v.expiry(r)
	v.metrics(r.Metrics)
	if r.In != 0 {
		v.string("iif", "iif ", v.cache.name(r.In), " ")
	}
	if r.HasPref {
		v.string("pref", "pref ", prefWord(r.Pref), "")
	}
	v.nextHops(r.NextHops)
	v.textOnly("\n")
}

// attributes prints table, protocol, scope, source and metric.
func (v *routeView) attributes(r *link.Route) {
	f := v.filter
	cloned := r.Flags&unix.RTM_F_CLONED != 0
	if f.table == 0 && r.Table != unix.RT_TABLE_UNSPEC && r.Table != unix.RT_TABLE_MAIN {
		v.string("table", "table ", v.named(iproute.RoutingTables(), r.Table), " ")
	}
	if !cloned && f.protocol < 0 && r.Protocol != unix.RTPROT_BOOT {
		v.string("protocol", "proto ", v.named(iproute.Protocols(), uint32(r.Protocol)), " ")
	}
	if !cloned && f.scope < 0 && r.Scope != unix.RT_SCOPE_UNIVERSE {
		v.string("scope", "scope ", v.named(iproute.Scopes(), uint32(r.Scope)), " ")
	}
	if r.Source.IsValid() && !isSingleAddress(f.source) {
		v.string("prefsrc", "src ", addressText(r.Source), " ")
	}
	if r.HasMetric && f.metric < 0 {
		v.int("metric", "metric ", int64(r.Metric), " ")
	}
}

func (v *routeView) gateway(n *link.NextHop) {
	host := addressText(n.Gateway)
	if !n.Via {
		v.string("gateway", "via ", host, " ")
		return
	}
	family := "inet"
	if n.Gateway.Is6() {
		family = "inet6"
	}
	if v.isJSON() {
		v.json.Name("via")
		v.json.Object(func() {
			v.string("family", "", family, "")
			v.string("host", "", host, "")
		})
		return
	}
	v.textOnly("via " + family + " " + host + " ")
}

// realms prints the realms of a route, which mark packets for accounting.
func (v *routeView) realms(n uint32) {
	from, to := n>>16, n&0xffff
	if n == 0 {
		return
	}
	word := "realm "
	object := func() {
		if from != 0 {
			word = "/"
			v.string("from", "realms ", v.named(iproute.Realms(), from), "")
		}
		v.string("to", word, v.named(iproute.Realms(), to), " ")
	}
	if v.isJSON() {
		v.json.Name("flow")
		v.json.Object(object)
		return
	}
	object()
}

// expiry prints how many seconds a route stays.
func (v *routeView) expiry(r *link.Route) {
	const hundredths = 100 // USER_HZ
	if n := r.Expires / hundredths; r.Expires != 0 {
		v.int("expires", "expires ", int64(n), "sec ")
	}
	if r.Error != 0 {
		v.int("error", "error ", int64(r.Error), " ")
	}
}

func (v *routeView) nextHops(hops []link.NextHop) {
	if len(hops) == 0 {
		return
	}
	v.array("nexthops", func() {
		for i := range hops {
			n := &hops[i]
			v.newline("\tnexthop ")
			v.object(func() {
				v.realms(n.Realms)
				if n.Gateway.IsValid() {
					v.gateway(n)
				}
				if n.Index != 0 {
					v.string("dev", "dev ", v.cache.name(n.Index), " ")
				}
				v.int("weight", "weight ", int64(n.Weight), " ")
				v.routeFlags(n.Flags)
			})
		}
	})
}
