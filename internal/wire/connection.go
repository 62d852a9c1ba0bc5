package wire

import (
	"bytes"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
	"nstools/internal/link"
)

// An Endpoint is one end of a connection.
type Endpoint struct {
	NS        *Namespace
	Device    string
	Addresses []iproute.Prefix
}

// A Connection is what is to connect two namespaces.
type Connection struct {
	A, B    Endpoint
	Bridge  string // the bridge for A's device, made if it is missing; "" for none
	Gateway bool   // B's default route leads over A
	NAT     bool   // A forwards and masquerades what B sends
}

// An Existing is what exists before a connection is made.
type Existing struct {
	Bridge     bool             // there is a bridge of that name
	Addresses  []iproute.Prefix // of that bridge
	Forwards   [2]bool          // A forwards IPv4, IPv6
	TurnedOn   [2]bool          // an existing connection turned forwarding on
	leftover   *table           // the table of a former connection with A's device; nil for none
	idleBridge link.Device      // the bridge in that table, if it has no port and is another one than Connection.Bridge; zero for none
}

// BridgeAlias marks a bridge that a connection made. The last connection removes it.
const BridgeAlias = "made by gonetns connect"

// newBridgeGroup marks such a bridge until it gets the alias: the kernel makes a device with a
// group, but without an alias.
const newBridgeGroup = 0x6e657473

// Steps compiles a connection into steps, in their order. The error is a *diag.Error.
//
// The process may be killed between two steps, and disconnect has to undo what was done. So
// the pair comes first: it leads from one namespace to the other. What describes the rest
// comes next: the table says that forwarding was off before forwarding is turned on. A bridge
// is marked from the moment it is made.
func (c *Connection) Steps(existing Existing) ([]Step, error) {
	a, b := c.A, c.B
	l3Device := a.Device // the device with A's addresses
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
			steps = append(steps, &setUp{ns: e.NS, device: loopback}) // late: it is the hardest to undo
		}
	}
	if existing.idleBridge.Name != "" {
		steps = append(steps, &deleteIdleBridge{a.NS, existing.idleBridge.Name}) // last: it cannot be undone
	}
	return steps, nil
}

// routeSteps returns the steps for B's default routes over A's addresses.
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

// gateway returns the address for a default route of an endpoint with the addresses from: the
// first gateway in a network of one of them. Without one it returns the first gateway of the
// family, and the kernel tells why that fails. It returns nil if one side has no address of
// the family.
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

// natSteps returns the steps that forward and masquerade what B sends.
func (c *Connection) natSteps(l3Device string, existing Existing) (forwards, tables []Step, err error) {
	if !c.NAT {
		return nil, nil, nil
	}
	if strings.ContainsAny(l3Device, `"*\`) { // nft(8) cannot quote these, or reads them as patterns
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
			turned = false // one rule records it for the whole family
		}
	}
	return forwards, []Step{t}, nil
}

// firstOfFamily returns the first address of a family, or nil.
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

// network returns the prefix with the host bits cleared.
func network(p iproute.Prefix) iproute.Prefix {
	b := make([]byte, len(p.Addr))
	for i, m := range mask(p) {
		b[i] = p.Addr[i] & m
	}
	p.Addr = b
	return p
}

// mask returns the netmask.
func mask(p iproute.Prefix) []byte {
	b := make([]byte, len(p.Addr))
	for i := range p.Bits {
		b[i/8] |= 0x80 >> (i % 8)
	}
	return b
}
