package link

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/rtnl"
)

// A Route is a route, as the kernel reports it.
type Route struct {
	Family   int
	Type     uint8 // RTN_*
	Scope    uint8 // RT_SCOPE_*
	Protocol uint8 // RTPROT_*
	TOS      uint8
	Table    uint32
	Flags    uint32       // RTNH_F_* and RTM_F_*
	To       netip.Prefix // 0 bits for the default
	From     netip.Prefix // zero for any source
	Source   netip.Addr   // the preferred source; zero for none
	NextHop               // of a route with one next hop
	NextHops []NextHop

	NexthopID uint32 // of ip nexthop; 0 for none
	HasMetric bool
	Metric    uint32
	Metrics   []Metric
	Pref      uint8 // of IPv6, if HasPref
	HasPref   bool
	Expires   int32 // hundredths of a second
	Error     int32
	Mark      uint32  // of the packet that was asked for
	UID       *uint32 // of the user that was asked for
	In        int     // number of the device that the packet comes from; 0 for none
	Encap     bool    // packets are encapsulated; the details are not read
	message   []byte  // as the kernel sent it
}

// Uses reports whether the route, or one of its next hops, leads over a device.
func (r *Route) Uses(index int) bool {
	return r.Index == index || slices.ContainsFunc(r.NextHops, func(n NextHop) bool { return n.Index == index })
}

// A NextHop is one next hop of a route.
type NextHop struct {
	Gateway netip.Addr // zero for none
	Via     bool       // the gateway is of another family than the route
	Index   int        // of the device; 0 for none
	Weight  int
	Flags   uint32
	Realms  uint32 // from in the upper half, to in the lower half
}

// A Metric is one of RTAX_*: a number, or a name for RTAX_CC_ALGO.
type Metric struct {
	Kind   uint16
	Value  uint32
	Text   string
	Locked bool
}

// rtaNHID is RTA_NH_ID. See: linux/rtnetlink.h.
const rtaNHID = 30

// A RouteSelection is the filter of a dump, which the kernel applies since Linux 4.20. Zero
// selects everything.
type RouteSelection struct {
	Family int
	Table  uint32
	Index  int
	Cached bool // what was learned of single destinations, such as an MTU, and nothing else
}

// Routes returns the routes of IPv4 and IPv6. The error is an *rtnl.Error, with ENOENT for a
// table that is missing.
func Routes(conn *rtnl.Conn, s RouteSelection) ([]Route, error) {
	header := &nl.RtMsg{RtMsg: unix.RtMsg{Family: uint8(s.Family)}}
	if s.Cached {
		header.Flags = unix.RTM_F_CLONED
	}
	parts := []nl.NetlinkRequestData{header}
	if s.Table != 0 {
		parts = append(parts, rtnl.Uint32(unix.RTA_TABLE, s.Table))
	}
	if s.Index != 0 {
		parts = append(parts, rtnl.Uint32(unix.RTA_OIF, uint32(s.Index)))
	}
	answers, err := conn.Dump(unix.RTM_GETROUTE, parts...)
	if err != nil {
		return nil, err
	}
	list := make([]Route, 0, len(answers))
	for _, m := range answers {
		if r, ok := parseRoute(m); ok {
			list = append(list, r)
		}
	}
	return list, nil
}

// DeleteRoutes deletes routes, until the kernel refuses one. The error is an *rtnl.Error.
func DeleteRoutes(conn *rtnl.Conn, list []*Route) error {
	return deleteAll(conn, unix.RTM_DELROUTE, list, func(x **Route) []byte { return (*x).message })
}

// IsFallback reports whether the route is one of IPv6 that the kernel makes for itself: it says
// that there is no default route. See: ip6_null_entry in route.c of the kernel.
func (r *Route) IsFallback() bool {
	const last = 1<<32 - 1
	return r.Family == unix.AF_INET6 && r.To.Bits() == 0 && r.Type == unix.RTN_UNREACHABLE && r.HasMetric && r.Metric == last
}

// parseRoute returns false for families other than AF_INET and AF_INET6.
func parseRoute(m []byte) (Route, bool) {
	if len(m) < unix.SizeofRtMsg || m[0] != unix.AF_INET && m[0] != unix.AF_INET6 {
		return Route{}, false
	}
	r := Route{Family: int(m[0]), TOS: m[3], Table: uint32(m[4]), Protocol: m[5], Scope: m[6], Type: m[7], message: m}
	r.Flags = binary.NativeEndian.Uint32(m[8:])
	r.To = netip.PrefixFrom(unspecified(r.Family), int(m[1]))
	fromBits := int(m[2])
	if fromBits != 0 {
		r.From = netip.PrefixFrom(unspecified(r.Family), fromBits)
	}
	rtnl.Each(m[unix.SizeofRtMsg:], func(kind uint16, v []byte) {
		switch kind {
		case unix.RTA_DST:
			r.To = netip.PrefixFrom(addrValue(v), int(m[1]))
		case unix.RTA_SRC:
			r.From = netip.PrefixFrom(addrValue(v), fromBits)
		default:
			r.set(kind, v)
		}
	})
	return r, true
}

func unspecified(family int) netip.Addr {
	if family == unix.AF_INET6 {
		return netip.IPv6Unspecified()
	}
	return netip.IPv4Unspecified()
}

func (r *Route) set(kind uint16, v []byte) {
	switch kind {
	case unix.RTA_TABLE:
		r.Table = uint32Value(v)
	case unix.RTA_PREFSRC:
		r.Source = addrValue(v)
	case unix.RTA_PRIORITY:
		r.HasMetric, r.Metric = true, uint32Value(v)
	case unix.RTA_METRICS:
		r.Metrics = parseMetrics(v)
	case unix.RTA_PREF:
		r.HasPref, r.Pref = true, uint8Value(v)
	case rtaNHID:
		r.NexthopID = uint32Value(v)
	case unix.RTA_CACHEINFO:
		if len(v) >= 16 { // struct rta_cacheinfo
			r.Expires, r.Error = int32(uint32Value(v[8:])), int32(uint32Value(v[12:]))
		}
	case unix.RTA_MARK:
		r.Mark = uint32Value(v)
	case unix.RTA_UID:
		n := uint32Value(v)
		r.UID = &n
	case unix.RTA_IIF:
		r.In = int(uint32Value(v))
	case unix.RTA_MULTIPATH:
		r.multipath(v)
	case unix.RTA_ENCAP:
		r.Encap = true
	default:
		r.NextHop.set(kind, v)
	}
}

func (n *NextHop) set(kind uint16, v []byte) {
	switch kind {
	case unix.RTA_OIF:
		n.Index = int(uint32Value(v))
	case unix.RTA_GATEWAY:
		n.Gateway = addrValue(v)
	case unix.RTA_VIA:
		if len(v) > 2 { // struct rtvia: a family, an address
			n.Via, n.Gateway = true, addrValue(v[2:])
		}
	case unix.RTA_FLOW:
		n.Realms = uint32Value(v)
	}
}

// multipath reads a list of struct rtnexthop with attributes. See: rtnetlink(7).
func (r *Route) multipath(v []byte) {
	for len(v) >= unix.SizeofRtNexthop {
		n := int(binary.NativeEndian.Uint16(v))
		if n < unix.SizeofRtNexthop || n > len(v) {
			return
		}
		hop := NextHop{Flags: uint32(v[2]), Weight: int(v[3]) + 1, Index: int(uint32Value(v[4:]))}
		rtnl.Each(v[unix.SizeofRtNexthop:n], func(kind uint16, v []byte) {
			if kind == unix.RTA_ENCAP {
				r.Encap = true
			}
			hop.set(kind, v)
		})
		r.NextHops = append(r.NextHops, hop)
		if n = (n + unix.RTNH_ALIGNTO - 1) &^ (unix.RTNH_ALIGNTO - 1); n > len(v) {
			return
		}
		v = v[n:]
	}
}

// parseMetrics returns the metrics in the order of their numbers.
func parseMetrics(v []byte) []Metric {
	var lock uint32
	var found [unix.RTAX_MAX + 1][]byte
	rtnl.Each(v, func(kind uint16, v []byte) {
		switch {
		case kind == unix.RTAX_LOCK:
			lock = uint32Value(v)
		case int(kind) < len(found):
			found[kind] = v
		}
	})
	var list []Metric
	for kind, v := range found {
		if v == nil {
			continue
		}
		m := Metric{Kind: uint16(kind), Locked: lock&(1<<kind) != 0}
		if kind == unix.RTAX_CC_ALGO {
			m.Text = stringValue(v)
		} else {
			m.Value = uint32Value(v)
		}
		list = append(list, m)
	}
	return list
}
