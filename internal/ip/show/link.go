package show

import (
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// Links prints devices.
func Links(s *session.Session, args []string) error {
	if err := refuseUnsupported(s); err != nil {
		return err
	}
	if _, err := s.AddressFamily(); err != nil { // only its spelling is checked
		return err
	}
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	f, err := readDeviceFilter(conn, args, unix.AF_PACKET)
	if err != nil {
		return err
	}
	return printDevices(s, f, true)
}

// printDevices prints the devices that a filter selects, without addresses.
func printDevices(s *session.Session, f *deviceFilter, asLink bool) error {
	devices, err := f.devices(unix.AF_UNSPEC)
	if err != nil {
		return err
	}
	v, err := newView(s, f, devices, asLink)
	if err != nil {
		return err
	}
	return printOutput(s, func(p *printer) error {
		v.printer = p
		for i := range devices {
			d := &devices[i]
			p.object(func() {
				switch {
				case !f.matches(d), f.label != nil: // an empty object in JSON
				case s.Opt.Brief:
					v.brief(d)
					if len(d.Address) > 0 {
						p.string("address", "", hardwareAddress(d.Type, d.Address), " ")
					}
					v.flags(d)
					p.textOnly("\n")
				default:
					v.device(d)
					p.textOnly("\n")
				}
			})
		}
		return nil
	})
}

func decimal(n int) string { return strconv.Itoa(n) }

// name prints a device's name, and its lower device or its other end.
func (v *deviceView) name(d *link.Device) {
	if v.isJSON() {
		switch {
		case !d.HasPeer:
		case d.PeerIndex == 0:
			v.json.Name("link")
			v.json.Null()
		case d.HasNSID:
			v.int("link_index", "", int64(d.PeerIndex), "")
		default:
			v.string("link", "", v.cache.name(d.PeerIndex), "")
		}
		v.string("ifname", "", d.Name, "")
		return
	}
	v.textOnly(d.Name)
	switch {
	case !d.HasPeer:
	case d.PeerIndex == 0:
		v.textOnly("@NONE")
	case d.HasNSID:
		v.textOnly("@if" + decimal(d.PeerIndex))
	default:
		v.textOnly("@" + v.cache.name(d.PeerIndex))
	}
}

// brief prints the beginning of a line of -brief.
func (v *deviceView) brief(d *link.Device) {
	start := len(v.text)
	v.name(d)
	v.column(start, 16)
	start = len(v.text)
	v.string("operstate", "", stateWord(d.OperState), "")
	v.column(start, 14)
}

func (v *deviceView) flags(d *link.Device) {
	peerDown := false
	if d.PeerIndex != 0 && !d.HasNSID {
		peer, ok := v.cache.get(d.PeerIndex)
		peerDown = ok && peer.Flags&unix.IFF_UP == 0
	}
	v.textOnly("<")
	v.array("flags", func() {
		for i, word := range flagWords(d.Flags, peerDown) {
			if v.isJSON() {
				v.json.String(word)
				continue
			}
			if i > 0 {
				v.textOnly(",")
			}
			v.textOnly(word)
		}
	})
	v.textOnly("> ")
}

// device prints one device, except for the newline.
func (v *deviceView) device(d *link.Device) {
	v.int("ifindex", "", int64(d.Index), ": ")
	v.name(d)
	v.textOnly(": ")
	v.flags(d)
	v.int("mtu", "mtu ", int64(d.MTU), " ")
	if d.Qdisc != "" {
		v.string("qdisc", "qdisc ", d.Qdisc, " ")
	}
	if d.Master != 0 {
		v.string("master", "master ", v.cache.name(d.Master), " ")
	}
	v.string("operstate", "state ", stateWord(d.OperState), " ")
	if v.linkShow {
		v.string("linkmode", "mode ", modeWord(d.LinkMode), " ")
	}
	if d.HasGroup {
		v.string("group", "group ", v.named(iproute.Groups(), d.Group), " ")
	}
	if length := int32(d.TxQLen); length != 0 { // ip prints a signed number
		v.int("txqlen", "qlen ", int64(length), "")
	}
	if v.hardwareLine {
		v.hardware(d)
	}
	if d.HasNSID {
		v.namespace(d.PeerNSID)
	}
	if d.ProtoDown {
		v.boolean("proto_down", " protodown on ")
	}
	if v.linkShow && d.Alias != "" {
		v.newline("    alias ")
		v.string("ifalias", "", d.Alias, "")
	}
	v.altNames(d)
}

// hardware prints the line about the link layer.
func (v *deviceView) hardware(d *link.Device) {
	v.newline("    link/")
	v.string("link_type", "", v.typeWord(d.Type), " ")
	if len(d.Address) > 0 {
		v.string("address", "", hardwareAddress(d.Type, d.Address), "")
	}
	if len(d.Broadcast) > 0 {
		word := " brd "
		if d.Flags&unix.IFF_POINTOPOINT != 0 {
			word = " peer "
			if v.isJSON() {
				v.boolean("link_pointtopoint", "")
			}
		}
		v.string("broadcast", word, hardwareAddress(d.Type, d.Broadcast), "")
	}
}

// namespace prints the namespace of a peer, in text by its name if it has one.
func (v *deviceView) namespace(id int32) {
	switch name, ok := v.nsNames[id]; {
	case v.isJSON():
		v.int("link_netnsid", "", int64(id), "")
	case id < 0:
		v.textOnly(" link-netnsid unknown")
	case ok:
		v.textOnly(" link-netns " + name)
	default:
		v.textOnly(" link-netnsid " + decimal(int(id)))
	}
}

func (v *deviceView) altNames(d *link.Device) {
	if len(d.AltNames) == 0 {
		return
	}
	v.array("altnames", func() {
		for _, name := range d.AltNames {
			if v.isJSON() {
				v.json.String(name)
				continue
			}
			v.newline("    altname " + name)
		}
	})
}
