package link

import (
	"encoding/binary"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
)

// An AddressChange is an address that is to be added or deleted. Nil and zero leave an
// attribute out. See: linux/if_addr.h.
type AddressChange struct {
	Family    int // AF_INET, AF_INET6; AF_UNSPEC if unknown
	Local     iproute.Prefix
	Peer      *iproute.Prefix // the other end of a point-to-point link; the length of the prefix is the peer's then
	AnyPeer   bool            // delete the address with any peer and any length
	Broadcast []byte
	Anycast   []byte
	Label     *string
	Scope     uint8
	Flags     uint32
	Metric    *uint32
	Protocol  *uint8 // IFAPROT_*: the origin
	Lifetime  *Lifetime
	Index     int   // of the device
	Empty     []int // IFA_* attributes that were given as "any", which the kernel refuses
}

// A Lifetime is how many seconds an address is valid, and how many of them it is preferred.
type Lifetime struct{ Valid, Preferred uint32 }

// Add returns the request of: ip address add
func (c *AddressChange) Add() Request {
	return Request{unix.RTM_NEWADDR, unix.NLM_F_CREATE | unix.NLM_F_EXCL, c.message()}
}

// Change returns the request of: ip address change
func (c *AddressChange) Change() Request {
	return Request{unix.RTM_NEWADDR, unix.NLM_F_REPLACE, c.message()}
}

// Replace returns the request of: ip address replace
func (c *AddressChange) Replace() Request {
	return Request{unix.RTM_NEWADDR, unix.NLM_F_CREATE | unix.NLM_F_REPLACE, c.message()}
}

// Delete returns the request of: ip address delete
func (c *AddressChange) Delete() Request { return Request{unix.RTM_DELADDR, 0, c.message()} }

func (c *AddressChange) message() []nl.NetlinkRequestData {
	info := nl.NewIfAddrmsg(c.Family)
	info.Prefixlen, info.Scope, info.Flags, info.Index = uint8(c.Local.Bits), c.Scope, uint8(c.Flags), uint32(c.Index)
	parts := []nl.NetlinkRequestData{info}
	add := func(kind int, b []byte) { parts = append(parts, nl.NewRtAttr(kind, b)) }
	for _, kind := range c.Empty {
		add(kind, nil)
	}
	if len(c.Local.Addr) > 0 {
		add(unix.IFA_LOCAL, c.Local.Addr)
	}
	switch {
	case c.Peer != nil:
		add(unix.IFA_ADDRESS, c.Peer.Addr)
		if c.Peer.Bits > 0 {
			info.Prefixlen = uint8(c.Peer.Bits)
		}
	case len(c.Local.Addr) > 0 && !c.AnyPeer:
		add(unix.IFA_ADDRESS, c.Local.Addr)
	}
	if c.Flags > 0xff {
		add(unix.IFA_FLAGS, nl.Uint32Attr(c.Flags))
	}
	if len(c.Broadcast) > 0 {
		add(unix.IFA_BROADCAST, c.Broadcast)
	}
	if len(c.Anycast) > 0 {
		add(unix.IFA_ANYCAST, c.Anycast)
	}
	if c.Label != nil {
		add(unix.IFA_LABEL, nl.ZeroTerminated(*c.Label))
	}
	if c.Metric != nil {
		add(unix.IFA_RT_PRIORITY, nl.Uint32Attr(*c.Metric))
	}
	if c.Protocol != nil {
		add(ifaProto, []byte{*c.Protocol})
	}
	if l := c.Lifetime; l != nil {
		b := make([]byte, 16) // struct ifa_cacheinfo: two timestamps of the kernel follow
		binary.NativeEndian.PutUint32(b, l.Preferred)
		binary.NativeEndian.PutUint32(b[4:], l.Valid)
		add(unix.IFA_CACHEINFO, b)
	}
	return parts
}
