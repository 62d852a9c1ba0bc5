package show

import (
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// Addresses prints devices with their addresses.
func Addresses(s *session.Session, args []string) error {
	if err := refuseUnsupported(s); err != nil {
		return err
	}
	family, err := s.AddressFamily()
	if err != nil {
		return err
	}
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	f, err := readDeviceFilter(conn, args, family)
	if err != nil {
		return err
	}
	if f.family == unix.AF_PACKET {
		return printDevices(s, f, false)
	}
	return printAddresses(s, f, family)
}

// printAddresses prints the addresses that a filter selects. A prefix in the filter sets the
// family of addresses, but not of the request about devices.
func printAddresses(s *session.Session, f *deviceFilter, preferred int) error {
	family := f.family
	devices, err := f.devices(preferred)
	if err != nil {
		return err
	}
	only := 0
	if f.named {
		only = devices[0].Index
	}
	all, err := link.Addresses(f.conn, family, only)
	if err != nil {
		return err
	}
	of := make(map[int][]link.Address, len(devices))
	for _, a := range all {
		of[a.Index] = append(of[a.Index], a)
	}
	v, err := newView(s, f, devices, false)
	if err != nil {
		return err
	}
	v.hardwareLine = family == unix.AF_UNSPEC
	if preferred == unix.AF_INET6 && !f.named {
		v.fillQueueLengths(devices)
	}
	return printOutput(s, func(p *printer) error {
		v.printer = p
		for i := range devices {
			d := &devices[i]
			if f.printsDevice(d, of[d.Index], family) {
				p.object(func() { printAddressesOf(s, v, f, d, of[d.Index]) })
			}
		}
		return nil
	})
}

// printsDevice reports whether a device is printed for its addresses. Without a family it is
// printed if it has none, but not if none of them match.
func (f *deviceFilter) printsDevice(d *link.Device, addresses []link.Address, family int) bool {
	for i := range addresses {
		if f.matchesAddress(d, &addresses[i]) {
			return true
		}
	}
	return len(addresses) == 0 && family == unix.AF_UNSPEC
}

// printAddressesOf prints one device with its addresses, with -oneline only the addresses.
func printAddressesOf(s *session.Session, v *deviceView, f *deviceFilter, d *link.Device, addresses []link.Address) {
	switch {
	case s.Opt.OneLine && !s.Opt.Brief: // only the addresses are printed
		if !f.matchesUp(d) {
			addresses = nil
		}
	case !f.matches(d):
		return
	case f.label != nil: // ip prints the addresses alone
	case s.Opt.Brief:
		v.brief(d)
	default:
		v.device(d)
		v.textOnly("\n")
	}
	v.array("addr_info", func() {
		for i := range addresses {
			a := &addresses[i]
			if !f.matchesAddress(d, a) || !f.matchesProtocol(a) {
				if v.isJSON() {
					v.object(func() {})
				}
				continue
			}
			v.object(func() {
				switch {
				case s.Opt.Brief:
					v.prefix(a)
				default:
					if s.Opt.OneLine {
						v.owner(d)
					}
					v.address(a)
					v.textOnly("\n")
				}
			})
		}
	})
	if s.Opt.Brief {
		v.textOnly("\n")
	}
}

// owner prints the device of an address in front of it.
func (v *deviceView) owner(d *link.Device) {
	v.int("index", "", int64(d.Index), ": ")
	v.string("dev", "", d.Name, "")
}

// prefix prints an address, its peer, the prefix length and the metric of the prefix.
func (v *deviceView) prefix(a *link.Address) {
	v.string("local", "", addressText(a.Local), "")
	if a.Peer != a.Local {
		v.string("address", " peer ", addressText(a.Peer), "")
	}
	v.int("prefixlen", "/", int64(a.Bits), " ")
	if a.Metric != 0 {
		v.int("metric", "metric ", int64(a.Metric), " ")
	}
}

// address prints one address, except for the newline.
func (v *deviceView) address(a *link.Address) {
	family := "inet"
	if a.Family == unix.AF_INET6 {
		family = "inet6"
	}
	v.string("family", "    ", family, " ")
	v.prefix(a)
	if a.Broadcast.IsValid() {
		v.string("broadcast", "brd ", addressText(a.Broadcast), " ")
	}
	if a.Anycast.IsValid() {
		v.string("anycast", "any ", addressText(a.Anycast), " ")
	}
	v.string("scope", "scope ", v.named(iproute.Scopes(), uint32(a.Scope)), " ")
	v.addressFlags(a)
	if a.HasProtocol && (a.Protocol != 0 || v.isJSON()) {
		v.string("protocol", "proto ", v.addressProtocol(a.Protocol), " ")
	}
	if a.Label != "" {
		v.string("label", "", a.Label, "")
	}
	if a.HasLifetime {
		v.newline("      ")
		v.lifetime("valid_life_time", " valid_lft ", a.Valid)
		v.lifetime("preferred_life_time", " preferred_lft ", a.Preferred)
	}
}

// addressProtocol returns the origin of an address.
func (v *deviceView) addressProtocol(n uint8) string {
	if name, ok := iproute.AddressProtocols().Find(uint32(n)); ok && !v.numeric {
		return name
	}
	if n == 0 {
		return "0" // as %#x of printf(3)
	}
	return "0x" + strconv.FormatUint(uint64(n), 16)
}

// lifetime prints seconds.
func (v *deviceView) lifetime(key, word string, seconds uint32) {
	if seconds == link.Forever && !v.isJSON() {
		v.textOnly(word + "forever")
		return
	}
	v.int(key, word, int64(seconds), "sec")
}

func (v *deviceView) addressFlags(a *link.Address) {
	flags := a.Flags
	for _, f := range iproute.AddressFlags {
		name := f.Name
		on := flags&f.Bit != 0
		flags &^= f.Bit
		switch {
		case f.Bit == unix.IFA_F_PERMANENT:
			on, name = !on, "dynamic"
		case f.Bit == unix.IFA_F_SECONDARY && a.Family == unix.AF_INET6:
			name = "temporary"
		}
		if on {
			v.boolean(name, name+" ")
		}
	}
	if flags != 0 {
		text := strconv.FormatUint(uint64(flags), 16)
		if len(text) == 1 {
			text = "0" + text
		}
		v.string("ifa_flags", "flags ", text, " ")
	}
}
