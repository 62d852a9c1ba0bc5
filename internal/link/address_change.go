package link

import (
	"encoding/binary"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
)

// An AddressChange is an address that a device is to have or to lose; see ifa_* in
// linux/if_addr.h. Nil and zero say nothing.
type AddressChange struct {
	Family    int // AF_INET, AF_INET6; AF_UNSPEC where nothing tells
	Local     iproute.Prefix
	Peer      *iproute.Prefix // the other end of a line; its length is then that of the address
	AnyPeer   bool            // to withdraw it whatever its other end and its length
	Broadcast []byte
	Anycast   []byte
	Label     *string
	Scope     uint8
	Flags     uint32
	Metric    *uint32
	Protocol  *uint8 // IFAPROT_*: who has made it
	Lifetime  *Lifetime
	Index     int   // of the device
	Empty     []int // IFA_* that a word for no address was said for, which the kernel refuses
}

// A Lifetime is how long an address is valid and, before that, preferred, in seconds.
type Lifetime struct{ Valid, Preferred uint32 }

// Add gives a device an address. Equivalent to: ip address add
func (c *AddressChange) Add() Request {
	return Request{unix.RTM_NEWADDR, unix.NLM_F_CREATE | unix.NLM_F_EXCL, c.message()}
}

// Delete takes an address away. Equivalent to: ip address delete
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
		b := make([]byte, 16) // struct ifa_cacheinfo, two times of the kernel's behind
		binary.NativeEndian.PutUint32(b, l.Preferred)
		binary.NativeEndian.PutUint32(b[4:], l.Valid)
		add(unix.IFA_CACHEINFO, b)
	}
	return parts
}
