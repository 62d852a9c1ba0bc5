package ip

import (
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// showAddresses prints devices with their addresses.
func (r *run) showAddresses(args []string) error {
	if err := r.plain(); err != nil {
		return err
	}
	family, err := r.addressFamily()
	if err != nil {
		return err
	}
	f, err := deviceWords(args)
	if err != nil {
		return err
	}
	if family == afPacket {
		return r.devices(f, false)
	}
	return r.addresses(f, family)
}

func (r *run) addresses(f *deviceFilter, family int) error {
	conn, err := rtnl.Open(r.inNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	devices, err := f.selected(conn, family)
	if err != nil {
		return err
	}
	only := 0
	if f.named {
		only = devices[0].Index
	}
	all, err := link.Addresses(conn, family, only)
	if err != nil {
		return err
	}
	of := make(map[int][]link.Address, len(devices))
	for _, a := range all {
		of[a.Index] = append(of[a.Index], a)
	}
	v, err := r.newView(conn, f, devices)
	if err != nil {
		return err
	}
	v.link = family == unix.AF_UNSPEC
	if family == unix.AF_INET6 && !f.named {
		v.queues(devices)
	}
	return r.show(func(p *page) error {
		v.page = p
		for i := range devices {
			d := &devices[i]
			if f.anyAddress(of[d.Index], family) {
				p.object(func() { r.addressesOf(v, f, d, of[d.Index]) })
			}
		}
		return nil
	})
}

// anyAddress tells whether a device is printed for its addresses. Without a family it
// is also where it has none at all, though not where none of them fits.
func (f *deviceFilter) anyAddress(addresses []link.Address, family int) bool {
	for i := range addresses {
		if f.fitsAddress(&addresses[i]) {
			return true
		}
	}
	return len(addresses) == 0 && family == unix.AF_UNSPEC
}

// addressesOf prints one device with its addresses, with -oneline only these.
func (r *run) addressesOf(v *deviceView, f *deviceFilter, d *link.Device, addresses []link.Address) {
	switch {
	case r.opt.oneLine && !r.opt.brief: // the device is not printed
		if f.up && d.Flags&unix.IFF_UP == 0 {
			addresses = nil
		}
	case !f.fits(d):
		return
	case r.opt.brief:
		v.brief(d)
	default:
		v.device(d)
		v.words("\n")
	}
	v.array("addr_info", func() {
		for i := range addresses {
			a := &addresses[i]
			if !f.fitsAddress(a) {
				if v.onlyJSON() {
					v.object(func() {})
				}
				continue
			}
			v.object(func() {
				switch {
				case r.opt.brief:
					v.prefix(a)
				default:
					if r.opt.oneLine {
						v.int("index", "", int64(d.Index), ": ")
						v.string("dev", "", d.Name, "")
					}
					v.address(a)
					v.words("\n")
				}
			})
		}
	})
	if r.opt.brief {
		v.words("\n")
	}
}

// prefix prints an address, its peer, the length of the prefix and the metric of that.
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

// address prints one address but the newline at its end.
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
	v.string("scope", "scope ", v.named(scopes(), uint32(a.Scope)), " ")
	v.addressFlags(a)
	if a.Label != "" {
		v.string("label", "", a.Label, "")
	}
	if a.HasLife {
		v.next("      ")
		v.lifetime("valid_life_time", " valid_lft ", a.Valid)
		v.lifetime("preferred_life_time", " preferred_lft ", a.Preferred)
	}
}

// lifetime prints seconds.
func (v *deviceView) lifetime(key, word string, seconds uint32) {
	if seconds == link.Forever && !v.onlyJSON() {
		v.words(word + "forever")
		return
	}
	v.int(key, word, int64(seconds), "sec")
}

// addressFlags are the flags that are printed, in that order; see linux/if_addr.h.
// Where an address is not permanent, it is dynamic.
var addressFlags = [...]struct {
	bit  uint32
	name string
}{
	{unix.IFA_F_SECONDARY, "secondary"}, // of IPv6 "temporary"
	{unix.IFA_F_NODAD, "nodad"},
	{unix.IFA_F_OPTIMISTIC, "optimistic"},
	{unix.IFA_F_DADFAILED, "dadfailed"},
	{unix.IFA_F_HOMEADDRESS, "home"},
	{unix.IFA_F_DEPRECATED, "deprecated"},
	{unix.IFA_F_TENTATIVE, "tentative"},
	{unix.IFA_F_PERMANENT, "permanent"},
	{unix.IFA_F_MANAGETEMPADDR, "mngtmpaddr"},
	{unix.IFA_F_NOPREFIXROUTE, "noprefixroute"},
	{unix.IFA_F_MCAUTOJOIN, "autojoin"},
	{unix.IFA_F_STABLE_PRIVACY, "stable-privacy"},
}

func (v *deviceView) addressFlags(a *link.Address) {
	flags := a.Flags
	for _, f := range addressFlags {
		name := f.name
		on := flags&f.bit != 0
		flags &^= f.bit
		switch {
		case f.bit == unix.IFA_F_PERMANENT:
			on, name = !on, "dynamic"
		case f.bit == unix.IFA_F_SECONDARY && a.Family == unix.AF_INET6:
			name = "temporary"
		}
		if on {
			v.yes(name, name+" ")
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
