package change

import (
	"errors"
	"io"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/link"
)

// vxlanArgs are the arguments of a vxlan. Each attribute may be given once.
type vxlanArgs struct {
	kindArgs
	given         map[int]bool // IFLA_VXLAN_*
	local, remote iproute.Prefix
}

// vxlan reads them. Like ip it warns if no port is given: the kernel's default is older than
// the registered port.
func (w *linkArgs) vxlan() (*nl.RtAttr, error) {
	v := &vxlanArgs{kindArgs: newKind(w), given: make(map[int]bool)}
	if err := readKind(w, v, vxlanTerms()); err != nil {
		return nil, err
	}
	switch {
	case !v.given[nl.IFLA_VXLAN_ID]:
		return nil, iproute.Fail("vxlan: missing virtual network identifier").MayBeIP() // external needs none
	case v.remote.IsMulticast() && !v.given[nl.IFLA_VXLAN_LINK]:
		return nil, iproute.Fail("vxlan: 'group' requires 'dev' to be specified")
	}
	if !v.given[nl.IFLA_VXLAN_PORT] {
		io.WriteString(w.stderr, "vxlan: destination port not specified\n"+
			"Will use Linux kernel default (non-standard value)\n"+
			"Use 'dstport 4789' to get the IANA assigned value\n"+
			"Use 'dstport 0' to get default and quiet this message\n")
	}
	v.address(v.local, nl.IFLA_VXLAN_LOCAL, nl.IFLA_VXLAN_LOCAL6)
	v.address(v.remote, nl.IFLA_VXLAN_GROUP, nl.IFLA_VXLAN_GROUP6)
	return v.data, nil
}

// address adds the attribute of an address that was given.
func (v *vxlanArgs) address(a iproute.Prefix, inet, inet6 int) {
	switch a.Family {
	case unix.AF_INET:
		v.add(inet, a.Addr)
	case unix.AF_INET6:
		v.add(inet6, a.Addr)
	}
}

func vxlanTerms() []iproute.Term[*vxlanArgs] {
	once := func(word string, attribute int, set func(*vxlanArgs, string) error) iproute.Term[*vxlanArgs] {
		return iproute.Term[*vxlanArgs]{Name: word, Short: true, Set: func(v *vxlanArgs, value string) error {
			if v.given[attribute] {
				return iproute.DuplicateOrGarbage(word, value)
			}
			v.given[attribute] = true
			return set(v, value)
		}}
	}
	learning := func(word string, on byte) iproute.Term[*vxlanArgs] {
		t := once(word, nl.IFLA_VXLAN_LEARNING, func(v *vxlanArgs, _ string) error { return v.add(nl.IFLA_VXLAN_LEARNING, []byte{on}) })
		set := t.Set
		t.Bare, t.Set = true, func(v *vxlanArgs, _ string) error { return set(v, word) }
		return t
	}
	id := once("id", nl.IFLA_VXLAN_ID, (*vxlanArgs).setID)
	vni := id
	vni.Name = "vni"
	device := once("dev", nl.IFLA_VXLAN_LINK, (*vxlanArgs).setDevice)
	device.Value = iproute.Device
	return []iproute.Term[*vxlanArgs]{
		id,
		vni,
		{Name: "group", Short: true, Take: peerOf(once("group", nl.IFLA_VXLAN_GROUP, (*vxlanArgs).setGroup), iproute.Prefix.IsUnicast)},
		{Name: "remote", Short: true, Take: peerOf(once("remote", nl.IFLA_VXLAN_GROUP, (*vxlanArgs).setRemote), iproute.Prefix.IsMulticast)},
		once("local", nl.IFLA_VXLAN_LOCAL, (*vxlanArgs).setLocal),
		device,
		{Name: "dsfield", Short: true, Bare: true, Set: func(*vxlanArgs, string) error { return iproute.Garbage("dsfield") }}, // only ip supports it
		once("dstport", nl.IFLA_VXLAN_PORT, (*vxlanArgs).setPort),
		learning("nolearning", 0),
		learning("learning", 1),
	}
}

// peerOf reads a group or a remote. It refuses a second one before it looks at the value.
func peerOf(t iproute.Term[*vxlanArgs], other func(iproute.Prefix) bool) func(*vxlanArgs, *iproute.Args) error {
	return func(v *vxlanArgs, args *iproute.Args) error {
		if other(v.remote) {
			return iproute.Fail("vxlan: both group and remote cannot be specified")
		}
		return t.Read(v, args, nil)
	}
}

func (v *vxlanArgs) setID(word string) error {
	n, ok := iproute.Unsigned(word, 32)
	if !ok || n >= 1<<24 {
		return iproute.Invalid("invalid id", word)
	}
	return v.add(nl.IFLA_VXLAN_ID, nl.Uint32Attr(n))
}

func (v *vxlanArgs) setPort(word string) error {
	n, ok := iproute.Unsigned(word, 16)
	if !ok {
		return iproute.Invalid("dst port", word)
	}
	return v.add(nl.IFLA_VXLAN_PORT, nl.BEUint16Attr(uint16(n)))
}

func (v *vxlanArgs) setDevice(word string) error {
	d, err := link.Find(v.conn, word)
	switch {
	case errors.Is(err, unix.ENODEV):
		missing := iproute.CannotFindDevice(word)
		missing.Status = iproute.StatusUsage
		return missing
	case err != nil:
		return err
	}
	return v.add(nl.IFLA_VXLAN_LINK, nl.Uint32Attr(uint32(d.Index)))
}

func (v *vxlanArgs) setGroup(word string) (err error) {
	v.remote, err = vxlanAddress("group", word, v.local.Family, iproute.Prefix.IsMulticast)
	return err
}

func (v *vxlanArgs) setRemote(word string) (err error) {
	v.remote, err = vxlanAddress("remote", word, v.local.Family, iproute.Prefix.IsUnicast)
	return err
}

func (v *vxlanArgs) setLocal(word string) (err error) {
	v.local, err = vxlanAddress("local", word, v.remote.Family, iproute.Prefix.IsUnicast)
	return err
}

// vxlanAddress reads an address of the family of the other end, if that is known.
func vxlanAddress(what, word string, family int, good func(iproute.Prefix) bool) (iproute.Prefix, error) {
	a, err := iproute.ParseAddress(word, family)
	if err == nil && !good(a) {
		err = iproute.Invalid("invalid "+what+" address", word)
	}
	return a, err
}
