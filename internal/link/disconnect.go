package link

import (
	"maps"
	"slices"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/netns"
	"nstools/internal/rtnl"
)

// A Wire is a veth(4) pair.
type Wire struct {
	Site   *Site
	Device Device
	Other  *Site // nil where it was not found
	Peer   Device
}

// Wires are all pairs that have one end in a and the other in b, of the names that
// these have, if any. The error is a *iproute.Failure.
func Wires(a, b End) (list []Wire, err error) {
	devices, err := Devices(a.Site.conn)
	if err != nil {
		return nil, err
	}
	same := a.Site.Same(b.Site)
	id, err := netns.IDsOn(a.Site.conn).OfFile(b.Site.fd)
	if err != nil {
		return nil, err
	}
	for _, d := range devices {
		switch {
		case d.Kind != "veth":
		case !d.HasNSID && !same, d.HasNSID && (id == netns.None || d.PeerNSID != id):
		case same && d.PeerIndex < d.Index: // it was listed by its other end
		default:
			peer, err := ByIndex(b.Site.conn, d.PeerIndex)
			if err != nil {
				return nil, err
			}
			if a.may(d) && b.may(peer) || same && a.may(peer) && b.may(d) {
				list = append(list, Wire{a.Site, d, b.Site, peer})
			}
		}
	}
	return list, nil
}

// may tells whether a device can be the one that is meant.
func (e End) may(d Device) bool {
	return e.Device == "" || e.Device == d.Name || slices.Contains(d.AltNames, e.Device)
}

// FindWire is the pair with that end, of which the other one is known where it is in the
// same namespace; see [Wire.LookIn]. The error is a *diag.Error or a *iproute.Failure.
func FindWire(e End) (Wire, error) {
	d, err := Find(e.Site.conn, e.Device)
	if err != nil {
		return Wire{}, err
	}
	if d.Kind != "veth" {
		return Wire{}, &diag.Error{Text: e.Device + " in " + e.Site.String() + " is no end of a connection (no veth)"}
	}
	w := Wire{Site: e.Site, Device: d}
	w.LookIn(e.Site)
	return w, nil
}

// LookIn looks for the other end in a namespace, and tells whether it is known now.
func (w *Wire) LookIn(other *Site) bool {
	if w.Other == nil {
		if wires, err := Wires(End{Site: w.Site, Device: w.Device.Name}, End{Site: other}); err == nil && len(wires) > 0 {
			*w = wires[0]
		}
	}
	return w.Other != nil
}

// Cut takes a wire away, with what connecting made for it: the translation of
// addresses, forwarding that was off before, a bridge that has no port any more. The
// error is a *iproute.Failure or an errno's where nothing has been done, or else a
// *diag.Error that says what is so.
func (w Wire) Cut() error {
	ends := []wireEnd{{site: w.Site, device: w.Device}}
	if w.Other != nil {
		ends = append(ends, wireEnd{site: w.Other, device: w.Peer})
	}
	for i, e := range ends {
		tables, err := ourTables(e.site)
		if err != nil {
			return err // before anything is done: what cannot be looked for would stay
		}
		ends[i].translated = tables[tableName(e.device.Name)] != nil
	}
	if there, err := deleted(w.Site, w.Device.Index); err != nil {
		if there {
			return err
		}
		return &diag.Error{Text: "cannot tell whether " + w.Device.Name + " is disconnected: " + Reason(err)}
	}
	for _, e := range ends {
		if err := e.tidy(); err != nil {
			return &diag.Error{Text: w.Device.Name + " is disconnected, but not all that was made for it in " + e.site.String() + " has gone: " + Reason(err), Hint: e.site.Remains()}
		}
	}
	return nil
}

// deleted takes a device away, and looks where the kernel's answer is an error: it may
// be that only the answer was lost (ENOBUFS). With an error it tells whether the device is
// certainly there.
func deleted(s *Site, index int) (there bool, err error) {
	if err = Delete(s.conn, index); err == nil {
		return false, nil
	}
	switch _, e := ByIndex(s.conn, index); {
	case rtnl.Refused(e, unix.ENODEV):
		return false, nil
	case e != nil:
		return false, err
	}
	return true, err
}

type wireEnd struct {
	site       *Site
	device     Device
	translated bool // there is a table for it
}

// tidy takes away what was made for a device that has gone. The table is the last, for
// by it [End.Sweep] does the same again where this fails.
func (e wireEnd) tidy() error {
	if err := dropBridge(e.site, e.device.Master); err != nil || !e.translated {
		return err
	}
	return stopNAT(e.site, e.device.Name)
}

// Sweep takes away what is left of a connection with such an end whose pair has gone by
// another way than disconnect: with the other namespace, or by hand. It is false where
// nothing is left, or the device is there. The error is that of [Wire.Cut].
func (e End) Sweep() (found bool, err error) {
	devices, err := Devices(e.Site.conn)
	if err != nil || owned(tableName(e.Device), devices) {
		return false, err
	}
	tables, err := ourTables(e.Site)
	left := tables[tableName(e.Device)]
	if left == nil || err != nil {
		return false, err
	}
	gone := wireEnd{e.Site, Device{Name: e.Device}, true}
	for _, d := range devices {
		if d.Name == left.over {
			gone.device.Master = d.Index
		}
	}
	return true, gone.tidy()
}

// Remains is a hint at what is in a namespace of connections whose pairs have gone by
// another way than disconnect; "" for nothing.
func (s *Site) Remains() string {
	devices, err := Devices(s.conn)
	if err != nil {
		return ""
	}
	tables, _ := ourTables(s) // a hint that cannot be given is none
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		if device := deviceOf(name); device != "" && !owned(name, devices) {
			return s.String() + " has rules of a connection that has gone: " + s.disconnect(device) + " takes them away"
		}
	}
	for _, d := range devices {
		if idle, err := isIdle(s, d); err == nil && idle {
			return idleHint(s, d)
		}
	}
	return ""
}

func idleHint(s *Site, d Device) string {
	return s.String() + " has a bridge " + d.Name + " of a connection that has gone: " + s.typed.gonetns(deletion(d.Name)...) + " takes it away"
}

// stopNAT takes the table of a connection away, if it has one. With the last table goes
// the forwarding that a connection has turned on; it goes first, for the table is all
// that knows of it.
func stopNAT(s *Site, device string) error {
	tables, err := ourTables(s)
	if err != nil {
		return err
	}
	name := tableName(device)
	t, ok := tables[name]
	if !ok {
		return nil
	}
	delete(tables, name)
	for _, sysctl := range forwarding {
		needed := false
		for _, other := range tables {
			needed = needed || slices.Contains(other.marks, sysctl+wasOff)
		}
		if !needed && slices.Contains(t.marks, sysctl+wasOff) {
			if err := setSysctl(s, sysctl, "0"); err != nil {
				return &diag.Error{Text: "cannot turn " + sysctl + " off: " + diag.Reason(err)}
			}
		}
	}
	if err = dropTable(s, name); err == nil {
		return nil
	}
	if left, e := ourTables(s); e == nil && left[name] == nil {
		return nil // only the answer was lost
	}
	return err
}

// dropBridge takes a bridge away that a connection made, unless it has ports.
func dropBridge(s *Site, index int) error {
	if index == 0 {
		return nil
	}
	d, err := ByIndex(s.conn, index)
	if err != nil {
		return err
	}
	idle, err := isIdle(s, d)
	if err != nil || !idle {
		return err
	}
	_, err = deleted(s, index)
	return err
}

// isIdle tells whether a device is a bridge that a connection made and that has no port.
func isIdle(s *Site, d Device) (bool, error) {
	if d.Kind != "bridge" || d.Alias != MadeByUs {
		return false, nil
	}
	ports, err := Select(s.conn, Selection{Master: d.Index})
	for _, p := range ports {
		if p.Master == d.Index { // Linux before 4.6 selects nothing
			return false, err
		}
	}
	return err == nil, err
}
