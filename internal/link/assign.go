package link

import (
	"encoding/binary"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
)

// An Assignment is an address that a device is to have or to lose; see ifa_* in
// linux/if_addr.h. Nil and zero say nothing.
type Assignment struct {
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

// Assign gives a device an address. Equivalent to: ip address add
func (a *Assignment) Assign() Request {
	return Request{unix.RTM_NEWADDR, unix.NLM_F_CREATE | unix.NLM_F_EXCL, a.message()}
}

// Withdraw takes an address away. Equivalent to: ip address delete
func (a *Assignment) Withdraw() Request { return Request{unix.RTM_DELADDR, 0, a.message()} }

func (a *Assignment) message() []nl.NetlinkRequestData {
	info := nl.NewIfAddrmsg(a.Family)
	info.Prefixlen, info.Scope, info.Flags, info.Index = uint8(a.Local.Bits), a.Scope, uint8(a.Flags), uint32(a.Index)
	parts := []nl.NetlinkRequestData{info}
	add := func(kind int, b []byte) { parts = append(parts, nl.NewRtAttr(kind, b)) }
	for _, kind := range a.Empty {
		add(kind, nil)
	}
	if len(a.Local.Addr) > 0 {
		add(unix.IFA_LOCAL, a.Local.Addr)
	}
	switch {
	case a.Peer != nil:
		add(unix.IFA_ADDRESS, a.Peer.Addr)
		if a.Peer.Bits > 0 {
			info.Prefixlen = uint8(a.Peer.Bits)
		}
	case len(a.Local.Addr) > 0 && !a.AnyPeer:
		add(unix.IFA_ADDRESS, a.Local.Addr)
	}
	if a.Flags > 0xff {
		add(unix.IFA_FLAGS, nl.Uint32Attr(a.Flags))
	}
	if len(a.Broadcast) > 0 {
		add(unix.IFA_BROADCAST, a.Broadcast)
	}
	if len(a.Anycast) > 0 {
		add(unix.IFA_ANYCAST, a.Anycast)
	}
	if a.Label != nil {
		add(unix.IFA_LABEL, nl.ZeroTerminated(*a.Label))
	}
	if a.Metric != nil {
		add(unix.IFA_RT_PRIORITY, nl.Uint32Attr(*a.Metric))
	}
	if a.Protocol != nil {
		add(ifaProto, []byte{*a.Protocol})
	}
	if l := a.Lifetime; l != nil {
		b := make([]byte, 16) // struct ifa_cacheinfo, two times of the kernel's behind
		binary.NativeEndian.PutUint32(b, l.Preferred)
		binary.NativeEndian.PutUint32(b[4:], l.Valid)
		add(unix.IFA_CACHEINFO, b)
	}
	return parts
}
