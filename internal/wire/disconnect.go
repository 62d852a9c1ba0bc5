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
	PeerNS *Namespace // nil if it was not found
	Peer   link.Device
}

// Pairs returns the pairs with one end in a and the other in b. If an endpoint names a device,
// only that device counts. The error is an *rtnl.Error.
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
		case same && d.PeerIndex < d.Index: // already listed by its other end
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

// matches reports whether a device is the one that the endpoint names, if it names one.
func (e Endpoint) matches(d link.Device) bool {
	return e.Device == "" || e.Device == d.Name || slices.Contains(d.AltNames, e.Device)
}

// FindPair returns the pair with that end. Its peer is known if it is in the same namespace;
// see [Pair.FindPeerIn]. The error is a *diag.Error, a *iproute.Failure or an *rtnl.Error.
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

// FindPeerIn looks for the other end in a namespace, and reports whether it is known now.
func (pair *Pair) FindPeerIn(other *Namespace) bool {
	if pair.PeerNS == nil {
		if pairs, err := Pairs(Endpoint{NS: pair.NS, Device: pair.Device.Name}, Endpoint{NS: other}); err == nil && len(pairs) > 0 {
			*pair = pairs[0]
		}
	}
	return pair.PeerNS != nil
}

// Disconnect deletes pairs that connect the same two namespaces, and what connect made for
// them: masquerading, forwarding that was off before, a bridge without another port.
//
// The pairs are deleted last, all at once. As long as they exist, the same command finds again
// what a failure or a signal has left.
//
// Errors: a *iproute.Failure, an *rtnl.Error, an errno, or a *diag.Error if a part has been
// done.
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
			return err // before any change
		}
	}
	for _, s := range sides {
		if err := s.cleanUp(); err != nil {
			return &diag.Error{Text: Reason(err), Hint: "not all has been taken away yet; the same command takes the rest"}
		}
	}
	return deleteDevices(sides[0].ns, sides[0].ends)
}

// A teardown is one of the two namespaces of pairs that are deleted.
type teardown struct {
	ns      *Namespace
	ends    []link.Device // of the pairs; a device that no longer exists has index 0
	devices []link.Device // all devices of the namespace
	tables  map[string]*table
	names   []string // tables of the ends
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

// cleanUp removes what was made for the ends. The tables go last: if this fails,
// [Endpoint.RemoveLeftovers] finds the rest by them. A device with masquerading is set down
// first, so that no packet leaves with its own address.
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

// hasOtherPort reports whether a bridge has a port that stays.
func (s *teardown) hasOtherPort(bridge int) bool {
	return slices.ContainsFunc(s.devices, func(d link.Device) bool {
		return d.Master == bridge && !slices.ContainsFunc(s.ends, func(e link.Device) bool { return e.Index == d.Index })
	})
}

// disableNAT deletes the tables of the ends. The last table takes along the forwarding that a
// connection turned on. Forwarding goes first, since only the table records it.
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
	return nil // only the answer was lost
}

// deleteDevices deletes devices of one namespace, all or none. Many take no longer than one:
// for each message the kernel waits once, some hundredths of a second, until nothing uses the
// devices. See: netdev_run_todo in dev.c of the kernel.
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
	return nil // only the answer was lost
}

// An UnsureError says that the kernel's answer was lost, and that it could not be asked again.
type UnsureError struct {
	Device string
	Err    error // why the answer was lost
}

func (e *UnsureError) Error() string {
	return "cannot tell whether " + e.Device + " has gone: " + Reason(e.Err)
}

// deleteGroup moves devices to an unused group, and deletes the group.
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

// RemoveLeftovers removes what remains of a connection with this end whose pair went without
// disconnect: with the other namespace, or by hand. found is false if nothing remains or the
// device exists. Errors: see [Disconnect].
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

// LeftoverHint returns a hint at what remains of connections whose pairs went without
// disconnect, "" for nothing.
func (s *Namespace) LeftoverHint() string {
	devices, err := link.Devices(s.conn)
	if err != nil {
		return ""
	}
	tables, _ := connectionTables(s) // unreadable tables give no hint
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

// isIdleBridge reports whether a device is a bridge that a connection made, and has no port.
func isIdleBridge(s *Namespace, d link.Device) (bool, error) {
	if !isConnectionBridge(d) {
		return false, nil
	}
	ports, err := link.Select(s.conn, link.Selection{Master: d.Index})
	for _, p := range ports {
		if p.Master == d.Index { // Linux before 4.6 ignores the selection
			return false, err
		}
	}
	return err == nil, err
}

// isConnectionBridge reports whether a device is a bridge that a connection made, or was
// making.
func isConnectionBridge(d link.Device) bool {
	return d.Kind == "bridge" && (d.Alias == BridgeAlias || d.Group == newBridgeGroup)
}
