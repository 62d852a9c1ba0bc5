package show

import (
	"nstools/internal/ip/session"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// A deviceCache has devices by index, for the names of devices that others refer to.
type deviceCache struct {
	conn     *rtnl.Conn
	byIndex  map[int]link.Device
	single   bool // one device was requested: others are requested one by one
	complete bool // all devices have been requested
}

func newDeviceCache(conn *rtnl.Conn, devices []link.Device) *deviceCache {
	k := &deviceCache{conn: conn, byIndex: make(map[int]link.Device, len(devices))}
	for _, d := range devices {
		k.byIndex[d.Index] = d
	}
	return k
}

// get returns false for a device that is not in this namespace.
func (k *deviceCache) get(index int) (link.Device, bool) {
	d, ok := k.byIndex[index]
	switch {
	case ok || k.complete:
		return d, ok
	case k.single:
		d, err := link.ByIndex(k.conn, index)
		if err == nil {
			k.byIndex[index] = d
		}
		return d, err == nil
	}
	k.complete = true
	devices, _ := link.Devices(k.conn) // unreadable devices have no name
	for _, d := range devices {
		k.byIndex[d.Index] = d
	}
	d, ok = k.byIndex[index]
	return d, ok
}

// name returns the name of a device, or "if" and its number.
func (k *deviceCache) name(index int) string {
	if d, ok := k.get(index); ok {
		return d.Name
	}
	return "if" + decimal(index)
}

// fillQueueLengths sets the queue lengths of devices that were requested for AF_INET6, which
// lack them.
func (v *deviceView) fillQueueLengths(devices []link.Device) {
	all, _ := link.Devices(v.cache.conn)
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
	*printer
	cache        *deviceCache
	linkShow     bool             // prints what link show has and addr show lacks
	hardwareLine bool             // prints the line about the hardware
	nsNames      map[int32]string // names of namespaces with peers, by id
}

// newView prepares to print devices. The error is a *iproute.Failure or an *rtnl.Error.
func newView(s *session.Session, f *deviceFilter, devices []link.Device, asLink bool) (*deviceView, error) {
	v := &deviceView{cache: newDeviceCache(f.conn, devices), hardwareLine: true, linkShow: asLink}
	v.cache.single = f.named
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
		if len(lacks) > 0 && f.matches(d) {
			if err := reportMissing(s, "device "+d.Name, lacks); err != nil {
				return nil, err
			}
		}
	}
	if elsewhere && !s.Opt.JSON && !s.Opt.Brief { // only then names are printed
		ids, err := s.IDs()
		if err != nil {
			return nil, err
		}
		defer ids.Close()
		v.nsNames = namesByID(s, ids)
	}
	return v, nil
}
