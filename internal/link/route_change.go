package link

import (
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
)

// A RouteChange is a route that is to be added or deleted. Nil and zero leave an attribute
// out. See: struct rtmsg in linux/rtnetlink.h.
type RouteChange struct {
	To       iproute.Prefix
	Via      *iproute.Prefix // the next hop, also of the other family
	Source   []byte
	Index    int // of the device
	Type     uint8
	Scope    uint8
	Protocol uint8
	Table    *uint32
	Flags    uint32
	Metric   *uint32
	MTU      *uint32 // RTAX_MTU
}

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
		Type: c.Type, Scope: c.Scope, Protocol: c.Protocol, Flags: c.Flags,
	}}
	parts := []nl.NetlinkRequestData{info}
	add := func(kind int, b []byte) { parts = append(parts, nl.NewRtAttr(kind, b)) }
	number := func(kind int, n uint32) { add(kind, nl.Uint32Attr(n)) }
	if len(c.To.Addr) > 0 {
		add(unix.RTA_DST, c.To.Addr)
	}
	switch {
	case c.Via == nil:
	case c.Via.Family == c.To.Family:
		add(unix.RTA_GATEWAY, c.Via.Addr)
	default:
		add(unix.RTA_VIA, append(nl.Uint16Attr(uint16(c.Via.Family)), c.Via.Addr...))
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
	if c.MTU != nil {
		metrics := nl.NewRtAttr(unix.RTA_METRICS, nil)
		metrics.AddRtAttr(unix.RTAX_MTU, nl.Uint32Attr(*c.MTU))
		parts = append(parts, metrics)
	}
	return parts
}
