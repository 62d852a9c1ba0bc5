package link

import (
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/rtnl"
)

// A NeighborChange is an entry that is to be added, changed or deleted. Nil and zero leave an
// attribute out. See: linux/neighbour.h.
type NeighborChange struct {
	Address  iproute.Prefix
	Hardware []byte
	State    uint16 // NUD_*
	Flags    uint8  // NTF_*
	ExtFlags uint32 // NTF_EXT_*
	Protocol *uint8 // RTPROT_*: the origin
	Index    int    // of the device
}

// Add returns the request of: ip neighbour add
func (c *NeighborChange) Add() Request {
	return Request{unix.RTM_NEWNEIGH, unix.NLM_F_CREATE | unix.NLM_F_EXCL, c.message()}
}

// Change returns the request of: ip neighbour change
func (c *NeighborChange) Change() Request {
	return Request{unix.RTM_NEWNEIGH, unix.NLM_F_REPLACE, c.message()}
}

// Replace returns the request of: ip neighbour replace
func (c *NeighborChange) Replace() Request {
	return Request{unix.RTM_NEWNEIGH, unix.NLM_F_CREATE | unix.NLM_F_REPLACE, c.message()}
}

// Delete returns the request of: ip neighbour delete
func (c *NeighborChange) Delete() Request { return Request{unix.RTM_DELNEIGH, 0, c.message()} }

// Get returns the entry with the address, the flag NTF_PROXY and the device. The error is an
// *rtnl.Error.
func (c *NeighborChange) Get(conn *rtnl.Conn) (Neighbor, error) {
	answers, err := conn.Do(unix.RTM_GETNEIGH, 0, c.message()...)
	if err != nil {
		return Neighbor{}, err
	}
	for _, m := range answers {
		if n, ok := parseNeighbor(m); ok {
			return n, nil
		}
	}
	return Neighbor{}, &rtnl.Error{Errno: unix.ENOENT}
}

func (c *NeighborChange) message() []nl.NetlinkRequestData {
	header := &neighborHeader{unix.NdMsg{Family: uint8(c.Address.Family), Ifindex: int32(c.Index), State: c.State, Flags: c.Flags}}
	parts := []nl.NetlinkRequestData{header}
	add := func(kind int, b []byte) { parts = append(parts, nl.NewRtAttr(kind, b)) }
	if c.Protocol != nil {
		add(ndaProtocol, []byte{*c.Protocol})
	}
	add(unix.NDA_DST, c.Address.Addr)
	if c.ExtFlags != 0 {
		add(ndaFlagsExt, nl.Uint32Attr(c.ExtFlags))
	}
	if len(c.Hardware) > 0 {
		add(unix.NDA_LLADDR, c.Hardware)
	}
	return parts
}
