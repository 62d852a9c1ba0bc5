package link

import (
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/rtnl"
)

// NoMaster selects devices that are ports of none: master_idx in rtnetlink.c of the kernel.
const NoMaster = -1

// A Selection is what the kernel leaves out of a dump. A kind that it does not know
// leaves nothing out.
type Selection struct {
	// Of AF_INET6 the devices that have IPv6, and of each only a few members: see
	// inet6_fill_ifinfo in addrconf.c of the kernel. It takes no other selection.
	Family int
	Kind   string // "" for every
	Master int    // a device; 0 for every
}

func (s Selection) parts() []nl.NetlinkRequestData {
	parts := []nl.NetlinkRequestData{nl.NewIfInfomsg(s.Family)}
	if s.Family != unix.AF_UNSPEC {
		return parts
	}
	parts = append(parts, rtnl.Uint32(unix.IFLA_EXT_MASK, extraMask))
	if s.Master != 0 {
		parts = append(parts, rtnl.Uint32(unix.IFLA_MASTER, uint32(s.Master)))
	}
	if s.Kind != "" {
		info := nl.NewRtAttr(unix.IFLA_LINKINFO, nil)
		info.AddRtAttr(unix.IFLA_INFO_KIND, []byte(s.Kind))
		parts = append(parts, info)
	}
	return parts
}

// Select is Devices with what the kernel leaves out. The error is an *rtnl.Error.
func Select(conn *rtnl.Conn, s Selection) ([]Device, error) {
	answers, err := conn.Dump(unix.RTM_GETLINK, s.parts()...)
	if err != nil {
		return nil, err
	}
	list := make([]Device, 0, len(answers))
	for _, m := range answers {
		list = append(list, parseDevice(m))
	}
	return list, nil
}
