package wire

import (
	"errors"
	"maps"
	"slices"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/link"
	"nstools/internal/netns"
)

// A Pair is a veth(4) pair.
type Pair struct {
	NS     *Namespace
	Device link.Device
	PeerNS *Namespace // nil where it was not found
	Peer   link.Device
}

// Pairs are all pairs that have one end in a and the other in b, of the names that
// these have, if any. The error is a *iproute.Failure.
func Pairs(a, b Endpoint) (list []Pair, err error) {
	devices, err := link.Devices(a.NS.conn)
	if err != nil {
		return nil, err
	}
	same := a.NS.Same(b.NS)
	id, err := netns.IDsOn(a.NS.conn).OfFile(b.NS.fd)
	if err != nil {
		return nil, err
	}
	for _, d := range devices {
		switch {
		case d.Kind != "veth":
		case !d.HasNSID && !same, d.HasNSID && (id == netns.None || d.PeerNSID != id):
		case same && d.PeerIndex < d.Index: // it was listed by its other end
		default:
			peer, err := link.ByIndex(b.NS.conn, d.PeerIndex)
			if err != nil {
				return nil, err
			}
			if a.matches(d) && b.matches(peer) || same && a.matches(peer) && b.matches(d) {
				list = append(list, Pair{a.NS, d, b.NS, peer})
			}
		}
	}
	return list, nil
}

// may tells whether a device can be the one that is meant.
func (e Endpoint) matches(d link.Device) bool {
	return e.Device == "" || e.Device == d.Name || slices.Contains(d.AltNames, e.Device)
}

// FindPair is the pair with that end, of which the other one is known where it is in the
// same namespace; see [Pair.LookIn]. The error is a *diag.Error or a *iproute.Failure.
func FindPair(e Endpoint) (Pair, error) {
	d, err := link.Find(e.NS.conn, e.Device)
	if err != nil {
		return Pair{}, err
	}
	if d.Kind != "veth" {
		return Pair{}, &diag.Error{Text: e.Device + " in " + e.NS.String() + " is no end of a connection (no veth)"}
	}
	pair := Pair{NS: e.NS, Device: d}
	pair.FindPeerIn(e.NS)
	return pair, nil
}

// LookIn looks for the other end in a namespace, and tells whether it is known now.
func (pair *Pair) FindPeerIn(other *Namespace) bool {
	if pair.PeerNS == nil {
		if pairs, err := Pairs(Endpoint{NS: pair.NS, Device: pair.Device.Name}, Endpoint{NS: other}); err == nil && len(pairs) > 0 {
			*pair = pairs[0]
		}
	}
	return pair.PeerNS != nil
}

// Cut takes wires away that have their ends in the same two namespaces, with what
// connecting made for them: the translation of addresses, forwarding that was off before,
// a bridge that has no port any more. The error is a *iproute.Failure, an errno's or,
// where a part of it has been done, a *diag.Error.
//
// The pairs go last, all at once: as long as they are there, whatever we failed at or were
// killed in is found again by the same words.
func Disconnect(pairs []Pair) error {
	sides := []*teardown{{ns: pairs[0].NS}}
	other := sides[0]
	if o := pairs[0].PeerNS; o != nil && !o.Same(pairs[0].NS) {
		other = &teardown{ns: o}
		sides = append(sides, other)
	}
	for _, pair := range pairs {
		sides[0].ends = append(sides[0].ends, pair.Device)
		if pair.PeerNS != nil {
			other.ends = append(other.ends, pair.Peer)
		}
	}
	for _, s := range sides {
		if err := s.inspect(); err != nil {
			return err // before anything is done
		}
	}
	for _, s := range sides {
		if err := s.cleanUp(); err != nil {
			return &diag.Error{Text: Reason(err), Hint: "not all has been taken away yet; the same command takes the rest"}
		}
	}
	return deleteDevices(sides[0].ns, sides[0].ends)
}

// A side is one namespace of wires that go.
type teardown struct {
	ns      *Namespace
	ends    []link.Device // of the wires, there. One that has gone before has no index
	devices []link.Device // all that there are
	tables  map[string]*table
	names   []string // of the tables of the ends
}

func (s *teardown) inspect() (err error) {
	if s.devices, err = link.Devices(s.ns.conn); err != nil {
		return err
	}
	if s.tables, err = connectionTables(s.ns); err != nil {
		return err
	}
	for _, d := range s.ends {
		if name := tableName(d.Name); s.tables[name] != nil {
			s.names = append(s.names, name)
		}
	}
	return nil
}

// tidy takes away what was made for the ends. The tables are the last, for by them
// [End.Sweep] does the same again where this fails. A device whose addresses are
// translated is set down first: nothing is to leave as it came.
func (s *teardown) cleanUp() error {
	for _, d := range s.ends {
		if d.Index == 0 || s.tables[tableName(d.Name)] == nil {
			continue
		}
		if err := new(link.DeviceChange).Flag(unix.IFF_UP, false).Set(d.Index, nil).Send(s.ns.conn); err != nil {
			return err
		}
	}
	for _, d := range s.devices {
		if isConnectionBridge(d) && !s.hasOtherPort(d.Index) {
			if err := deleteDevices(s.ns, []link.Device{d}); err != nil {
				return err
			}
		}
	}
	return s.disableNAT()
}

// hasOtherPort tells whether a bridge has a port that stays.
func (s *teardown) hasOtherPort(bridge int) bool {
	return slices.ContainsFunc(s.devices, func(d link.Device) bool {
		return d.Master == bridge && !slices.ContainsFunc(s.ends, func(e link.Device) bool { return e.Index == d.Index })
	})
}

// stopNAT takes the tables of the ends away. With the last table goes the forwarding that
// a connection has turned on; it goes first, for the table is all that knows of it.
func (s *teardown) disableNAT() error {
	for _, sysctl := range forwarding {
		mark, turned, needed := sysctl+wasOff, false, false
		for name, t := range s.tables {
			marked := slices.Contains(t.marks, mark)
			if slices.Contains(s.names, name) {
				turned = turned || marked
			} else {
				needed = needed || marked
			}
		}
		if turned && !needed {
			if err := setSysctl(s.ns, sysctl, "0"); err != nil {
				return &diag.Error{Text: "cannot turn " + sysctl + " off: " + diag.Reason(err)}
			}
		}
	}
	err := dropTables(s.ns, s.names)
	if err == nil {
		return nil
	}
	left, e := connectionTables(s.ns)
	if e != nil || slices.ContainsFunc(s.names, func(name string) bool { return left[name] != nil }) {
		return err
	}
	return nil // what failed was to receive the answer
}

// deleteAll takes devices of one namespace away, all or none. Of many it takes as long as
// of one: the kernel waits for everybody who may still use them (netdev_run_todo in its
// dev.c), some hundredths of a second, and for those of one message it does so once.
func deleteDevices(s *Namespace, devices []link.Device) error {
	var err error
	if len(devices) == 1 {
		err = link.Delete(s.conn, devices[0].Index)
	} else {
		err = deleteGroup(s, devices)
	}
	if err == nil {
		return nil
	}
	for _, d := range devices {
		switch _, e := link.ByIndex(s.conn, d.Index); {
		case e == nil:
			return err
		case !errors.Is(e, unix.ENODEV):
			return &UnsureError{d.Name, err}
		}
	}
	return nil // what failed was to receive the answer
}

// An UnsureError says that the kernel's answer was lost, and that it could not be asked
// again.
type UnsureError struct {
	Device string
	Err    error // what became of the answer
}

func (e *UnsureError) Error() string {
	return "cannot tell whether " + e.Device + " has gone: " + Reason(e.Err)
}

// deleteGroup puts devices into a group that nobody has, and takes that away.
func deleteGroup(s *Namespace, devices []link.Device) error {
	all, err := link.Devices(s.conn)
	if err != nil {
		return err
	}
	group := uint32(newBridgeGroup) + 1
	for slices.ContainsFunc(all, func(d link.Device) bool { return d.Group == group }) {
		group++
	}
	for i, d := range devices {
		if err := new(link.DeviceChange).Uint32(unix.IFLA_GROUP, group).Set(d.Index, nil).Send(s.conn); err != nil {
			for _, d := range devices[:i+1] {
				new(link.DeviceChange).Uint32(unix.IFLA_GROUP, d.Group).Set(d.Index, nil).Send(s.conn)
			}
			return err
		}
	}
	return new(link.DeviceChange).Uint32(unix.IFLA_GROUP, group).Delete(0, nil).Send(s.conn)
}

// Sweep takes away what is left of a connection with such an end whose pair has gone by
// another way than disconnect: with the other namespace, or by hand. It is false where
// nothing is left, or the device is there. The error is that of [Cut].
func (e Endpoint) RemoveLeftovers() (found bool, err error) {
	s := &teardown{ns: e.NS, ends: []link.Device{{Name: e.Device}}}
	if err := s.inspect(); err != nil {
		return false, err
	}
	if len(s.names) == 0 || hasDevice(s.names[0], s.devices) {
		return false, nil
	}
	return true, s.cleanUp()
}

// Remains is a hint at what is in a namespace of connections whose pairs have gone by
// another way than disconnect; "" for nothing.
func (s *Namespace) LeftoverHint() string {
	devices, err := link.Devices(s.conn)
	if err != nil {
		return ""
	}
	tables, _ := connectionTables(s) // a hint that cannot be given is none
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		if device := deviceOf(name); device != "" && !hasDevice(name, devices) {
			return s.String() + " has rules of a connection that has gone: " + s.disconnectCommand(device) + " takes them away"
		}
	}
	for _, d := range devices {
		if idle, err := isIdleBridge(s, d); err == nil && idle {
			return idleHint(s, d)
		}
	}
	return ""
}

func idleHint(s *Namespace, d link.Device) string {
	return s.String() + " has a bridge " + d.Name + " of a connection that has gone: " + s.cli.gonetnsCommand(deleteArgs(d.Name)...) + " takes it away"
}

// isIdle tells whether a device is a bridge that a connection made and that has no port.
func isIdleBridge(s *Namespace, d link.Device) (bool, error) {
	if !isConnectionBridge(d) {
		return false, nil
	}
	ports, err := link.Select(s.conn, link.Selection{Master: d.Index})
	for _, p := range ports {
		if p.Master == d.Index { // Linux before 4.6 selects nothing
			return false, err
		}
	}
	return err == nil, err
}

// isOurs tells whether a device is a bridge that a connection made, or was about to make.
func isConnectionBridge(d link.Device) bool {
	return d.Kind == "bridge" && (d.Alias == BridgeAlias || d.Group == newBridgeGroup)
}
