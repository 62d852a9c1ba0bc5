package link

import (
	"encoding/binary"
	"net/netip"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/rtnl"
)

// An Address is an address of a device, as the kernel reports it.
type Address struct {
	Index       int // of the device
	Family      int // AF_INET, AF_INET6
	Local       netip.Addr
	Peer        netip.Addr // at the other end; Local without a peer
	Bits        int        // length of the prefix, which is the peer's
	Broadcast   netip.Addr // zero for none
	Anycast     netip.Addr // zero for none
	Scope       uint8
	Flags       uint32 // IFA_F_*
	Label       string
	Metric      uint32 // of the route to the prefix; 0: the kernel chooses
	HasProtocol bool   // since Linux 5.18
	Protocol    uint8  // IFAPROT_*: the origin
	HasLifetime bool
	Preferred   uint32 // seconds; Forever for no end
	Valid       uint32
	message     []byte // as the kernel sent it
}

// ifaProto is IFA_PROTO. See: linux/if_addr.h.
const ifaProto = 11

// Forever is a lifetime without an end. See: INFINITY_LIFE_TIME in addrconf.h of the kernel.
const Forever = 1<<32 - 1

// Addresses returns the addresses of a family, of both for AF_UNSPEC, and of one device, of
// all for index 0. The error is an *rtnl.Error.
func Addresses(conn *rtnl.Conn, family, index int) ([]Address, error) {
	header := nl.NewIfAddrmsg(family)
	header.Index = uint32(index)
	answers, err := conn.Dump(unix.RTM_GETADDR, header)
	if err != nil {
		return nil, err
	}
	list := make([]Address, 0, len(answers))
	for _, m := range answers {
		a, ok := parseAddress(m)
		if ok && (index == 0 || a.Index == index) { // Linux before 4.20 ignores the index
			list = append(list, a)
		}
	}
	return list, nil
}

// parseAddress returns false for families other than AF_INET and AF_INET6.
func parseAddress(m []byte) (Address, bool) {
	if len(m) < unix.SizeofIfAddrmsg || m[0] != unix.AF_INET && m[0] != unix.AF_INET6 {
		return Address{}, false
	}
	a := Address{
		Family: int(m[0]), Bits: int(m[1]), Flags: uint32(m[2]), Scope: m[3],
		Index: int(binary.NativeEndian.Uint32(m[4:])), message: m,
	}
	rtnl.Each(m[unix.SizeofIfAddrmsg:], a.set)
	switch {
	case !a.Local.IsValid():
		a.Local = a.Peer
	case !a.Peer.IsValid():
		a.Peer = a.Local
	}
	return a, true
}

func (a *Address) set(kind uint16, v []byte) {
	switch kind {
	case unix.IFA_LOCAL:
		a.Local = addrValue(v)
	case unix.IFA_ADDRESS:
		a.Peer = addrValue(v)
	case unix.IFA_BROADCAST:
		a.Broadcast = addrValue(v)
	case unix.IFA_ANYCAST:
		a.Anycast = addrValue(v)
	case unix.IFA_LABEL:
		a.Label = stringValue(v)
	case unix.IFA_FLAGS:
		a.Flags = uint32Value(v)
	case unix.IFA_RT_PRIORITY:
		a.Metric = uint32Value(v)
	case ifaProto:
		a.HasProtocol, a.Protocol = true, uint8Value(v)
	case unix.IFA_CACHEINFO:
		if len(v) >= 8 {
			a.HasLifetime, a.Preferred, a.Valid = true, uint32Value(v), uint32Value(v[4:])
		}
	}
}

// DeleteAddresses deletes addresses, until the kernel refuses one. With an address its
// secondaries may go, so that one that is not there is no failure. The error is an *rtnl.Error.
func DeleteAddresses(conn *rtnl.Conn, list []*Address) error {
	return deleteAll(conn, unix.RTM_DELADDR, list, func(x **Address) []byte { return (*x).message }, unix.EADDRNOTAVAIL)
}
