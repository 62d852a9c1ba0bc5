package link

import (
	"encoding/binary"
	"net/netip"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/rtnl"
)

// A Neighbor is an entry of the kernel's table of neighbours: the link-layer address that
// belongs to an address of the network. See: ip-neighbour(8) and linux/neighbour.h.
type Neighbor struct {
	Family    int // AF_INET, AF_INET6
	Index     int // of the device; 0 for a proxy on any
	Address   netip.Addr
	Hardware  []byte // the link-layer address; nil if unknown
	State     uint16 // NUD_*: one bit, or NUD_NONE
	Flags     uint8  // NTF_*
	ExtFlags  uint32 // NTF_EXT_*
	Protocol  uint8  // RTPROT_*: the origin
	HasTimes  bool   // the three times and the number of users are known
	Used      uint32 // hundredths of a second ago
	Confirmed uint32
	Updated   uint32
	Users     uint32
	HasProbes bool
	Probes    uint32
	message   []byte // as the kernel sent it
}

// These are in linux/neighbour.h: an attribute, and flags of it.
const (
	ndaProtocol = 12 // NDA_PROTOCOL
	ndaFlagsExt = 15 // NDA_FLAGS_EXT

	NeighborManaged        = 1 << 0 // NTF_EXT_MANAGED: the kernel keeps the entry up to date
	NeighborExternValidate = 1 << 2 // NTF_EXT_EXT_VALIDATED: a program does
)

// A NeighborSelection is the filter of a dump, which the kernel applies. Zero selects
// everything, except for proxies.
type NeighborSelection struct {
	Family int
	Index  int
	Master int  // index of a device, or NoMaster
	Proxy  bool // the addresses that the kernel answers for, and nothing else
}

// Neighbors returns the entries of IPv4 and IPv6. The error is an *rtnl.Error.
func Neighbors(conn *rtnl.Conn, s NeighborSelection) ([]Neighbor, error) {
	header := &neighborHeader{unix.NdMsg{Family: uint8(s.Family)}}
	if s.Proxy {
		header.Flags = unix.NTF_PROXY
	}
	parts := []nl.NetlinkRequestData{header}
	if s.Index != 0 {
		parts = append(parts, rtnl.Uint32(unix.NDA_IFINDEX, uint32(s.Index)))
	}
	if s.Master != 0 {
		parts = append(parts, rtnl.Uint32(unix.NDA_MASTER, uint32(s.Master)))
	}
	answers, err := conn.Dump(unix.RTM_GETNEIGH, parts...)
	if err != nil {
		return nil, err
	}
	list := make([]Neighbor, 0, len(answers))
	for _, m := range answers {
		if n, ok := parseNeighbor(m); ok {
			list = append(list, n)
		}
	}
	return list, nil
}

// parseNeighbor returns false for families other than AF_INET and AF_INET6.
func parseNeighbor(m []byte) (Neighbor, bool) {
	if len(m) < unix.SizeofNdMsg || m[0] != unix.AF_INET && m[0] != unix.AF_INET6 {
		return Neighbor{}, false
	}
	n := Neighbor{
		Family: int(m[0]), Index: int(int32(binary.NativeEndian.Uint32(m[4:]))),
		State: binary.NativeEndian.Uint16(m[8:]), Flags: m[10], message: m,
	}
	rtnl.Each(m[unix.SizeofNdMsg:], n.set)
	return n, true
}

func (n *Neighbor) set(kind uint16, v []byte) {
	switch kind {
	case unix.NDA_DST:
		n.Address = addrValue(v)
	case unix.NDA_LLADDR:
		n.Hardware = v
	case unix.NDA_CACHEINFO:
		if len(v) >= 16 { // struct nda_cacheinfo
			n.HasTimes, n.Confirmed, n.Used, n.Updated, n.Users = true, uint32Value(v), uint32Value(v[4:]), uint32Value(v[8:]), uint32Value(v[12:])
		}
	case unix.NDA_PROBES:
		n.HasProbes, n.Probes = true, uint32Value(v)
	case ndaProtocol:
		n.Protocol = uint8Value(v)
	case ndaFlagsExt:
		n.ExtFlags = uint32Value(v)
	}
}

// DeleteNeighbors deletes entries, until the kernel refuses one. The error is an *rtnl.Error.
func DeleteNeighbors(conn *rtnl.Conn, list []Neighbor) error {
	return deleteAll(conn, unix.RTM_DELNEIGH, list, func(x *Neighbor) []byte { return x.message })
}

// A neighborHeader is what every message about a neighbour begins with.
type neighborHeader struct{ unix.NdMsg }

// Len returns the number of bytes of the header.
func (h *neighborHeader) Len() int { return unix.SizeofNdMsg }

// Serialize returns the header as the kernel reads it.
func (h *neighborHeader) Serialize() []byte {
	b := make([]byte, unix.SizeofNdMsg)
	b[0], b[10], b[11] = h.Family, h.Flags, h.Type
	binary.NativeEndian.PutUint32(b[4:], uint32(h.Ifindex))
	binary.NativeEndian.PutUint16(b[8:], h.State)
	return b
}
