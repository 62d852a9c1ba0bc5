package link

import (
	"encoding/binary"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/rtnl"
)

// A RouteChange is a route that is to be added or deleted. Nil and zero leave an attribute
// out. See: struct rtmsg in linux/rtnetlink.h.
type RouteChange struct {
	To       iproute.Prefix
	From     *iproute.Prefix
	Via      *iproute.Prefix // the next hop, also of the other family
	Source   []byte
	Index    int // of the device
	Type     uint8
	Scope    uint8
	Protocol uint8
	TOS      uint8
	Table    *uint32
	Flags    uint32
	Metric   *uint32
	NextHops []NextHopChange // in place of one next hop
	locked   uint32          // bits RTAX_*: metrics that the kernel does not change
	metrics  []*nl.RtAttr
	attrs    []*nl.RtAttr // further ones
}

// A NextHopChange is one of several next hops of a route.
type NextHopChange struct {
	Index  int // of the device; 0 for none
	Weight uint8
	OnLink bool
	attrs  []*nl.RtAttr
}

// Via sets the gateway of a next hop of a route of a family.
func (h *NextHopChange) Via(family int, a iproute.Prefix) {
	kind, value := viaAttr(family, a)
	h.attrs = append(h.attrs, nl.NewRtAttr(kind, value))
}

// Realms sets the realms of a next hop.
func (h *NextHopChange) Realms(n uint32) { h.attrs = append(h.attrs, rtnl.Uint32(unix.RTA_FLOW, n)) }

// bytes returns a struct rtnexthop with its attributes.
func (h *NextHopChange) bytes() []byte {
	var attrs []byte
	for _, a := range h.attrs {
		attrs = append(attrs, a.Serialize()...)
	}
	flags := uint8(0)
	if h.OnLink {
		flags = unix.RTNH_F_ONLINK
	}
	b := binary.NativeEndian.AppendUint16(nil, uint16(unix.SizeofRtNexthop+len(attrs)))
	b = append(b, flags, h.Weight)
	b = binary.NativeEndian.AppendUint32(b, uint32(h.Index))
	return append(b, attrs...)
}

// viaAttr returns the attribute for a gateway, which may be of another family.
func viaAttr(family int, a iproute.Prefix) (kind int, value []byte) {
	if a.Family == family {
		return unix.RTA_GATEWAY, a.Addr
	}
	return unix.RTA_VIA, append(nl.Uint16Attr(uint16(a.Family)), a.Addr...)
}

// RTAX sets a metric to a number. If locked, the kernel does not change it.
func (c *RouteChange) RTAX(kind int, n uint32, locked bool) {
	c.RTAXBytes(kind, nl.Uint32Attr(n), locked)
}

// RTAXBytes sets a metric to raw bytes.
func (c *RouteChange) RTAXBytes(kind int, b []byte, locked bool) {
	c.metrics = append(c.metrics, nl.NewRtAttr(kind, b))
	if locked {
		c.locked |= 1 << kind
	}
}

// Uint32 sets an attribute of 32 bits. The last one of a kind counts.
func (c *RouteChange) Uint32(kind int, n uint32) { c.Bytes(kind, nl.Uint32Attr(n)) }

// Bytes sets an attribute to raw bytes.
func (c *RouteChange) Bytes(kind int, b []byte) { c.attrs = append(c.attrs, nl.NewRtAttr(kind, b)) }

// Add returns the request of: ip route add
func (c *RouteChange) Add() Request {
	return Request{unix.RTM_NEWROUTE, unix.NLM_F_CREATE | unix.NLM_F_EXCL, c.message()}
}

// Change returns the request of: ip route change
func (c *RouteChange) Change() Request {
	return Request{unix.RTM_NEWROUTE, unix.NLM_F_REPLACE, c.message()}
}

// Replace returns the request of: ip route replace
func (c *RouteChange) Replace() Request {
	return Request{unix.RTM_NEWROUTE, unix.NLM_F_CREATE | unix.NLM_F_REPLACE, c.message()}
}

// Prepend returns the request of: ip route prepend. The route comes before others to the same
// destination.
func (c *RouteChange) Prepend() Request {
	return Request{unix.RTM_NEWROUTE, unix.NLM_F_CREATE, c.message()}
}

// Append returns the request of: ip route append. The route comes after others to the same
// destination.
func (c *RouteChange) Append() Request {
	return Request{unix.RTM_NEWROUTE, unix.NLM_F_CREATE | unix.NLM_F_APPEND, c.message()}
}

// Test returns the request of: ip route test. The kernel refuses it with EEXIST or ENOENT.
// Exception: it makes a route of IPv6 that is not there.
func (c *RouteChange) Test() Request {
	return Request{unix.RTM_NEWROUTE, unix.NLM_F_EXCL, c.message()}
}

// Delete returns the request of: ip route delete. The kernel deletes the first route that
// matches.
func (c *RouteChange) Delete() Request { return Request{unix.RTM_DELROUTE, 0, c.message()} }

func (c *RouteChange) message() []nl.NetlinkRequestData {
	info := &nl.RtMsg{RtMsg: unix.RtMsg{
		Family: uint8(c.To.Family), Dst_len: uint8(c.To.Bits),
		Type: c.Type, Scope: c.Scope, Protocol: c.Protocol, Flags: c.Flags, Tos: c.TOS,
	}}
	parts := []nl.NetlinkRequestData{info}
	add := func(kind int, b []byte) { parts = append(parts, nl.NewRtAttr(kind, b)) }
	number := func(kind int, n uint32) { add(kind, nl.Uint32Attr(n)) }
	if len(c.To.Addr) > 0 {
		add(unix.RTA_DST, c.To.Addr)
	}
	if c.Via != nil {
		add(viaAttr(c.To.Family, *c.Via))
	}
	if c.From != nil {
		info.Src_len = uint8(c.From.Bits)
		if len(c.From.Addr) > 0 {
			add(unix.RTA_SRC, c.From.Addr)
		}
	}
	if c.Source != nil {
		add(unix.RTA_PREFSRC, c.Source)
	}
	if c.Index != 0 {
		number(unix.RTA_OIF, uint32(c.Index))
	}
	if c.Metric != nil {
		number(unix.RTA_PRIORITY, *c.Metric)
	}
	switch {
	case c.Table == nil:
	case *c.Table < 256:
		info.Table = uint8(*c.Table)
	default:
		number(unix.RTA_TABLE, *c.Table)
	}
	for _, a := range c.attrs {
		parts = append(parts, a)
	}
	if len(c.metrics) > 0 {
		metrics := nl.NewRtAttr(unix.RTA_METRICS, nil)
		for _, a := range c.metrics {
			metrics.AddChild(a)
		}
		if c.locked != 0 {
			metrics.AddRtAttr(unix.RTAX_LOCK, nl.Uint32Attr(c.locked))
		}
		parts = append(parts, metrics)
	}
	if len(c.NextHops) > 0 {
		var hops []byte
		for i := range c.NextHops {
			hops = append(hops, c.NextHops[i].bytes()...)
		}
		add(unix.RTA_MULTIPATH, hops)
	}
	return parts
}
