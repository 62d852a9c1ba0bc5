package link

import (
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
)

// A Way is a route that is to be made or taken away; see struct rtmsg in
// linux/rtnetlink.h. Nil and zero say nothing.
type Way struct {
	To       iproute.Prefix
	Via      *iproute.Prefix // the next hop, of the other family where that is one
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

// Add makes the route. Equivalent to: ip route add
func (w *Way) Add() Request {
	return Request{unix.RTM_NEWROUTE, unix.NLM_F_CREATE | unix.NLM_F_EXCL, w.message()}
}

// Delete takes the first route away that fits. Equivalent to: ip route delete
func (w *Way) Delete() Request { return Request{unix.RTM_DELROUTE, 0, w.message()} }

func (w *Way) message() []nl.NetlinkRequestData {
	info := &nl.RtMsg{RtMsg: unix.RtMsg{
		Family: uint8(w.To.Family), Dst_len: uint8(w.To.Bits),
		Type: w.Type, Scope: w.Scope, Protocol: w.Protocol, Flags: w.Flags,
	}}
	parts := []nl.NetlinkRequestData{info}
	add := func(kind int, b []byte) { parts = append(parts, nl.NewRtAttr(kind, b)) }
	word := func(kind int, n uint32) { add(kind, nl.Uint32Attr(n)) }
	if len(w.To.Addr) > 0 {
		add(unix.RTA_DST, w.To.Addr)
	}
	switch {
	case w.Via == nil:
	case w.Via.Family == w.To.Family:
		add(unix.RTA_GATEWAY, w.Via.Addr)
	default:
		add(unix.RTA_VIA, append(nl.Uint16Attr(uint16(w.Via.Family)), w.Via.Addr...))
	}
	if w.Source != nil {
		add(unix.RTA_PREFSRC, w.Source)
	}
	if w.Index != 0 {
		word(unix.RTA_OIF, uint32(w.Index))
	}
	if w.Metric != nil {
		word(unix.RTA_PRIORITY, *w.Metric)
	}
	switch {
	case w.Table == nil:
	case *w.Table < 256:
		info.Table = uint8(*w.Table)
	default:
		word(unix.RTA_TABLE, *w.Table)
	}
	if w.MTU != nil {
		metrics := nl.NewRtAttr(unix.RTA_METRICS, nil)
		metrics.AddRtAttr(unix.RTAX_MTU, nl.Uint32Attr(*w.MTU))
		parts = append(parts, metrics)
	}
	return parts
}
