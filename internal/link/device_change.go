package link

import (
	"errors"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/rtnl"
)

// A DeviceChange is what one message sets in a new or an existing device: flags, and
// attributes IFLA_* of linux/if_link.h. The kernel does all of it or nothing. The exception is
// a flag that it refuses after it has moved the device.
type DeviceChange struct {
	Index       int // of a new device; 0 for the next free one
	flags, mask uint32
	attrs       []*nl.RtAttr
}

// Flag sets or clears an interface flag such as IFF_UP. See: netdevice(7).
func (c *DeviceChange) Flag(flag uint32, on bool) *DeviceChange {
	c.mask |= flag
	c.flags &^= flag
	if on {
		c.flags |= flag
	}
	return c
}

// Uint32 sets an attribute of 32 bits.
func (c *DeviceChange) Uint32(kind int, n uint32) *DeviceChange {
	return c.Bytes(kind, nl.Uint32Attr(n))
}

// String sets an attribute that is a string.
func (c *DeviceChange) String(kind int, s string) *DeviceChange {
	return c.Bytes(kind, nl.ZeroTerminated(s))
}

// Bytes sets an attribute to raw bytes. The last one of a kind counts.
func (c *DeviceChange) Bytes(kind int, b []byte) *DeviceChange {
	c.attrs = append(c.attrs, nl.NewRtAttr(kind, b))
	return c
}

// Peer returns the data of a veth device, in which c describes the other end.
func (c *DeviceChange) Peer() *nl.RtAttr {
	data := nl.NewRtAttr(unix.IFLA_INFO_DATA, nil)
	peer := data.AddRtAttr(nl.VETH_INFO_PEER, nil)
	info := nl.NewIfInfomsgChild(peer, unix.AF_UNSPEC)
	info.Index, info.Flags, info.Change = int32(c.Index), c.flags, c.mask
	for _, a := range c.attrs {
		peer.AddChild(a)
	}
	return data
}

// Add returns the request for a new device of a kind, with the kind's data or nil. Equivalent
// to: ip link add … type KIND …
func (c *DeviceChange) Add(kind string, data *nl.RtAttr) Request {
	return Request{unix.RTM_NEWLINK, unix.NLM_F_CREATE | unix.NLM_F_EXCL, append(c.message(c.Index), linkInfo(kind, data))}
}

// Set returns the request to change the device with an index. If kind is not nil, the device
// has to be of that kind. Equivalent to: ip link set DEV …
func (c *DeviceChange) Set(index int, kind *string) Request {
	return Request{unix.RTM_NEWLINK, 0, c.messageFor(index, kind)}
}

// Delete returns the request to delete the device with an index. If kind is not nil, the
// device has to be of that kind. The kernel judges the other attributes. Equivalent to: ip
// link delete DEV …
func (c *DeviceChange) Delete(index int, kind *string) Request {
	return Request{unix.RTM_DELLINK, 0, c.messageFor(index, kind)}
}

func (c *DeviceChange) messageFor(index int, kind *string) []nl.NetlinkRequestData {
	parts := c.message(index)
	if kind != nil {
		parts = append(parts, linkInfo(*kind, nil))
	}
	return parts
}

func (c *DeviceChange) message(index int) []nl.NetlinkRequestData {
	info := nl.NewIfInfomsg(unix.AF_UNSPEC)
	info.Index, info.Flags, info.Change = int32(index), c.flags, c.mask
	parts := []nl.NetlinkRequestData{info}
	for _, a := range c.attrs {
		parts = append(parts, a)
	}
	return parts
}

func linkInfo(kind string, data *nl.RtAttr) *nl.RtAttr {
	info := nl.NewRtAttr(unix.IFLA_LINKINFO, nil)
	info.AddRtAttr(unix.IFLA_INFO_KIND, []byte(kind))
	if data != nil {
		info.AddChild(data)
	}
	return info
}

// Delete deletes the device with an index. The error is an *rtnl.Error. Equivalent to: ip link
// delete DEV
func Delete(conn *rtnl.Conn, index int) error { return new(DeviceChange).Delete(index, nil).Send(conn) }

// Index returns the number of the device with a name or an alternative name. The number in
// "if5" is not looked up. The error is an *rtnl.Error, or [iproute.CannotFindDevice].
func Index(conn *rtnl.Conn, name string) (int, error) {
	d, err := findByName(conn, name)
	if errors.Is(err, unix.ENODEV) {
		if index, ok := indexInName(name); ok {
			return index, nil
		}
		return 0, iproute.CannotFindDevice(name)
	}
	return d.Index, err
}
