package show

import (
	"nstools/internal/ip/session"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// known are devices by index, for the names of those that others refer to.
type known struct {
	conn  *rtnl.Conn
	index map[int]link.Device
	few   bool // one was asked for: its neighbours are asked for one by one, not all
	all   bool // all have been asked for
}

func newKnown(conn *rtnl.Conn, devices []link.Device) *known {
	k := &known{conn: conn, index: make(map[int]link.Device, len(devices))}
	for _, d := range devices {
		k.index[d.Index] = d
	}
	return k
}

// get is false for a device that is not in this namespace.
func (k *known) get(index int) (link.Device, bool) {
	d, ok := k.index[index]
	switch {
	case ok || k.all:
		return d, ok
	case k.few:
		d, err := link.ByIndex(k.conn, index)
		if err == nil {
			k.index[index] = d
		}
		return d, err == nil
	}
	k.all = true
	devices, _ := link.Devices(k.conn) // what cannot be read has no name
	for _, d := range devices {
		k.index[d.Index] = d
	}
	d, ok = k.index[index]
	return d, ok
}

// name is a device's, or a substitute with its number.
func (k *known) name(index int) string {
	if d, ok := k.get(index); ok {
		return d.Name
	}
	return "if" + decimal(index)
}

// queues gives devices the lengths of their queues, where IPv6 was asked for the devices:
// it does not tell.
func (v *deviceView) queues(devices []link.Device) {
	all, _ := link.Devices(v.known.conn)
	length := make(map[int]uint32, len(all))
	for i := range all {
		length[all[i].Index] = all[i].TxQLen
	}
	for i := range devices {
		devices[i].TxQLen = length[devices[i].Index]
	}
}

// A deviceView prints devices.
type deviceView struct {
	*page
	known   *known
	asLink  bool             // with what link show has, and addr show has not
	link    bool             // with the line about the hardware
	nsNames map[int32]string // of namespaces in which peers are
}

// newView prepares for devices. The error is a *iproute.Failure.
func newView(s *session.Session, f *deviceFilter, devices []link.Device, asLink bool) (*deviceView, error) {
	v := &deviceView{known: newKnown(f.conn, devices), link: true, asLink: asLink}
	v.known.few = f.named
	elsewhere := false
	for i := range devices {
		d := &devices[i]
		elsewhere = elsewhere || d.HasNSID
		var lacks []string
		if d.XDP && !s.Opt.Brief && (!s.Opt.OneLine || asLink) {
			lacks = append(lacks, "its XDP program")
		}
		if d.VFs > 0 && !f.noVFs && asLink && !s.Opt.Brief {
			lacks = append(lacks, "its virtual functions")
		}
		if len(lacks) > 0 && f.fits(d) {
			if err := lacking(s, "device "+d.Name, lacks); err != nil {
				return nil, err
			}
		}
	}
	if elsewhere && !s.Opt.JSON && !s.Opt.Brief { // only these print names
		ids, err := s.IDs()
		if err != nil {
			return nil, err
		}
		defer ids.Close()
		v.nsNames = namesByID(s, ids)
	}
	return v, nil
}
