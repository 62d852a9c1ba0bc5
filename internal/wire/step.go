package wire

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/link"
)

// A Step is one change of a connection. do and Command use the same values.
type Step interface {
	// Command returns the step as a command that one types.
	Command() string
	// do carries out the step, or changes nothing; see [undoLast] for a lost answer. The error
	// is a *iproute.Failure, an *rtnl.Error or an errno.
	do() error
	// undo reverts what do has changed and what would stay. It does nothing unless do has sent
	// its request.
	undo() error
}

// addVeth adds a veth(4) pair. Each end is made in its namespace, so that it cannot collide
// with names elsewhere.
type addVeth struct {
	a, b  Endpoint
	tried bool
}

func (s *addVeth) Command() string {
	words := append([]string{"link", "add"}, deviceArgs("name", s.a.Device)...)
	words = append(words, netnsArgs(s.a.NS)...)
	words = append(words, "type", "veth", "peer", "name", s.b.Device)
	return Host.ipCommand(append(words, netnsArgs(s.b.NS)...)...)
}

// deviceArgs returns the words for a device where ip(8) takes a bare word. The keyword
// precedes a name that ip could take for a keyword or for its beginning.
func deviceArgs(keyword, device string) []string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
	if device != loopback && strings.Trim(device, letters) == "" || strings.HasPrefix(device, "link-") {
		return []string{keyword, device}
	}
	return []string{device}
}

func netnsArgs(s *Namespace) []string {
	switch p := s.cli; {
	case p.PID != 0:
		return []string{"netns", strconv.Itoa(p.PID)}
	case p.Name != "":
		return []string{"netns", p.Name}
	}
	return nil
}

func (s *addVeth) do() error {
	end := func(e Endpoint) *link.DeviceChange {
		return new(link.DeviceChange).String(unix.IFLA_IFNAME, e.Device).Uint32(unix.IFLA_NET_NS_FD, uint32(e.NS.fd))
	}
	var err error
	if s.tried, err = isAbsent(s.a.NS, s.a.Device); err != nil {
		return err
	}
	return end(s.a).Add("veth", end(s.b).Peer()).Send(s.a.NS.conn)
}

func (s *addVeth) undo() error {
	if !s.tried {
		return nil
	}
	return deleteDevice(s.a.NS, s.a.Device)
}

// isAbsent reports whether a device of that name is still missing. One that exists later was
// made by this program.
func isAbsent(s *Namespace, device string) (bool, error) {
	_, err := link.Find(s.conn, device)
	if errors.Is(err, unix.ENODEV) {
		return true, nil
	}
	return false, err
}

func deleteDevice(s *Namespace, device string) error {
	index, err := s.index(device)
	if err != nil {
		return err
	}
	delete(s.indexes, device)
	return link.Delete(s.conn, index)
}

type addBridge struct {
	ns    *Namespace
	name  string
	tried bool
}

func (s *addBridge) Command() string {
	return s.ns.ipCommand(slices.Concat([]string{"link", "add"}, deviceArgs("name", s.name), []string{"group", strconv.Itoa(newBridgeGroup), "type", "bridge"})...)
}

func (s *addBridge) do() error {
	var err error
	if s.tried, err = isAbsent(s.ns, s.name); err != nil {
		return err
	}
	return new(link.DeviceChange).String(unix.IFLA_IFNAME, s.name).Uint32(unix.IFLA_GROUP, newBridgeGroup).Add("bridge", nil).Send(s.ns.conn)
}

func (s *addBridge) undo() error {
	if !s.tried {
		return nil
	}
	return deleteDevice(s.ns, s.name)
}

// setMaster makes a device a port of a bridge.
type setMaster struct {
	ns             *Namespace
	device, bridge string
}

func (s *setMaster) Command() string {
	return s.ns.ipCommand(slices.Concat([]string{"link", "set"}, deviceArgs("dev", s.device), []string{"master", s.bridge})...)
}

func (s *setMaster) do() error {
	index, err := s.ns.index(s.bridge)
	if err != nil {
		return err
	}
	return changeDevice(s.ns, s.device, new(link.DeviceChange).Uint32(unix.IFLA_MASTER, uint32(index)))
}

func (s *setMaster) undo() error { return nil } // it goes with the device

func changeDevice(s *Namespace, device string, c *link.DeviceChange) error {
	index, err := s.index(device)
	if err != nil {
		return err
	}
	return c.Set(index, nil).Send(s.conn)
}

// deleteIdleBridge deletes a bridge without ports that a former connection made.
type deleteIdleBridge struct {
	ns   *Namespace
	name string
}

func (s *deleteIdleBridge) Command() string { return s.ns.ipCommand(deleteArgs(s.name)...) }
func (s *deleteIdleBridge) undo() error     { return nil } // it is the last step

// do succeeds if the bridge has gone, whatever the answer was, for that cannot be undone.
func (s *deleteIdleBridge) do() error {
	err := deleteDevice(s.ns, s.name)
	if err == nil {
		return nil
	}
	if gone, e := isAbsent(s.ns, s.name); e == nil && gone {
		return nil
	}
	return err
}

func deleteArgs(device string) []string {
	return append([]string{"link", "delete"}, deviceArgs("dev", device)...)
}

// addAddress adds an address to a device. One of IPv6 needs no check for duplicates: the link
// is new, and nothing else uses it.
type addAddress struct {
	ns     *Namespace
	device string
	prefix iproute.Prefix
	tried  bool
}

func (s *addAddress) Command() string {
	words := []string{"address", "add", s.prefix.String(), "dev", s.device}
	if s.prefix.Family == unix.AF_INET6 {
		words = append(words, "nodad")
	}
	return s.ns.ipCommand(words...)
}

func (s *addAddress) change() (*link.AddressChange, error) {
	index, err := s.ns.index(s.device)
	a := &link.AddressChange{Family: s.prefix.Family, Local: s.prefix, Index: index}
	if s.prefix.Family == unix.AF_INET6 {
		a.Flags = unix.IFA_F_NODAD
	}
	return a, err
}

func (s *addAddress) do() error {
	a, err := s.change()
	if err != nil {
		return err
	}
	s.tried = true
	return a.Add().Send(s.ns.conn)
}

func (s *addAddress) undo() error {
	if !s.tried {
		return nil
	}
	a, err := s.change()
	if err != nil {
		return err
	}
	if err = a.Delete().Send(s.ns.conn); errors.Is(err, unix.EADDRNOTAVAIL) {
		return nil // an address of IPv6 goes when its device is set down
	}
	return err
}

// setUp sets a device up. With an alias it also marks a new bridge as complete.
type setUp struct {
	ns           *Namespace
	device       string
	alias        string
	tried        bool // do has sent the request, and the device was down
	lacksAddress bool // the loopback device had no address, and the kernel adds it
}

func (s *setUp) Command() string {
	words := slices.Concat([]string{"link", "set"}, deviceArgs("dev", s.device), []string{"up"})
	if s.alias != "" {
		words = append(words, "alias", s.alias, "group", "default")
	}
	return s.ns.ipCommand(words...)
}

func (s *setUp) do() error {
	d, err := link.Find(s.ns.conn, s.device)
	if err != nil {
		return err
	}
	if s.device == loopback {
		if s.lacksAddress, err = s.lacksLoopback(d.Index); err != nil {
			return err
		}
	}
	s.tried = d.Flags&unix.IFF_UP == 0
	c := new(link.DeviceChange).Flag(unix.IFF_UP, true)
	if s.alias != "" {
		c.Bytes(unix.IFLA_IFALIAS, []byte(s.alias)).Uint32(unix.IFLA_GROUP, 0)
	}
	return c.Set(d.Index, nil).Send(s.ns.conn)
}

func (s *setUp) undo() error {
	if !s.tried {
		return nil
	}
	if err := changeDevice(s.ns, s.device, new(link.DeviceChange).Flag(unix.IFF_UP, false)); err != nil || !s.lacksAddress {
		return err
	}
	return (&addAddress{ns: s.ns, device: s.device, prefix: loopbackPrefix, tried: true}).undo()
}

const loopback = "lo"

// loopbackPrefix is the address that the kernel adds to the loopback device when it is first
// set up, and keeps. See: inetdev_event in devinet.c of the kernel.
var loopbackPrefix = iproute.Prefix{Family: unix.AF_INET, Addr: []byte{127, 0, 0, 1}, Bits: 8}

func (s *setUp) lacksLoopback(index int) (bool, error) {
	list, err := link.Addresses(s.ns.conn, unix.AF_INET, index)
	return err == nil && !slices.ContainsFunc(list, func(a link.Address) bool {
		return a.Bits == loopbackPrefix.Bits && bytes.Equal(a.Local.AsSlice(), loopbackPrefix.Addr)
	}), err
}

// addDefaultRoute adds the default route of a family.
type addDefaultRoute struct {
	ns     *Namespace
	device string
	via    iproute.Prefix
}

func (s *addDefaultRoute) Command() string {
	return s.ns.ipCommand("route", "add", "default", "via", s.via.Address(), "dev", s.device)
}

func (s *addDefaultRoute) do() error {
	index, err := s.ns.index(s.device)
	if err != nil {
		return err
	}
	c := link.RouteChange{
		To: iproute.Prefix{Family: s.via.Family}, Via: &s.via, Index: index,
		Type: unix.RTN_UNICAST, Protocol: unix.RTPROT_BOOT, Table: new(uint32(unix.RT_TABLE_MAIN)),
	}
	return c.Add().Send(s.ns.conn)
}

func (s *addDefaultRoute) undo() error { return nil } // it goes with the device
