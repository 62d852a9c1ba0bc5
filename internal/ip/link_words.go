package ip

import (
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/netns"
	"nstools/internal/rtnl"
)

// A linkWords is what words say of a device, those of a new one and of one that there
// is being the same.
type linkWords struct {
	conn   *rtnl.Conn // of the namespace in which devices are looked up
	change link.Change
	dev    string // a bare word, or behind dev
	name   string // behind name
	kind   string
	rest   iproute.Words // behind the kind
	opened []int         // namespaces, until the message has been sent
}

func (w *linkWords) close() {
	for _, fd := range w.opened {
		unix.Close(fd)
	}
}

func (w *linkWords) read(args []string) (err error) {
	w.rest, err = read(w, args, linkTerms(), (*linkWords).bareWord)
	return err
}

// linkTerms is the grammar, in the order in which ip compares.
func linkTerms() []term[linkWords] {
	return []term[linkWords]{
		{name: "up", bare: true, set: setFlag(unix.IFF_UP, true)},
		{name: "down", bare: true, set: setFlag(unix.IFF_UP, false)},
		{name: "name", set: (*linkWords).setName},
		{name: "index", set: (*linkWords).setIndex},
		{name: "link", set: (*linkWords).setParent},
		{name: "address", short: true, set: hardware(unix.IFLA_ADDRESS)},
		{name: "broadcast", short: true, set: hardware(unix.IFLA_BROADCAST)},
		{name: "brd", set: hardware(unix.IFLA_BROADCAST)},
		{name: "txqueuelen", short: true, set: word("txqueuelen", unix.IFLA_TXQLEN)},
		{name: "qlen", set: word("txqueuelen", unix.IFLA_TXQLEN)},
		{name: "txqlen", set: word("txqueuelen", unix.IFLA_TXQLEN)},
		{name: "mtu", set: word("mtu", unix.IFLA_MTU)},
		{name: "netns", set: (*linkWords).setNamespace},
		{name: "multicast", set: onOff("multicast", unix.IFF_MULTICAST, true)},
		{name: "allmulticast", set: onOff("allmulticast", unix.IFF_ALLMULTI, true)},
		{name: "promisc", set: onOff("promisc", unix.IFF_PROMISC, true)},
		{name: "arp", set: onOff("arp", unix.IFF_NOARP, false)},
		{name: "master", set: (*linkWords).setMaster},
		{name: "nomaster", bare: true, set: func(w *linkWords, _ string) error { w.change.Word(unix.IFLA_MASTER, 0); return nil }},
		{name: "alias", set: func(w *linkWords, v string) error { w.change.Bytes(unix.IFLA_IFALIAS, []byte(v)); return nil }},
		{name: "type", short: true, last: true, set: func(w *linkWords, v string) error { w.kind = v; return nil }},
		{name: "dev", set: (*linkWords).setDevice},
	}
}

// bareWord is a device, unless ip may know better.
func (w *linkWords) bareWord(word string) error {
	const beyond = " xdp xdpgeneric xdpdrv xdpoffload trailers dynamic vf vrf mode state group numtxqueues numrxqueues addrgenmode" +
		" link-netns link-netnsid protodown protodown_reason gso_max_size gso_max_segs gro_max_size carrier parentdev help "
	if strings.Contains(beyond, " "+word+" ") {
		return iproute.Garbage(word)
	}
	return w.setDevice(word)
}

func (w *linkWords) setDevice(v string) error {
	if w.dev != "" {
		return iproute.Garbage(v)
	}
	w.dev = v
	return nil
}

func (w *linkWords) setName(v string) error {
	if !isDeviceName(v) {
		return iproute.Invalid(`"name" not a valid ifname`, v)
	}
	w.name = v
	return nil
}

// isDeviceName is what ip makes sure of; longer names are refused by the kernel.
func isDeviceName(s string) bool {
	return s != "" && !strings.ContainsAny(s, "/ \t\n\v\f\r")
}

// setIndex is the number that a new device is to get.
func (w *linkWords) setIndex(v string) error {
	n, ok := iproute.Integer(v)
	if !ok || n < 1 {
		return iproute.Invalid("Invalid \"index\" value\n", v)
	}
	w.change.Index = int(n)
	return nil
}

func (w *linkWords) setParent(v string) error {
	index, err := link.Index(w.conn, v)
	w.change.Word(unix.IFLA_LINK, uint32(index))
	return err
}

func (w *linkWords) setMaster(v string) error {
	index, err := link.Index(w.conn, v)
	if err != nil {
		return iproute.Invalid("Device does not exist\n", v)
	}
	w.change.Word(unix.IFLA_MASTER, uint32(index))
	return nil
}

// setNamespace takes a name or, where there is none, the number of a process.
func (w *linkWords) setNamespace(v string) error {
	if fd, err := netns.Open(v, iproute.StatusUsage); err == nil {
		w.opened = append(w.opened, fd)
		w.change.Word(unix.IFLA_NET_NS_FD, uint32(fd))
		return nil
	}
	pid, ok := iproute.Integer(v)
	if !ok {
		return iproute.Invalid("Invalid \"netns\" value\n", v)
	}
	w.change.Word(unix.IFLA_NET_NS_PID, uint32(pid))
	return nil
}

func setFlag(flag uint32, on bool) func(*linkWords, string) error {
	return func(w *linkWords, _ string) error { w.change.Flag(flag, on); return nil }
}

func onOff(name string, flag uint32, whenOn bool) func(*linkWords, string) error {
	return func(w *linkWords, v string) error {
		if v != "on" && v != "off" {
			return iproute.Fail(`Error: argument of "` + name + `" must be "on" or "off", not "` + v + `"`)
		}
		w.change.Flag(flag, (v == "on") == whenOn)
		return nil
	}
}

func word(name string, attribute int) func(*linkWords, string) error {
	return func(w *linkWords, v string) error {
		n, ok := iproute.Unsigned(v, 32)
		if !ok {
			return iproute.Invalid(`Invalid "`+name+"\" value\n", v)
		}
		w.change.Word(attribute, n)
		return nil
	}
}

func hardware(attribute int) func(*linkWords, string) error {
	return func(w *linkWords, v string) error {
		b, ok := parseHardwareAddress(v)
		if !ok {
			return iproute.Fail(`"` + v + `" is invalid lladdr.`)
		}
		w.change.Bytes(attribute, b)
		return nil
	}
}

// parseHardwareAddress reads bytes in hexadecimal with colons between.
func parseHardwareAddress(s string) ([]byte, bool) {
	var b []byte
	for part := range strings.SplitSeq(s, ":") {
		n, ok := iproute.Unsigned("0x"+part, 8)
		if !ok {
			return nil, false
		}
		b = append(b, byte(n))
	}
	return b, true
}
