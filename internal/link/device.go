package link

import (
	"encoding/binary"
	"errors"
	"strconv"
	"strings"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/rtnl"
)

// A Device is a network device, as the kernel reports it.
type Device struct {
	Index     int
	Name      string
	AltNames  []string
	Type      uint16 // ARPHRD_*
	Flags     uint32 // IFF_*
	Address   []byte
	Broadcast []byte
	MTU       uint32
	Qdisc     string
	OperState uint8 // IF_OPER_*
	LinkMode  uint8
	Group     uint32
	HasGroup  bool
	TxQLen    uint32
	Alias     string
	Kind      string // "veth"; "" for hardware
	Data      []byte // attributes of the kind
	SlaveKind string // "bridge" for a port of one

	Master    int  // the device whose port it is, or 0
	HasPeer   bool // it has a lower device, or another end
	PeerIndex int  // of that device
	HasNSID   bool // the peer is in another namespace
	PeerNSID  int32
	ProtoDown bool

	VFs int  // virtual functions of a network card
	XDP bool // an XDP program is attached
}

// extraMask asks for the number of virtual functions, and for no counters.
const extraMask = nl.RTEXT_FILTER_VF | rtextFilterSkipStats

const rtextFilterSkipStats = 1 << 3

// Devices returns all devices of the namespace, in the kernel's order. The error is an
// *rtnl.Error.
func Devices(conn *rtnl.Conn) ([]Device, error) { return Select(conn, Selection{}) }

// Find returns the device with a name or an alternative name. "if5" is the device with the
// number 5, unless it is a name. The error is an *rtnl.Error, or [iproute.DeviceDoesNotExist].
func Find(conn *rtnl.Conn, name string) (Device, error) {
	d, err := findByName(conn, name)
	if errors.Is(err, unix.ENODEV) {
		if index, ok := indexInName(name); ok {
			return ByIndex(conn, index)
		}
		return d, iproute.DeviceDoesNotExist(name)
	}
	return d, err
}

func findByName(conn *rtnl.Conn, name string) (Device, error) {
	kind := unix.IFLA_IFNAME
	if len(name) >= unix.IFNAMSIZ {
		kind = unix.IFLA_ALT_IFNAME
	}
	return getLink(conn, 0, rtnl.String(kind, name))
}

// indexInName returns the number in ip's word for a device without a name, such as if5. See:
// ll_idx_a2n of iproute2.
func indexInName(word string) (index int, ok bool) {
	digits, ok := strings.CutPrefix(word, "if")
	n, err := strconv.ParseUint(digits, 10, 31)
	return int(n), ok && err == nil && n > 0
}

// ByIndex returns the device with an index. The error is an *rtnl.Error.
func ByIndex(conn *rtnl.Conn, index int) (Device, error) { return getLink(conn, index) }

func getLink(conn *rtnl.Conn, index int, attrs ...*nl.RtAttr) (Device, error) {
	header := nl.NewIfInfomsg(unix.AF_UNSPEC)
	header.Index = int32(index)
	parts := []nl.NetlinkRequestData{header, rtnl.Uint32(unix.IFLA_EXT_MASK, extraMask)}
	for _, a := range attrs {
		parts = append(parts, a)
	}
	answers, err := conn.Do(unix.RTM_GETLINK, 0, parts...)
	if err != nil {
		return Device{}, err
	}
	if len(answers) == 0 {
		return Device{}, &rtnl.Error{Errno: unix.ENODEV}
	}
	return parseDevice(answers[0]), nil
}

func parseDevice(m []byte) Device {
	var d Device
	if len(m) < unix.SizeofIfInfomsg {
		return d
	}
	d.Type = binary.NativeEndian.Uint16(m[2:])
	d.Index = int(int32(binary.NativeEndian.Uint32(m[4:])))
	d.Flags = binary.NativeEndian.Uint32(m[8:])
	rtnl.Each(m[unix.SizeofIfInfomsg:], d.set)
	return d
}

// set reads one attribute.
func (d *Device) set(kind uint16, v []byte) {
	switch kind {
	case unix.IFLA_IFNAME:
		d.Name = stringValue(v)
	case unix.IFLA_PROP_LIST:
		rtnl.Each(v, func(kind uint16, v []byte) {
			if kind == unix.IFLA_ALT_IFNAME {
				d.AltNames = append(d.AltNames, stringValue(v))
			}
		})
	case unix.IFLA_ADDRESS:
		d.Address = v
	case unix.IFLA_BROADCAST:
		d.Broadcast = v
	case unix.IFLA_MTU:
		d.MTU = uint32Value(v)
	case unix.IFLA_QDISC:
		d.Qdisc = stringValue(v)
	case unix.IFLA_OPERSTATE:
		d.OperState = uint8Value(v)
	case unix.IFLA_LINKMODE:
		d.LinkMode = uint8Value(v)
	case unix.IFLA_GROUP:
		d.HasGroup, d.Group = true, uint32Value(v)
	case unix.IFLA_TXQLEN:
		d.TxQLen = uint32Value(v)
	case unix.IFLA_IFALIAS:
		d.Alias = stringValue(v)
	case unix.IFLA_LINKINFO:
		rtnl.Each(v, func(kind uint16, v []byte) {
			switch kind {
			case unix.IFLA_INFO_KIND:
				d.Kind = stringValue(v)
			case unix.IFLA_INFO_DATA:
				d.Data = v
			case unix.IFLA_INFO_SLAVE_KIND:
				d.SlaveKind = stringValue(v)
			}
		})
	case unix.IFLA_MASTER:
		d.Master = int(uint32Value(v))
	case unix.IFLA_LINK:
		d.HasPeer, d.PeerIndex = true, int(uint32Value(v))
	case unix.IFLA_LINK_NETNSID:
		d.HasNSID, d.PeerNSID = true, int32(uint32Value(v))
	case unix.IFLA_PROTO_DOWN:
		d.ProtoDown = uint8Value(v) != 0
	case unix.IFLA_NUM_VF:
		d.VFs = int(uint32Value(v))
	case unix.IFLA_XDP:
		rtnl.Each(v, func(kind uint16, v []byte) {
			if kind == unix.IFLA_XDP_ATTACHED {
				d.XDP = uint8Value(v) != 0
			}
		})
	}
}
