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

// A Step is one thing that connecting takes. What is done and what is printed come of
// the same values.
type Step interface {
	// Command is what one would type for it.
	Command() string
	// do does it, or nothing, unless the answer is lost: see [undoFailed]. The error is a
	// *iproute.Failure or an errno's.
	do() error
	// undo takes it back, as far as it has changed anything that stays. It does nothing
	// where do has not got as far as to ask for it.
	undo() error
}

// makePair makes a veth(4) pair, each end in its namespace from the beginning, so that
// a name which is taken elsewhere is in nobody's way.
type makePair struct {
	a, b  End
	asked bool
}

func (s *makePair) Command() string {
	words := append([]string{"link", "add"}, bare("name", s.a.Device)...)
	words = append(words, inNamespace(s.a.Site)...)
	words = append(words, "type", "veth", "peer", "name", s.b.Device)
	return Host.ip(append(words, inNamespace(s.b.Site)...)...)
}

// bare is a device where a word may stand alone: behind the keyword that says what it
// is, unless ip(8) can take it for no other keyword, nor for the beginning of one.
func bare(keyword, device string) []string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
	if device != loopback && strings.Trim(device, letters) == "" || strings.HasPrefix(device, "link-") {
		return []string{keyword, device}
	}
	return []string{device}
}

func inNamespace(s *Site) []string {
	switch p := s.typed; {
	case p.PID != 0:
		return []string{"netns", strconv.Itoa(p.PID)}
	case p.Name != "":
		return []string{"netns", p.Name}
	}
	return nil
}

func (s *makePair) do() error {
	end := func(e End) *link.DeviceChange {
		return new(link.DeviceChange).String(unix.IFLA_IFNAME, e.Device).Uint32(unix.IFLA_NET_NS_FD, uint32(e.Site.fd))
	}
	var err error
	if s.asked, err = isFree(s.a.Site, s.a.Device); err != nil {
		return err
	}
	return end(s.a).Add("veth", end(s.b).Peer()).Send(s.a.Site.conn)
}

func (s *makePair) undo() error {
	if !s.asked {
		return nil
	}
	return remove(s.a.Site, s.a.Device)
}

// isFree tells whether there is no device of a name yet, so that one which is there later
// has been made since.
func isFree(s *Site, device string) (bool, error) {
	_, err := link.Find(s.conn, device)
	if errors.Is(err, unix.ENODEV) {
		return true, nil
	}
	return false, err
}

func remove(s *Site, device string) error {
	index, err := s.index(device)
	if err != nil {
		return err
	}
	delete(s.indexes, device)
	return link.Delete(s.conn, index)
}

type makeBridge struct {
	site  *Site
	name  string
	asked bool
}

func (s *makeBridge) Command() string {
	return s.site.ip(slices.Concat([]string{"link", "add"}, bare("name", s.name), []string{"group", strconv.Itoa(halfMade), "type", "bridge"})...)
}

func (s *makeBridge) do() error {
	var err error
	if s.asked, err = isFree(s.site, s.name); err != nil {
		return err
	}
	return new(link.DeviceChange).String(unix.IFLA_IFNAME, s.name).Uint32(unix.IFLA_GROUP, halfMade).Add("bridge", nil).Send(s.site.conn)
}

func (s *makeBridge) undo() error {
	if !s.asked {
		return nil
	}
	return remove(s.site, s.name)
}

// putOn makes a device a port of a bridge.
type putOn struct {
	site           *Site
	device, bridge string
}

func (s *putOn) Command() string {
	return s.site.ip(slices.Concat([]string{"link", "set"}, bare("dev", s.device), []string{"master", s.bridge})...)
}

func (s *putOn) do() error {
	index, err := s.site.index(s.bridge)
	if err != nil {
		return err
	}
	return set(s.site, s.device, new(link.DeviceChange).Uint32(unix.IFLA_MASTER, uint32(index)))
}

func (s *putOn) undo() error { return nil } // goes with the device

func set(s *Site, device string, c *link.DeviceChange) error {
	index, err := s.index(device)
	if err != nil {
		return err
	}
	return c.Set(index, nil).Send(s.conn)
}

// dropIdle takes a bridge without ports away that a former connection made.
type dropIdle struct {
	site *Site
	name string
}

func (s *dropIdle) Command() string { return s.site.ip(deletion(s.name)...) }
func (s *dropIdle) undo() error     { return nil } // it is the last step

// do is done where the bridge has gone, whatever came of the answer: nobody could take
// that back.
func (s *dropIdle) do() error {
	err := remove(s.site, s.name)
	if err == nil {
		return nil
	}
	if gone, e := isFree(s.site, s.name); e == nil && gone {
		return nil
	}
	return err
}

func deletion(device string) []string {
	return append([]string{"link", "delete"}, bare("dev", device)...)
}

// assign gives a device an address. One of IPv6 is used at once: there is nobody on a
// new wire with whom it could be shared.
type assign struct {
	site   *Site
	device string
	prefix iproute.Prefix
	asked  bool
}

func (s *assign) Command() string {
	words := []string{"address", "add", s.prefix.String(), "dev", s.device}
	if s.prefix.Family == unix.AF_INET6 {
		words = append(words, "nodad")
	}
	return s.site.ip(words...)
}

func (s *assign) assignment() (*link.AddressChange, error) {
	index, err := s.site.index(s.device)
	a := &link.AddressChange{Family: s.prefix.Family, Local: s.prefix, Index: index}
	if s.prefix.Family == unix.AF_INET6 {
		a.Flags = unix.IFA_F_NODAD
	}
	return a, err
}

func (s *assign) do() error {
	a, err := s.assignment()
	if err != nil {
		return err
	}
	s.asked = true
	return a.Add().Send(s.site.conn)
}

func (s *assign) undo() error {
	if !s.asked {
		return nil
	}
	a, err := s.assignment()
	if err != nil {
		return err
	}
	if err = a.Delete().Send(s.site.conn); errors.Is(err, unix.EADDRNOTAVAIL) {
		return nil // one of IPv6 goes where its device is set down
	}
	return err
}

// bringUp sets a device up, and gives it an alias if there is one: then it is no longer
// half made.
type bringUp struct {
	site   *Site
	device string
	alias  string
	asked  bool // and it was down
	lacked bool // the address that the kernel gives the loopback device
}

func (s *bringUp) Command() string {
	words := slices.Concat([]string{"link", "set"}, bare("dev", s.device), []string{"up"})
	if s.alias != "" {
		words = append(words, "alias", s.alias, "group", "default")
	}
	return s.site.ip(words...)
}

func (s *bringUp) do() error {
	d, err := link.Find(s.site.conn, s.device)
	if err != nil {
		return err
	}
	if s.device == loopback {
		if s.lacked, err = s.lacksLoopback(d.Index); err != nil {
			return err
		}
	}
	s.asked = d.Flags&unix.IFF_UP == 0
	c := new(link.DeviceChange).Flag(unix.IFF_UP, true)
	if s.alias != "" {
		c.Bytes(unix.IFLA_IFALIAS, []byte(s.alias)).Uint32(unix.IFLA_GROUP, 0)
	}
	return c.Set(d.Index, nil).Send(s.site.conn)
}

func (s *bringUp) undo() error {
	if !s.asked {
		return nil
	}
	if err := set(s.site, s.device, new(link.DeviceChange).Flag(unix.IFF_UP, false)); err != nil || !s.lacked {
		return err
	}
	return (&assign{site: s.site, device: s.device, prefix: loopbackPrefix, asked: true}).undo()
}

const loopback = "lo"

// loopbackPrefix is the address that the kernel gives the loopback device when it is set
// up for the first time, and leaves; see inetdev_event in devinet.c.
var loopbackPrefix = iproute.Prefix{Family: unix.AF_INET, Addr: []byte{127, 0, 0, 1}, Bits: 8}

func (s *bringUp) lacksLoopback(index int) (bool, error) {
	list, err := link.Addresses(s.site.conn, unix.AF_INET, index)
	return err == nil && !slices.ContainsFunc(list, func(a link.Address) bool {
		return a.Bits == loopbackPrefix.Bits && bytes.Equal(a.Local.AsSlice(), loopbackPrefix.Addr)
	}), err
}

// routeOver makes the default route of a family.
type routeOver struct {
	site   *Site
	device string
	via    iproute.Prefix
}

func (s *routeOver) Command() string {
	return s.site.ip("route", "add", "default", "via", s.via.Address(), "dev", s.device)
}

func (s *routeOver) do() error {
	index, err := s.site.index(s.device)
	if err != nil {
		return err
	}
	w := link.RouteChange{
		To: iproute.Prefix{Family: s.via.Family}, Via: &s.via, Index: index,
		Type: unix.RTN_UNICAST, Protocol: unix.RTPROT_BOOT, Table: new(uint32(unix.RT_TABLE_MAIN)),
	}
	return w.Add().Send(s.site.conn)
}

func (s *routeOver) undo() error { return nil } // goes with the device
