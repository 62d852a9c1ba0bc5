package wire

import (
	"bytes"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
	"nstools/internal/link"
)

// An End is one end of a wire.
type Endpoint struct {
	NS        *Namespace
	Device    string
	Addresses []iproute.Prefix
}

// A Wiring is what is to connect two namespaces.
type Connection struct {
	A, B    Endpoint
	Bridge  string // on which A's end is put, made if it is missing; "" for none
	Gateway bool   // B's default route leads over A
	NAT     bool   // A lets B out, under addresses of its own
}

// A Seen is what is there before anything is wired.
type Existing struct {
	Bridge     bool             // there is one of the name
	Addresses  []iproute.Prefix // that it has
	Forwards   [2]bool          // A forwards IPv4, IPv6
	TurnedOn   [2]bool          // and did not before the first of our connections
	leftover   *table           // of A's device, which has gone without disconnect; nil for none
	idleBridge link.Device      // the bridge that table is about, if it has no port and is not w.Bridge; zero for none
}

// MadeByUs is the alias of a bridge that a connection made, and that goes with the last.
const BridgeAlias = "made by gonetns connect"

// halfMade is the group of such a bridge until it gets the alias: the kernel makes no
// device with an alias, but with a group.
const newBridgeGroup = 0x6e657473

// Steps compiles a wiring to what has to be done, in its order. The error is a
// *diag.Error.
//
// We may be killed between any two of them, and disconnect is to take back what was done.
// So the pair comes first, by which the two namespaces know of one another, and then what
// tells of the rest: the table says that forwarding was off before it is turned on, and a
// bridge is ours from the moment it is made.
func (c *Connection) Steps(existing Existing) ([]Step, error) {
	a, b := c.A, c.B
	l3Device := a.Device // what carries A's addresses
	steps := []Step{&addVeth{a: a, b: b}}
	if c.Bridge != "" {
		l3Device = c.Bridge
	}
	forwards, table, err := c.natSteps(l3Device, existing)
	if err != nil {
		return nil, err
	}
	steps = append(steps, table...)
	if c.Bridge != "" {
		if !existing.Bridge {
			steps = append(steps, &addBridge{ns: a.NS, name: l3Device})
		}
		steps = append(steps, &setMaster{a.NS, a.Device, l3Device})
	}
	for _, p := range a.Addresses {
		if !contains(existing.Addresses, p) {
			steps = append(steps, &addAddress{ns: a.NS, device: l3Device, prefix: p})
		}
	}
	for _, p := range b.Addresses {
		steps = append(steps, &addAddress{ns: b.NS, device: b.Device, prefix: p})
	}
	steps = append(steps, &setUp{ns: a.NS, device: a.Device}, &setUp{ns: b.NS, device: b.Device})
	if l3Device != a.Device {
		up := &setUp{ns: a.NS, device: l3Device}
		if !existing.Bridge {
			up.alias = BridgeAlias
		}
		steps = append(steps, up)
	}
	routes, err := c.routeSteps(append(existing.Addresses, a.Addresses...))
	if err != nil {
		return nil, err
	}
	steps = append(steps, routes...)
	steps = append(steps, forwards...)
	for _, e := range []Endpoint{a, b} {
		if e.NS.NamespaceRef != Host {
			steps = append(steps, &setUp{ns: e.NS, device: loopback}) // late, for it is hardest to take back
		}
	}
	if existing.idleBridge.Name != "" {
		steps = append(steps, &deleteIdleBridge{a.NS, existing.idleBridge.Name}) // last, for it cannot be taken back
	}
	return steps, nil
}

// routes are B's default routes over addresses of A.
func (c *Connection) routeSteps(gateways []iproute.Prefix) (steps []Step, err error) {
	if !c.Gateway && !c.NAT {
		return nil, nil
	}
	for _, family := range families {
		if to := gateway(gateways, c.B.Addresses, family); to != nil {
			steps = append(steps, &addDefaultRoute{c.B.NS, c.B.Device, *to})
		}
	}
	if steps == nil {
		return nil, &diag.Error{Text: "no gateway: it takes addresses of one family at both ends"}
	}
	return steps, nil
}

// gateway is the address that a default route can lead over for whoever has other ones:
// the first that is in the network of one of them. Where none is, it is the first of the
// family, of which the kernel says why not; nil where one of the two has none.
func gateway(gateways, from []iproute.Prefix, family int) *iproute.Prefix {
	if firstOfFamily(from, family) == nil {
		return nil
	}
	for i, to := range gateways {
		for _, f := range from {
			if to.Family == family && f.Family == family && bytes.Equal(network(f).Addr, network(iproute.Prefix{Addr: to.Addr, Bits: f.Bits}).Addr) {
				return &gateways[i]
			}
		}
	}
	return firstOfFamily(gateways, family)
}

var families = [2]int{unix.AF_INET, unix.AF_INET6}

// translation is what lets B out through A.
func (c *Connection) natSteps(l3Device string, existing Existing) (forwards, tables []Step, err error) {
	if !c.NAT {
		return nil, nil, nil
	}
	if strings.ContainsAny(l3Device, `"*\`) { // has no way to be written in its language, or means more than one
		return nil, nil, &diag.Error{Text: "no --nat over " + l3Device + ": nft(8) cannot be told of a device with such a name"}
	}
	t := &addMasquerade{ns: c.A.NS, device: c.A.Device, l3Device: l3Device, replaces: existing.leftover}
	for i, family := range families {
		if firstOfFamily(c.B.Addresses, family) == nil {
			continue
		}
		if !existing.Forwards[i] {
			forwards = append(forwards, &enableForwarding{ns: c.A.NS, sysctl: forwarding[i]})
		}
		turned := !existing.Forwards[i] || existing.TurnedOn[i]
		for _, p := range c.B.Addresses {
			if p = network(p); p.Family != family || contains(t.sources, p) {
				continue
			}
			t.sources = append(t.sources, p)
			t.turnedOn = append(t.turnedOn, turned)
			turned = false // one rule tells it for all of the family
		}
	}
	return forwards, []Step{t}, nil
}

// first is the first address of a family, or nil.
func firstOfFamily(list []iproute.Prefix, family int) *iproute.Prefix {
	for i := range list {
		if list[i].Family == family {
			return &list[i]
		}
	}
	return nil
}

func contains(list []iproute.Prefix, p iproute.Prefix) bool {
	for _, q := range list {
		if q.String() == p.String() {
			return true
		}
	}
	return false
}

// network is an address without the bits that name the host.
func network(p iproute.Prefix) iproute.Prefix {
	b := make([]byte, len(p.Addr))
	for i, m := range mask(p) {
		b[i] = p.Addr[i] & m
	}
	p.Addr = b
	return p
}

// mask has the bits that name the network.
func mask(p iproute.Prefix) []byte {
	b := make([]byte, len(p.Addr))
	for i := range p.Bits {
		b[i/8] |= 0x80 >> (i % 8)
	}
	return b
}
