package ip

import (
	"io"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// kindData reads what stands behind "type KIND". Kinds without a grammar here are made
// where nothing stands there; the rest is ip's.
func (r *run) kindData(w *linkWords) (*nl.RtAttr, error) {
	if len(w.rest) == 0 {
		return nil, nil
	}
	switch w.kind {
	case "veth":
		return w.veth()
	case "macvlan", "macvtap":
		return w.kindWords(macvlanTerms())
	case "vlan":
		return w.kindWords(vlanTerms())
	case "vxlan":
		return r.vxlan(w)
	}
	return nil, iproute.Fail(`Garbage instead of arguments "` + w.rest[0] + ` ...". Try "ip link help".`).MayBeIP()
}

// veth reads what is said of the other end.
func (w *linkWords) veth() (*nl.RtAttr, error) {
	if word, _ := w.rest.Next(); word != "peer" {
		return nil, iproute.Fail("Usage: ip link <options> type veth [peer <options>]\nTo get <options> type 'ip link add help'").MayBeIP()
	}
	peer := &linkWords{conn: w.conn}
	err := peer.read(w.rest)
	w.opened = append(w.opened, peer.opened...)
	switch {
	case err != nil:
		return nil, err
	case peer.dev != "" && peer.name != "":
		return nil, bothNames()
	}
	peer.rename(peer.dev + peer.name)
	return peer.change.Peer(), nil
}

// A kindWords is what words say of a kind: its IFLA_INFO_DATA.
type kindWords struct {
	conn *rtnl.Conn
	data *nl.RtAttr
	port bool
}

func (k *kindWords) add(attribute int, b []byte) error {
	k.data.AddRtAttr(attribute, b)
	return nil
}

func (w *linkWords) kindWords(terms []term[kindWords]) (*nl.RtAttr, error) {
	k := &kindWords{conn: w.conn, data: nl.NewRtAttr(unix.IFLA_INFO_DATA, nil)}
	return k.data, w.readKind(k, terms)
}

func (w *linkWords) readKind(k *kindWords, terms []term[kindWords]) error {
	_, err := read(k, w.rest, terms, func(_ *kindWords, word string) error {
		return iproute.Usage(w.kind + `: unknown command "` + word + `"?`).MayBeIP()
	})
	return err
}

func macvlanTerms() []term[kindWords] {
	return []term[kindWords]{{name: "mode", short: true, set: (*kindWords).setMode}}
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

func vlanTerms() []term[kindWords] {
	return []term[kindWords]{{name: "id", short: true, set: func(k *kindWords, v string) error {
		n, ok := iproute.Unsigned(v, 16)
		if !ok {
			return iproute.Invalid("id is invalid", v)
		}
		return k.add(nl.IFLA_VLAN_ID, nl.Uint16Attr(uint16(n)))
	}}}
}

// vxlan warns as ip does where the port stays the kernel's, which is not the one that
// was registered later.
func (r *run) vxlan(w *linkWords) (*nl.RtAttr, error) {
	k := &kindWords{conn: w.conn, data: nl.NewRtAttr(unix.IFLA_INFO_DATA, nil)}
	if err := w.readKind(k, vxlanTerms()); err != nil {
		return nil, err
	}
	if !k.port {
		io.WriteString(r.stderr, "vxlan: destination port not specified\n"+
			"Will use Linux kernel default (non-standard value)\n"+
			"Use 'dstport 4789' to get the IANA assigned value\n"+
			"Use 'dstport 0' to get default and quiet this message\n")
	}
	return k.data, nil
}

func vxlanTerms() []term[kindWords] {
	return []term[kindWords]{
		{name: "id", short: true, set: (*kindWords).setVNI},
		{name: "vni", short: true, set: (*kindWords).setVNI},
		{name: "group", set: vxlanAddress(nl.IFLA_VXLAN_GROUP, nl.IFLA_VXLAN_GROUP6)},
		{name: "remote", set: vxlanAddress(nl.IFLA_VXLAN_GROUP, nl.IFLA_VXLAN_GROUP6)},
		{name: "local", set: vxlanAddress(nl.IFLA_VXLAN_LOCAL, nl.IFLA_VXLAN_LOCAL6)},
		{name: "dev", set: func(k *kindWords, v string) error {
			index, err := link.Index(k.conn, v)
			k.add(nl.IFLA_VXLAN_LINK, nl.Uint32Attr(uint32(index)))
			return err
		}},
		{name: "dstport", set: (*kindWords).setPort},
		{name: "nolearning", bare: true, set: func(k *kindWords, _ string) error { return k.add(nl.IFLA_VXLAN_LEARNING, []byte{0}) }},
		{name: "learning", bare: true, set: func(k *kindWords, _ string) error { return k.add(nl.IFLA_VXLAN_LEARNING, []byte{1}) }},
	}
}

func (k *kindWords) setVNI(v string) error {
	n, ok := iproute.Unsigned(v, 32)
	if !ok || n >= 1<<24 {
		return iproute.Invalid("invalid id", v)
	}
	return k.add(nl.IFLA_VXLAN_ID, nl.Uint32Attr(n))
}

func (k *kindWords) setPort(v string) error {
	n, ok := iproute.Unsigned(v, 16)
	if !ok {
		return iproute.Invalid("dst port", v)
	}
	k.port = true
	return k.add(nl.IFLA_VXLAN_PORT, nl.BEUint16Attr(uint16(n)))
}

func vxlanAddress(inet, inet6 int) func(*kindWords, string) error {
	return func(k *kindWords, v string) error {
		a, err := iproute.ParseAddress(v, unix.AF_UNSPEC)
		if err != nil {
			return err
		}
		attribute := inet
		if a.Family == unix.AF_INET6 {
			attribute = inet6
		}
		return k.add(attribute, a.Addr)
	}
}
