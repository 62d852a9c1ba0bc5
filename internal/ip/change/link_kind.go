package change

import (
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/rtnl"
)

// A kind is a kind of device, and what may stand behind "type KIND".
type kind struct {
	name string
	data func(w *linkWords) (*nl.RtAttr, error) // reads it; nil for what only ip knows
	word string                                 // what ip calls a word there
}

// kinds are those that completion offers. Any other is made, too, where nothing stands
// behind it.
func kinds() []kind {
	macvlan := func(w *linkWords) (*nl.RtAttr, error) { return w.kindWords(macvlanTerms()) }
	return []kind{
		{name: "bridge"},
		{name: "dummy"},
		{name: "ifb"},
		{"macvlan", macvlan, "option"},
		{"macvtap", macvlan, "option"},
		{"veth", (*linkWords).veth, ""},
		{"vlan", func(w *linkWords) (*nl.RtAttr, error) { return w.kindWords(vlanTerms()) }, "command"},
		{"vxlan", (*linkWords).vxlan, "command"},
	}
}

// Kinds are the names of the kinds of devices that completion offers.
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

// kindData reads what stands behind "type KIND".
func (w *linkWords) kindData() (*nl.RtAttr, error) {
	if len(w.rest) == 0 {
		return nil, nil
	}
	if k := findKind(*w.kind); k.data != nil {
		return k.data(w)
	}
	return nil, iproute.Fail(`Garbage instead of arguments "` + w.rest[0] + ` ...". Try "ip link help".`).MayBeIP()
}

// veth reads what is said of the other end.
func (w *linkWords) veth() (*nl.RtAttr, error) {
	if word, _ := w.rest.Next(); word != "peer" {
		usage := iproute.Fail("Usage: ip link <options> type veth [peer <options>]\nTo get <options> type 'ip link add help'")
		usage.Stdout = true
		return nil, usage.MayBeIP()
	}
	peer := &linkWords{conn: w.conn, stderr: w.stderr, create: true}
	err := peer.read(w.rest)
	w.opened = append(w.opened, peer.opened...)
	w.peer = peer
	switch {
	case err != nil:
		return nil, err
	case peer.kind != nil:
		return nil, iproute.DuplicateValue("type", *peer.kind)
	}
	peer.rename()
	return peer.change.Peer(), nil
}

// A kindWords is what words say of a kind: its IFLA_INFO_DATA.
type kindWords struct {
	conn *rtnl.Conn
	data *nl.RtAttr
}

func newKind(w *linkWords) kindWords {
	return kindWords{conn: w.conn, data: nl.NewRtAttr(unix.IFLA_INFO_DATA, nil)}
}

func (k *kindWords) add(attribute int, b []byte) error {
	k.data.AddRtAttr(attribute, b)
	return nil
}

func (w *linkWords) kindWords(terms []iproute.Term[kindWords]) (*nl.RtAttr, error) {
	k := newKind(w)
	return k.data, readKind(w, &k, terms)
}

// readKind reads what stands behind the kind.
func readKind[T any](w *linkWords, t *T, terms []iproute.Term[T]) error {
	_, err := iproute.ReadTerms(t, w.rest, terms, iproute.Term[T]{Set: func(_ *T, word string) error {
		return iproute.Fail(*w.kind + ": unknown " + findKind(*w.kind).word + ` "` + word + `"?`).MayBeIP()
	}})
	return err
}

func macvlanTerms() []iproute.Term[kindWords] {
	return []iproute.Term[kindWords]{{Name: "mode", Short: true, Set: (*kindWords).setMode}}
}

// setMode takes a MACVLAN_MODE_* by its name.
func (k *kindWords) setMode(v string) error {
	modes := [...]string{"private", "vepa", "bridge", "passthru", "source"}
	for i, name := range modes {
		if v == name {
			return k.add(nl.IFLA_MACVLAN_MODE, nl.Uint32Attr(1<<i))
		}
	}
	return iproute.Fail(`Error: argument of "mode" must be "private", "vepa", "bridge", "passthru" or "source", not "` + v + `"`)
}

func vlanTerms() []iproute.Term[kindWords] {
	return []iproute.Term[kindWords]{{Name: "id", Short: true, Set: func(k *kindWords, v string) error {
		n, ok := iproute.Unsigned(v, 16)
		if !ok {
			return iproute.Invalid("id is invalid", v)
		}
		return k.add(nl.IFLA_VLAN_ID, nl.Uint16Attr(uint16(n)))
	}}}
}
