package ip

import (
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// A deviceFilter is what stands behind link show and addr show.
type deviceFilter struct {
	name      string
	named     bool
	up        bool
	kind      string
	slaveKind string
	master    string
	masterAt  int   // its index, or link.NoMaster; 0 for every
	group     int64 // -1 for every
	scope     int   // -1 for every
	flags     uint32
	mask      uint32 // of the flags that are asked for
}

// deviceWords reads a filter. What only ip knows is Beyond.
func deviceWords(args []string) (*deviceFilter, error) {
	f := &deviceFilter{group: -1, scope: -1}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		switch {
		case word == "up":
			f.up = true
			continue
		case word == "nomaster":
			f.masterAt = link.NoMaster
			continue
		case f.addressFlag(word):
			continue
		case word == "to", word == "label", word == "vrf", iproute.Matches(word, "help"):
			return nil, iproute.Garbage(word)
		}
		switch word {
		case "dev", "type", "master", "group", "scope":
			if len(args) == 0 {
				return nil, iproute.Incomplete()
			}
			if err := f.value(word, args[0]); err != nil {
				return nil, err
			}
			args = args[1:]
		default:
			if err := f.device(word); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}

func (f *deviceFilter) device(name string) error {
	if f.named {
		return iproute.Garbage(name)
	}
	f.name, f.named = name, true
	return nil
}

// value takes what stands behind a word over.
func (f *deviceFilter) value(word, value string) error {
	switch word {
	case "dev":
		return f.device(value)
	case "type":
		if kind, ok := strings.CutSuffix(value, "_slave"); ok {
			f.slaveKind = kind
		} else {
			f.kind = value
		}
	case "master":
		f.master = value
	case "group":
		n, ok := groups().code(value, 32)
		if !ok {
			return iproute.Invalid("Invalid \"group\" value\n", value) // ip's has the newline
		}
		f.group = int64(n)
	case "scope":
		if value == "all" {
			return iproute.Garbage(value)
		}
		n, ok := scopes().code(value, 8)
		if !ok {
			return iproute.Invalid("invalid \"scope\"\n", value)
		}
		f.scope = int(n)
	}
	return nil
}

// addressFlag reads a word for a flag of addresses. A dash in front asks for those
// that have it not.
func (f *deviceFilter) addressFlag(word string) bool {
	var bit uint32
	on := true
	switch {
	case word == "dynamic":
		bit, on = unix.IFA_F_PERMANENT, false
	case word == "permanent":
		bit = unix.IFA_F_PERMANENT
	case word == "primary":
		bit, on = unix.IFA_F_SECONDARY, false
	default:
		name, not := strings.CutPrefix(word, "-")
		on = !not
		if name == "temporary" {
			name = "secondary"
		}
		for _, o := range addressFlags {
			if o.name == name && o.bit != unix.IFA_F_PERMANENT {
				bit = o.bit
			}
		}
		if bit == 0 {
			return false
		}
	}
	f.mask |= bit
	f.flags &^= bit
	if on {
		f.flags |= bit
	}
	return true
}

// selected are the devices that the kernel leaves for a filter and a family.
func (f *deviceFilter) selected(conn *rtnl.Conn, family int) ([]link.Device, error) {
	if f.master != "" {
		d, err := link.Find(conn, f.master)
		if err != nil {
			return nil, iproute.Invalid("Device does not exist\n", f.master)
		}
		f.masterAt = d.Index
	}
	if f.named {
		d, err := link.Find(conn, f.name)
		if err != nil {
			return nil, err
		}
		return []link.Device{d}, nil
	}
	return link.Select(conn, link.Selection{Family: family, Kind: f.kind, Master: f.masterAt})
}

// fits tells whether a device is what is asked for.
func (f *deviceFilter) fits(d *link.Device) bool {
	switch {
	case f.up && d.Flags&unix.IFF_UP == 0,
		f.group >= 0 && d.HasGroup && int64(d.Group) != f.group,
		f.masterAt > 0 && d.Master != f.masterAt,
		f.masterAt == link.NoMaster && d.Master != 0,
		f.kind != "" && d.Kind != f.kind,
		f.slaveKind != "" && d.SlaveKind != f.slaveKind:
		return false
	}
	return true
}

// fitsAddress does the same for an address.
func (f *deviceFilter) fitsAddress(a *link.Address) bool {
	return (f.scope < 0 || int(a.Scope) == f.scope) && (a.Flags^f.flags)&f.mask == 0
}
