package show

import (
	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// An AddressFilter is what stands behind address flush. Addresses of devices that the filter
// does not select stay, although ip(8) deletes them: to it, words such as "master" and "up" are
// for printing only.
type AddressFilter struct{ deviceFilter }

// ReadAddressFlush reads the words behind "address flush".
func ReadAddressFlush(s *session.Session, conn *rtnl.Conn, args []string) (*AddressFilter, error) {
	family, err := s.AddressFamily()
	if err != nil {
		return nil, err
	}
	if family == unix.AF_PACKET {
		return nil, iproute.Fail("Cannot flush link addresses.")
	}
	f, err := readDeviceFilter(conn, args, family)
	if err != nil {
		return nil, err
	}
	return &AddressFilter{*f}, nil
}

// An OwnedAddress is an address with its device.
type OwnedAddress struct {
	Device *link.Device
	link.Address
}

// Addresses returns the addresses that the filter selects.
func (f *AddressFilter) Addresses() ([]OwnedAddress, error) {
	devices, err := f.devices(unix.AF_UNSPEC)
	if err != nil {
		return nil, err
	}
	byIndex := make(map[int]*link.Device, len(devices))
	only := 0
	for i := range devices {
		byIndex[devices[i].Index] = &devices[i]
	}
	if f.named {
		only = devices[0].Index
	}
	all, err := link.Addresses(f.conn, f.family, only)
	if err != nil {
		return nil, err
	}
	var list []OwnedAddress
	for i := range all {
		a := &all[i]
		if d := byIndex[a.Index]; d != nil && f.matches(d) && f.matchesAddress(d, a) && f.matchesProtocol(a) {
			list = append(list, OwnedAddress{d, *a})
		}
	}
	return list, nil
}

// PrimaryOnly reports whether the filter selects no secondary addresses. When a primary one is
// deleted, the kernel may promote another.
func (f *AddressFilter) PrimaryOnly() bool {
	return f.mask&unix.IFA_F_SECONDARY != 0 && f.flags&unix.IFA_F_SECONDARY == 0
}

// PrintText prints addresses as text, each with its device.
func (f *AddressFilter) PrintText(s *session.Session, list []OwnedAddress) error {
	return printText(s, func(p *printer) {
		v := &deviceView{printer: p}
		for i := range list {
			if s.Opt.Brief {
				v.prefix(&list[i].Address)
				continue
			}
			v.owner(list[i].Device)
			v.address(&list[i].Address)
			v.textOnly("\n")
		}
	})
}
