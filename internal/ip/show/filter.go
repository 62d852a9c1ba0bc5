package show

import (
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// A deviceFilter is what stands behind link show and addr show.
type deviceFilter struct {
	conn      *rtnl.Conn // to the namespace with the devices
	family    int        // of addresses; AF_UNSPEC for any
	name      string
	named     bool
	up, down  bool
	kind      *string // nil for any
	slaveKind *string
	master    int   // index, or link.NoMaster; 0 for any
	group     int64 // -1 for any
	scope     int   // -1 for any
	protocol  int   // -1 for any
	flags     uint32
	mask      uint32         // the flags in the filter
	prefix    iproute.Prefix // that contains the address; 0 bits for any
	noVFs     bool
	label     *string // a pattern of fnmatch(3); nil for any
}

// readDeviceFilter reads a filter. Words that only ip knows fail with IPMayKnow.
func readDeviceFilter(conn *rtnl.Conn, args []string, family int) (*deviceFilter, error) {
	f := &deviceFilter{conn: conn, family: family, group: -1, scope: -1, protocol: -1}
	_, err := iproute.ReadTerms(f, args, filterTerms(), iproute.Term[*deviceFilter]{Set: (*deviceFilter).setDevice})
	return f, err
}

// DeviceWords returns the words of "ip link show" and "ip address show".
func DeviceWords() []iproute.Word { return iproute.WordsOf(filterTerms()) }

// filterTerms returns the grammar, in the order in which ip compares.
func filterTerms() []iproute.Term[*deviceFilter] {
	yes := func(name string, field func(*deviceFilter) *bool) iproute.Term[*deviceFilter] {
		return iproute.Term[*deviceFilter]{Name: name, Bare: true, Set: func(f *deviceFilter, _ string) error { *field(f) = true; return nil }}
	}
	return iproute.JoinTerms([]iproute.Term[*deviceFilter]{
		{Name: "to", Set: (*deviceFilter).setPrefix},
		{Name: "scope", Set: (*deviceFilter).setScope},
		yes("up", func(f *deviceFilter) *bool { return &f.up }),
		yes("down", func(f *deviceFilter) *bool { return &f.down }),
	}, flagTerms(), []iproute.Term[*deviceFilter]{
		{Name: "label", Set: func(f *deviceFilter, v string) error { f.label = &v; return nil }},
		{Name: "group", Set: (*deviceFilter).setGroup},
		{Name: "master", Value: iproute.Device, Set: (*deviceFilter).setMaster},
		{Name: "vrf", Value: iproute.Device, Set: (*deviceFilter).setVRF},
		{Name: "nomaster", Bare: true, Set: func(f *deviceFilter, _ string) error { f.master = link.NoMaster; return nil }},
		{Name: "type", Value: iproute.LinkKind, Set: (*deviceFilter).setKind},
		{Name: "proto", Set: (*deviceFilter).setProtocol},
		yes("novf", func(f *deviceFilter) *bool { return &f.noVFs }),
		{Name: "dev", Value: iproute.Device, Set: (*deviceFilter).setDevice},
	}, iproute.IPOnly[*deviceFilter]("help-"))
}

// flagTerms returns the flags of addresses. A dash in front selects addresses without the
// flag.
func flagTerms() []iproute.Term[*deviceFilter] {
	var list []iproute.Term[*deviceFilter]
	both := func(name string, bit uint32, on bool) {
		for _, dash := range []string{"", "-"} {
			on := on == (dash == "")
			list = append(list, iproute.Term[*deviceFilter]{Name: dash + name, Bare: true, Set: func(f *deviceFilter, _ string) error { f.setFlag(bit, on); return nil }})
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
		return iproute.Invalid("Invalid \"group\" value\n", v) // ip's message has the newline
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

func (f *deviceFilter) setVRF(v string) (err error) {
	f.master, err = findVRF(f.conn, v)
	return err
}

// findVRF returns the number of a device for virtual routing and forwarding.
func findVRF(conn *rtnl.Conn, v string) (int, error) {
	d, err := link.Find(conn, v)
	if err != nil || d.Kind != "vrf" {
		return 0, iproute.Invalid("Not a valid VRF name\n", v)
	}
	return d.Index, nil
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

// devices returns the devices that the kernel selects for a filter and a family.
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

// matches reports whether the filter selects a device.
func (f *deviceFilter) matches(d *link.Device) bool {
	switch {
	case !f.matchesUp(d):
		return false
	case f.label != nil: // ip looks no further
		return true
	case f.group >= 0 && d.HasGroup && int64(d.Group) != f.group,
		f.master > 0 && d.Master != f.master,
		f.master == link.NoMaster && d.Master != 0,
		f.kind != nil && (!hasKind(d) || d.Kind != *f.kind),
		f.slaveKind != nil && (!hasKind(d) || d.SlaveKind != *f.slaveKind):
		return false
	}
	return true
}

func (f *deviceFilter) matchesUp(d *link.Device) bool {
	up := d.Flags&unix.IFF_UP != 0
	return !(f.up && !up || f.down && up)
}

// hasKind reports whether a device has a kind, or is a port of a kind. A device without either
// does not match the kind "".
func hasKind(d *link.Device) bool { return d.Kind != "" || d.SlaveKind != "" }

// matchesAddress reports whether the filter selects an address of a device.
func (f *deviceFilter) matchesAddress(d *link.Device, a *link.Address) bool {
	return (f.family == unix.AF_UNSPEC || a.Family == f.family) && (f.scope < 0 || int(a.Scope) == f.scope) &&
		(a.Flags^f.flags)&f.mask == 0 && f.matchesLabel(d, a) && f.prefix.Contains(a.Local)
}

// matchesLabel compares the label of an address, or the name of its device, with the pattern in
// the filter. A pattern with a fault matches itself.
func (f *deviceFilter) matchesLabel(d *link.Device, a *link.Address) bool {
	if f.label == nil {
		return true
	}
	label := a.Label
	if label == "" {
		label = d.Name
	}
	ok, err := path.Match(strings.ReplaceAll(*f.label, "[!", "[^"), label)
	return ok || err != nil && *f.label == label
}

// matchesProtocol reports whether an address has the origin in the filter. For a kernel that
// reports no origins, the filter selects all addresses, as in ip.
func (f *deviceFilter) matchesProtocol(a *link.Address) bool {
	return f.protocol < 0 || !a.HasProtocol || int(a.Protocol) == f.protocol
}
