package show

import (
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// A deviceFilter is what stands behind link show and addr show.
type deviceFilter struct {
	conn      *rtnl.Conn // in which devices are looked up
	family    int        // of addresses; AF_UNSPEC for any
	name      string
	named     bool
	up, down  bool
	kind      *string // nil for every
	slaveKind *string
	master    int   // its index, or link.NoMaster; 0 for every
	group     int64 // -1 for every
	scope     int   // -1 for every
	protocol  int   // -1 for every
	flags     uint32
	mask      uint32         // of the flags that are asked for
	prefix    iproute.Prefix // in which addresses have to be; of 0 bits for everywhere
	noVFs     bool
}

// deviceWords reads a filter. What only ip knows is marked as IPMayKnow.
func readDeviceFilter(conn *rtnl.Conn, args []string, family int) (*deviceFilter, error) {
	f := &deviceFilter{conn: conn, family: family, group: -1, scope: -1, protocol: -1}
	_, err := iproute.ReadTerms(f, args, filterTerms(), iproute.Term[deviceFilter]{Set: (*deviceFilter).setDevice})
	return f, err
}

// DeviceWords are the words of "ip link show" and "ip address show".
func DeviceWords() []iproute.Word { return iproute.WordsOf(filterTerms()) }

// filterTerms is the grammar, in the order in which ip compares.
func filterTerms() []iproute.Term[deviceFilter] {
	yes := func(name string, field func(*deviceFilter) *bool) iproute.Term[deviceFilter] {
		return iproute.Term[deviceFilter]{Name: name, Bare: true, Set: func(f *deviceFilter, _ string) error { *field(f) = true; return nil }}
	}
	return slices.Concat([]iproute.Term[deviceFilter]{
		{Name: "to", Set: (*deviceFilter).setPrefix},
		{Name: "scope", Set: (*deviceFilter).setScope},
		yes("up", func(f *deviceFilter) *bool { return &f.up }),
		yes("down", func(f *deviceFilter) *bool { return &f.down }),
	}, flagTerms(), iproute.IPOnly[deviceFilter]("label"), []iproute.Term[deviceFilter]{
		{Name: "group", Set: (*deviceFilter).setGroup},
		{Name: "master", Value: iproute.Device, Set: (*deviceFilter).setMaster},
	}, iproute.IPOnly[deviceFilter]("vrf"), []iproute.Term[deviceFilter]{
		{Name: "nomaster", Bare: true, Set: func(f *deviceFilter, _ string) error { f.master = link.NoMaster; return nil }},
		{Name: "type", Value: iproute.LinkKind, Set: (*deviceFilter).setKind},
		{Name: "proto", Set: (*deviceFilter).setProtocol},
		yes("novf", func(f *deviceFilter) *bool { return &f.noVFs }),
		{Name: "dev", Value: iproute.Device, Set: (*deviceFilter).setDevice},
	}, iproute.IPOnly[deviceFilter]("help-"))
}

// flagTerms are the flags of addresses. A dash in front asks for those that have it not.
func flagTerms() []iproute.Term[deviceFilter] {
	var list []iproute.Term[deviceFilter]
	both := func(name string, bit uint32, on bool) {
		for _, dash := range []string{"", "-"} {
			on := on == (dash == "")
			list = append(list, iproute.Term[deviceFilter]{Name: dash + name, Bare: true, Set: func(f *deviceFilter, _ string) error { f.setFlag(bit, on); return nil }})
		}
	}
	both("dynamic", unix.IFA_F_PERMANENT, false)
	both("primary", unix.IFA_F_SECONDARY, false)
	for _, o := range iproute.AddressFlags {
		both(o.Name, o.Bit, true)
	}
	return list
}

func (f *deviceFilter) setFlag(bit uint32, on bool) {
	f.mask |= bit
	f.flags &^= bit
	if on {
		f.flags |= bit
	}
}

func (f *deviceFilter) setDevice(name string) error {
	if f.named {
		return iproute.Garbage(name)
	}
	f.name, f.named = name, true
	return nil
}

func (f *deviceFilter) setPrefix(v string) (err error) {
	f.prefix, err = iproute.ParsePrefix(v, f.family)
	if f.family == unix.AF_UNSPEC {
		f.family = f.prefix.Family
	}
	return err
}

func (f *deviceFilter) setScope(v string) error {
	n, ok := iproute.Scopes().Code(v, 8)
	switch {
	case ok:
		f.scope = int(n)
	case v == "all":
		f.scope = -1
	default:
		return iproute.Invalid("invalid \"scope\"\n", v)
	}
	return nil
}

func (f *deviceFilter) setGroup(v string) error {
	n, ok := iproute.Groups().Code(v, 32)
	if !ok {
		return iproute.Invalid("Invalid \"group\" value\n", v) // ip's has the newline
	}
	f.group = int64(n)
	return nil
}

func (f *deviceFilter) setMaster(v string) error {
	index, err := link.Index(f.conn, v)
	if err != nil {
		return iproute.NoSuchMaster(v)
	}
	f.master = index
	return nil
}

func (f *deviceFilter) setKind(v string) error {
	if kind, ok := strings.CutSuffix(v, "_slave"); ok {
		f.slaveKind = &kind
	} else {
		f.kind = &v
	}
	return nil
}

func (f *deviceFilter) setProtocol(v string) error {
	n, ok := iproute.Unsigned(v, 8)
	if !ok {
		return iproute.Invalid("\"proto\" value is invalid\n", v)
	}
	f.protocol = int(n)
	return nil
}

// selected are the devices that the kernel leaves for a filter and a family.
func (f *deviceFilter) devices(family int) ([]link.Device, error) {
	if f.named {
		d, err := link.Find(f.conn, f.name)
		if err != nil {
			return nil, err
		}
		return []link.Device{d}, nil
	}
	s := link.Selection{Family: family, Master: f.master}
	if f.kind != nil {
		s.Kind = *f.kind
	}
	return link.Select(f.conn, s)
}

// fits tells whether a device is what is asked for.
func (f *deviceFilter) matches(d *link.Device) bool {
	switch {
	case f.up && d.Flags&unix.IFF_UP == 0,
		f.down && d.Flags&unix.IFF_UP != 0,
		f.group >= 0 && d.HasGroup && int64(d.Group) != f.group,
		f.master > 0 && d.Master != f.master,
		f.master == link.NoMaster && d.Master != 0,
		f.kind != nil && (!hasKind(d) || d.Kind != *f.kind),
		f.slaveKind != nil && (!hasKind(d) || d.SlaveKind != *f.slaveKind):
		return false
	}
	return true
}

// hasKind tells whether a device says of what kind it is or is a port of. What says
// nothing is not of the kind of no name.
func hasKind(d *link.Device) bool { return d.Kind != "" || d.SlaveKind != "" }

// fitsAddress does the same for an address.
func (f *deviceFilter) matchesAddress(a *link.Address) bool {
	return (f.family == unix.AF_UNSPEC || a.Family == f.family) && (f.scope < 0 || int(a.Scope) == f.scope) &&
		(a.Flags^f.flags)&f.mask == 0 && f.contains(a)
}

// fitsProtocol tells whether an address is of the origin that is asked for. A kernel that
// does not tell origins leaves nothing out, and ip none of the devices.
func (f *deviceFilter) matchesProtocol(a *link.Address) bool {
	return f.protocol < 0 || !a.HasProtocol || int(a.Protocol) == f.protocol
}

// holds tells whether the address is in the prefix that is asked for.
func (f *deviceFilter) contains(a *link.Address) bool {
	if f.prefix.Bits == 0 {
		return true
	}
	within, ok := netip.AddrFromSlice(f.prefix.Addr)
	return ok && netip.PrefixFrom(within, f.prefix.Bits).Contains(a.Local)
}
