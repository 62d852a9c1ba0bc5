package link

import (
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/rtnl"
)

// NoMaster selects devices without a master. See: master_idx in rtnetlink.c of the kernel.
const NoMaster = -1

// A Selection is the filter of a dump, which the kernel applies. It ignores a kind that it
// does not know.
type Selection struct {
	// AF_INET6 selects the devices that have IPv6, and reads only some fields of each. It
	// excludes the other filters. See: inet6_fill_ifinfo in addrconf.c of the kernel.
	Family int
	Kind   string // "" for any
	Master int    // index of a device; 0 for any
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

// Select returns the devices that the kernel selects. The error is an *rtnl.Error.
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
