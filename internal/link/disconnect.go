package link

import (
	"slices"

	"nstools/internal/diag"
	"nstools/internal/netns"
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
func (e End) may(d Device) bool { return e.Device == "" || e.Device == d.Name }

// FindWire is the pair with that end. Its other end is looked for in the given
// namespaces. The error is a *diag.Error or a *iproute.Failure.
func FindWire(e End, sites []*Site) (Wire, error) {
	d, err := Find(e.Site.conn, e.Device)
	if err != nil {
		return Wire{}, err
	}
	if d.Kind != "veth" {
		return Wire{}, &diag.Error{Text: e.Device + " in " + e.Site.String() + " is no end of a connection (no veth)"}
	}
	for _, other := range append([]*Site{e.Site}, sites...) {
		if wires, err := Wires(e, End{Site: other}); err == nil && len(wires) > 0 {
			return wires[0], nil
		}
	}
	return Wire{Site: e.Site, Device: d}, nil
}

// Cut takes a wire away, with what connecting made for it: the translation of
// addresses, forwarding that was off before, a bridge that has no port any more. The
// error is a *iproute.Failure or an errno's.
func (w Wire) Cut() error {
	if err := stopNAT(w.Site, w.Device.Name); err != nil {
		return err
	}
	if w.Other != nil {
		if err := stopNAT(w.Other, w.Peer.Name); err != nil {
			return err
		}
	}
	if err := Delete(w.Site.conn, w.Device.Index, ""); err != nil {
		return err
	}
	if err := dropBridge(w.Site, w.Device.Master); err != nil || w.Other == nil {
		return err
	}
	return dropBridge(w.Other, w.Peer.Master)
}

// stopNAT takes the table of a connection away. With the last table goes the
// forwarding that a connection has turned on.
func stopNAT(s *Site, device string) error {
	tables, err := ourTables(s)
	if err != nil {
		return err
	}
	name := tableName(device)
	comments, ok := tables[name]
	if !ok {
		return nil
	}
	if _, err := dropTable(s, name); err != nil {
		return err
	}
	delete(tables, name)
	for _, sysctl := range forwarding {
		needed := false
		for _, others := range tables {
			needed = needed || slices.Contains(others, sysctl+wasOff)
		}
		if !needed && slices.Contains(comments, sysctl+wasOff) {
			if err := setSysctl(s, sysctl, "0"); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropBridge takes a bridge away that a connection made, unless it has ports.
func dropBridge(s *Site, index int) error {
	if index == 0 {
		return nil
	}
	d, err := ByIndex(s.conn, index)
	if err != nil || d.Kind != "bridge" || d.Alias != MadeByUs {
		return err
	}
	ports, err := Select(s.conn, Selection{Master: index})
	for _, p := range ports {
		if p.Master == index { // Linux before 4.6 selects nothing
			return err
		}
	}
	if err != nil {
		return err
	}
	return Delete(s.conn, index, "")
}
