package change

import (
	"io"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/netns"
	"nstools/internal/rtnl"
	"nstools/internal/wire"
)

// linkArgs are the arguments of a command about a device, new or existing.
type linkArgs struct {
	stderr         io.Writer  // for warnings
	conn           *rtnl.Conn // to the namespace with the devices
	create         bool
	change         link.DeviceChange
	dev            string            // a bare word, or behind dev; "" for none
	devGiven       bool              // dev was given, not just taken from the name
	name           string            // behind name
	parent         *string           // behind link
	kind           *string           // behind type
	rest           iproute.Args      // behind the kind
	opened         []int             // descriptors of namespaces, until the message has been sent
	namespaceGiven bool              // the device is to move or to be made elsewhere
	namespace      wire.NamespaceRef // where to; zero for the current namespace
	peer           *linkArgs         // the other end of a veth; nil for none
	addressLength  int               // of the link-layer address; 0 for none
}

func (w *linkArgs) closeNamespaces() {
	for _, fd := range w.opened {
		unix.Close(fd)
	}
}

func (w *linkArgs) read(args []string) (err error) {
	if w.rest, err = iproute.ReadTerms(w, args, linkTerms(), iproute.Term[*linkArgs]{Set: (*linkArgs).bareWord}); err != nil {
		return err
	}
	if w.name == "" { // "link set DEV" and "link set name DEV" are the same
		w.name = w.dev
	}
	if w.create {
		return w.checkNew()
	}
	return w.checkAddress()
}

// checkNew checks what ip checks before it reads the kind.
func (w *linkArgs) checkNew() error {
	if w.name != w.dev {
		return bothNamesError()
	}
	if w.parent == nil {
		return nil
	}
	index, err := link.Index(w.conn, *w.parent)
	w.change.Uint32(unix.IFLA_LINK, uint32(index))
	return err
}

// checkAddress compares the address's length with the device's. The kernel would cut a longer
// one.
func (w *linkArgs) checkAddress() error {
	if w.dev == "" || w.addressLength == 0 {
		return nil
	}
	d, err := link.Find(w.conn, w.dev)
	if err == nil && len(d.Address) > 0 && len(d.Address) != w.addressLength {
		return iproute.Fail("Invalid address length " + strconv.Itoa(w.addressLength) + " - must be " + strconv.Itoa(len(d.Address)) + " bytes")
	}
	return nil
}

// LinkWords returns the words of "ip link add", set and delete.
func LinkWords() []iproute.Word {
	return slices.Concat(iproute.WordsOf(linkTerms()), iproute.WordsOf(vxlanTerms()))
}

// linkTerms returns the grammar, in the order in which ip compares.
func linkTerms() []iproute.Term[*linkArgs] {
	return iproute.JoinTerms([]iproute.Term[*linkArgs]{
		{Name: "up", Bare: true, Set: setFlag(unix.IFF_UP, true)},
		{Name: "down", Bare: true, Set: setFlag(unix.IFF_UP, false)},
		{Name: "name", Once: "name", Set: (*linkArgs).setName},
		{Name: "index", Once: "index", Set: (*linkArgs).setIndex},
		{Name: "link", Short: true, Value: iproute.Device, Set: (*linkArgs).setParent},
		{Name: "address", Short: true, Set: (*linkArgs).setAddress},
		{Name: "broadcast", Short: true, Set: (*linkArgs).setBroadcast},
		{Name: "brd", Set: (*linkArgs).setBroadcast},
		{Name: "txqueuelen", Short: true, Once: "txqueuelen", Minus: true, Set: integer("txqueuelen", unix.IFLA_TXQLEN)},
		{Name: "qlen", Once: "txqueuelen", Minus: true, Set: integer("txqueuelen", unix.IFLA_TXQLEN)},
		{Name: "txqlen", Short: true, Once: "txqueuelen", Minus: true, Set: integer("txqueuelen", unix.IFLA_TXQLEN)},
		{Name: "mtu", Once: "mtu", Minus: true, Set: integer("mtu", unix.IFLA_MTU)},
	}, iproute.IPOnly[*linkArgs]("xdpgeneric", "xdpdrv", "xdpoffload", "xdp"), []iproute.Term[*linkArgs]{
		{Name: "netns", Once: "netns", Minus: true, Value: iproute.Namespace, Set: (*linkArgs).setNamespace},
		{Name: "multicast", Set: onOff("multicast", unix.IFF_MULTICAST, true)},
		{Name: "allmulticast", Set: onOff("allmulticast", unix.IFF_ALLMULTI, true)},
		{Name: "promisc", Set: onOff("promisc", unix.IFF_PROMISC, true)},
	}, iproute.IPOnly[*linkArgs]("trailers"), []iproute.Term[*linkArgs]{
		{Name: "arp", Set: onOff("arp", unix.IFF_NOARP, false)},
	}, iproute.IPOnly[*linkArgs]("carrier", "vf"), []iproute.Term[*linkArgs]{
		{Name: "master", Short: true, Value: iproute.Device, Set: (*linkArgs).setMaster},
	}, iproute.IPOnly[*linkArgs]("vrf"), []iproute.Term[*linkArgs]{
		{Name: "nomaster", Short: true, Bare: true, Set: func(w *linkArgs, _ string) error { w.change.Uint32(unix.IFLA_MASTER, 0); return nil }},
	}, iproute.IPOnly[*linkArgs]("dynamic-"), []iproute.Term[*linkArgs]{
		{Name: "type", Short: true, Last: true, Value: iproute.LinkKind, Set: func(w *linkArgs, v string) error { w.kind = &v; return nil }},
		{Name: "alias", Short: true, Set: (*linkArgs).setAlias},
	}, iproute.IPOnly[*linkArgs]("group", "mode", "state", "numtxqueues-", "numrxqueues-", "addrgenmode-", "link-netns-", "link-netnsid-",
		"protodown", "protodown_reason", "gso_max_size", "gso_max_segs", "gro_max_size", "gso_ipv4_max_size", "gro_ipv4_max_size",
		"parentdev", "help-"), []iproute.Term[*linkArgs]{
		{Name: "dev", Value: iproute.Device, Set: (*linkArgs).setDevice},
	})
}

// bareWord reads a bare word, which is a device.
func (w *linkArgs) bareWord(word string) error { return w.setDevice(word) }

// setDevice sets the device. Until then a name that was given stands for it.
func (w *linkArgs) setDevice(v string) error {
	switch {
	case w.devGiven:
		return iproute.Garbage(v)
	case !iproute.IsDeviceName(v):
		return iproute.Invalid(`"dev" not a valid ifname`, v)
	}
	w.dev, w.devGiven = v, true
	return nil
}

func (w *linkArgs) setName(v string) error {
	if !iproute.IsInterfaceName(v) {
		return iproute.Invalid(`"name" not a valid ifname`, v)
	}
	if w.name = v; w.dev == "" {
		w.dev = v
	}
	return nil
}

// setIndex reads the number for a new device. It is decimal.
func (w *linkArgs) setIndex(v string) error {
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil || n < 1 {
		return iproute.Invalid(`Invalid "index" value`, v)
	}
	w.change.Index = int(n)
	return nil
}

// setParent reads the lower device of a new device. ip ignores it for an existing one.
func (w *linkArgs) setParent(v string) error {
	if !w.create {
		return iproute.Garbage("link")
	}
	w.parent = &v
	return nil
}

func (w *linkArgs) setMaster(v string) error {
	index, err := link.Index(w.conn, v)
	if err != nil {
		return iproute.NoSuchMaster(v)
	}
	w.change.Uint32(unix.IFLA_MASTER, uint32(index))
	return nil
}

// setNamespace reads a name, or else the number of a process.
func (w *linkArgs) setNamespace(v string) error {
	w.namespaceGiven = true
	if fd, err := netns.Open(v, iproute.StatusUsage); err == nil {
		w.opened = append(w.opened, fd)
		w.namespace = wire.NamespaceRef{Name: v}
		w.change.Uint32(unix.IFLA_NET_NS_FD, uint32(fd))
		return nil
	}
	pid, ok := iproute.Integer(v)
	if !ok {
		f := iproute.Invalid("Invalid \"netns\" value\n", v)
		f.Hint = "there is no namespace of this name in " + netns.Dir + ", and it is no number of a process"
		return f
	}
	w.namespace = wire.NamespaceRef{PID: int(pid)}
	w.change.Uint32(unix.IFLA_NET_NS_PID, uint32(pid))
	return nil
}

func setFlag(flag uint32, on bool) func(*linkArgs, string) error {
	return func(w *linkArgs, _ string) error { w.change.Flag(flag, on); return nil }
}

func onOff(name string, flag uint32, whenOn bool) func(*linkArgs, string) error {
	return func(w *linkArgs, v string) error {
		if v != "on" && v != "off" {
			return iproute.Fail(`Error: argument of "` + name + `" must be "on" or "off", not "` + v + `"`)
		}
		w.change.Flag(flag, (v == "on") == whenOn)
		return nil
	}
}

// integer reads a number with a sign. The kernel's attribute is unsigned, and the kernel
// judges the value.
func integer(name string, attribute int) func(*linkArgs, string) error {
	return func(w *linkArgs, v string) error {
		n, ok := iproute.Integer(v)
		if !ok {
			return iproute.Invalid(`Invalid "`+name+"\" value\n", v)
		}
		w.change.Uint32(attribute, uint32(n))
		return nil
	}
}

func (w *linkArgs) setAlias(v string) error {
	const longest = 255 // IFALIASZ is 256, including the NUL
	if len(v) > longest {
		return iproute.Invalid("alias too long\n", v)
	}
	w.change.Bytes(unix.IFLA_IFALIAS, []byte(v))
	return nil
}

func (w *linkArgs) setAddress(v string) error {
	b, err := iproute.ParseHardware(v)
	w.addressLength = len(b)
	w.change.Bytes(unix.IFLA_ADDRESS, b)
	return err
}

func (w *linkArgs) setBroadcast(v string) error {
	b, err := iproute.ParseHardware(v)
	w.change.Bytes(unix.IFLA_BROADCAST, b)
	return err
}
