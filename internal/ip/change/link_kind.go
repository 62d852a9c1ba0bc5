package change

import (
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/rtnl"
)

// A kind is a kind of device, and how to read what follows "type KIND".
type kind struct {
	name string
	data func(w *linkArgs) (*nl.RtAttr, error) // reads it; nil if only ip can
	word string                                // ip's term for a word there
}

// kinds returns the kinds that completion offers. Other kinds are made as well, if nothing
// follows them.
func kinds() []kind {
	macvlan := func(w *linkArgs) (*nl.RtAttr, error) { return w.readKindData(macvlanTerms()) }
	return []kind{
		{name: "bridge"},
		{name: "dummy"},
		{name: "ifb"},
		{"macvlan", macvlan, "option"},
		{"macvtap", macvlan, "option"},
		{"veth", (*linkArgs).veth, ""},
		{"vlan", func(w *linkArgs) (*nl.RtAttr, error) { return w.readKindData(vlanTerms()) }, "command"},
		{"vxlan", (*linkArgs).vxlan, "command"},
	}
}

// Kinds returns the names of the kinds that completion offers.
func Kinds() []string {
	var list []string
	for _, k := range kinds() {
		list = append(list, k.name)
	}
	return list
}

func findKind(name string) kind {
	for _, k := range kinds() {
		if k.name == name {
			return k
		}
	}
	return kind{}
}

// kindData reads what follows "type KIND".
func (w *linkArgs) kindData() (*nl.RtAttr, error) {
	if len(w.rest) == 0 {
		return nil, nil
	}
	if k := findKind(*w.kind); k.data != nil {
		return k.data(w)
	}
	return nil, iproute.Fail(`Garbage instead of arguments "` + w.rest[0] + ` ...". Try "ip link help".`).MayBeIP()
}

// veth reads the description of the other end.
func (w *linkArgs) veth() (*nl.RtAttr, error) {
	if word, _ := w.rest.Next(); word != "peer" {
		usage := iproute.Fail("Usage: ip link <options> type veth [peer <options>]\nTo get <options> type 'ip link add help'")
		usage.Stdout = true
		return nil, usage.MayBeIP()
	}
	peer := &linkArgs{conn: w.conn, stderr: w.stderr, create: true}
	err := peer.read(w.rest)
	w.opened = append(w.opened, peer.opened...)
	w.peer = peer
	switch {
	case err != nil:
		return nil, err
	case peer.kind != nil:
		return nil, iproute.DuplicateValue("type", *peer.kind)
	}
	peer.addName()
	return peer.change.Peer(), nil
}

// kindArgs are the arguments of a kind, as its IFLA_INFO_DATA.
type kindArgs struct {
	conn *rtnl.Conn
	data *nl.RtAttr
}

func newKind(w *linkArgs) kindArgs {
	return kindArgs{conn: w.conn, data: nl.NewRtAttr(unix.IFLA_INFO_DATA, nil)}
}

func (k *kindArgs) add(attribute int, b []byte) error {
	k.data.AddRtAttr(attribute, b)
	return nil
}

func (w *linkArgs) readKindData(terms []iproute.Term[*kindArgs]) (*nl.RtAttr, error) {
	k := newKind(w)
	return k.data, readKind(w, &k, terms)
}

// readKind reads the arguments of a kind.
func readKind[T any](w *linkArgs, t T, terms []iproute.Term[T]) error {
	_, err := iproute.ReadTerms(t, w.rest, terms, iproute.Term[T]{Set: func(_ T, word string) error {
		return iproute.Fail(*w.kind + ": unknown " + findKind(*w.kind).word + ` "` + word + `"?`).MayBeIP()
	}})
	return err
}

func macvlanTerms() []iproute.Term[*kindArgs] {
	return []iproute.Term[*kindArgs]{{Name: "mode", Short: true, Set: (*kindArgs).setMode}}
}

// setMode reads a MACVLAN_MODE_* by its name.
func (k *kindArgs) setMode(v string) error {
	modes := [...]string{"private", "vepa", "bridge", "passthru", "source"}
	for i, name := range modes {
		if v == name {
			return k.add(nl.IFLA_MACVLAN_MODE, nl.Uint32Attr(1<<i))
		}
	}
	return iproute.Fail(`Error: argument of "mode" must be "private", "vepa", "bridge", "passthru" or "source", not "` + v + `"`)
}

func vlanTerms() []iproute.Term[*kindArgs] {
	return []iproute.Term[*kindArgs]{{Name: "id", Short: true, Set: func(k *kindArgs, v string) error {
		n, ok := iproute.Unsigned(v, 16)
		if !ok {
			return iproute.Invalid("id is invalid", v)
		}
		return k.add(nl.IFLA_VLAN_ID, nl.Uint16Attr(uint16(n)))
	}}}
}
