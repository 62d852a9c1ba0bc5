package ip

import (
	"io"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// An addressWords is what words say of an address.
type addressWords struct {
	family    int // that of -4, -6; AF_UNSPEC for any
	to        link.Assignment
	local     bool // the address itself has been read
	scoped    bool
	dev       *string
	broadcast string // + or -; "" for none or one that was given
	valid     *uint32
	preferred *uint32
	warn      func(text string)
}

func (r *run) addAddress(args []string) error {
	prepare := func(w *addressWords) error {
		const loopback = 127
		if !w.scoped && w.to.Local.Family == unix.AF_INET && len(w.to.Local.Addr) > 0 && w.to.Local.Addr[0] == loopback {
			w.to.Scope = unix.RT_SCOPE_HOST
		}
		return w.reckonBroadcast()
	}
	return r.onAddress(args, prepare, (*link.Assignment).Assign)
}

func (r *run) deleteAddress(args []string) error {
	prepare := func(w *addressWords) error {
		if a := w.to.Local; a.Family == unix.AF_INET && len(a.Addr) > 0 && !a.Given && w.to.Peer == nil {
			w.warn("Warning: Executing wildcard deletion to stay compatible with old scripts.\n" +
				"         Explicitly specify the prefix length (" + a.String() + ") to avoid this warning.\n" +
				"         This special behaviour is likely to disappear in further releases,\n" +
				"         fix your scripts!\n")
			w.to.AnyPeer = true
		}
		return nil
	}
	return r.onAddress(args, prepare, (*link.Assignment).Withdraw)
}

// onAddress reads the words about an address, prepares it and has it given or taken.
// The order is ip's, of which message comes first.
func (r *run) onAddress(args []string, prepare func(*addressWords) error, do func(*link.Assignment, *rtnl.Conn) error) error {
	family, err := r.addressFamily()
	if err != nil {
		return err
	}
	w := &addressWords{family: family, warn: func(text string) { io.WriteString(r.stderr, text) }}
	w.to.Local.Family = family
	if _, err := read(w, args, addressTerms(), term[addressWords]{set: (*addressWords).setLocal}); err != nil {
		return err
	}
	if w.dev == nil {
		return iproute.Fail(`Not enough information: "dev" argument is required.`)
	}
	if w.to.Peer != nil && w.to.Peer.Bits == 0 {
		w.to.Peer.Bits = w.to.Local.Bits
	}
	if err := prepare(w); err != nil {
		return err
	}
	conn, err := rtnl.Open(r.inNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	if w.to.Index, err = link.Index(conn, *w.dev); err != nil {
		return err
	}
	if err := w.lifetime(); err != nil {
		return err
	}
	if w.to.Flags&unix.IFA_F_MCAUTOJOIN != 0 && !w.to.Local.IsMulticast() {
		return iproute.Fail("autojoin needs multicast address")
	}
	return do(&w.to, conn)
}

// addressTerms is the grammar, in the order in which ip compares.
func addressTerms() []term[addressWords] {
	flag := func(name string, flag uint32) term[addressWords] {
		return term[addressWords]{name: name, bare: true, set: func(w *addressWords, _ string) error { w.to.Flags |= flag; return nil }}
	}
	flag6 := func(name string, flag uint32) term[addressWords] {
		return term[addressWords]{name: name, bare: true, set: func(w *addressWords, _ string) error { w.flagOfIPv6(name, flag); return nil }}
	}
	return []term[addressWords]{
		{name: "peer", once: "peer", set: (*addressWords).setPeer},
		{name: "remote", once: "peer", set: (*addressWords).setPeer},
		{name: "broadcast", short: true, once: "broadcast", set: (*addressWords).setBroadcast},
		{name: "brd", once: "broadcast", set: (*addressWords).setBroadcast},
		{name: "scope", set: (*addressWords).setScope},
		{name: "dev", set: func(w *addressWords, v string) error { w.dev = &v; return nil }},
		{name: "label", set: func(w *addressWords, v string) error { w.to.Label = v; return nil }},
		{name: "metric", short: true, set: (*addressWords).setMetric},
		{name: "priority", short: true, set: (*addressWords).setMetric},
		{name: "preference", short: true, set: (*addressWords).setMetric},
		{name: "valid_lft", short: true, set: func(w *addressWords, v string) error { return seconds(&w.valid, "valid_lft", v) }},
		{name: "preferred_lft", short: true, set: func(w *addressWords, v string) error { return seconds(&w.preferred, "preferred_lft", v) }},
		flag6("home", unix.IFA_F_HOMEADDRESS),
		flag6("nodad", unix.IFA_F_NODAD),
		flag6("mngtmpaddr", unix.IFA_F_MANAGETEMPADDR),
		flag("noprefixroute", unix.IFA_F_NOPREFIXROUTE),
		flag("autojoin", unix.IFA_F_MCAUTOJOIN),
		{name: "local", set: (*addressWords).setLocal},
	}
}

func (w *addressWords) setLocal(v string) error {
	if w.local {
		return iproute.Duplicate("local", v)
	}
	p, err := iproute.ParsePrefix(v, w.family)
	if err != nil {
		return err
	}
	w.local, w.to.Local = true, p
	w.is(p.Family)
	return nil
}

func (w *addressWords) setPeer(v string) error {
	p, err := iproute.ParsePrefix(v, w.family)
	if err != nil {
		return err
	}
	w.to.Peer = &p
	w.is(p.Family)
	return nil
}

// flagOfIPv6 sets a flag of an address that is known to be one of IPv6, and else warns.
func (w *addressWords) flagOfIPv6(name string, flag uint32) {
	if w.family != unix.AF_INET6 {
		w.warn("Warning: " + name + " option can be set only for IPv6 addresses\n")
		return
	}
	w.to.Flags |= flag
}

// is makes what follows be of the family of what was read first.
func (w *addressWords) is(family int) {
	if w.family == unix.AF_UNSPEC {
		w.family = family
	}
}

// setBroadcast takes an address, or + and - for the last and the first of the network.
func (w *addressWords) setBroadcast(v string) error {
	if v == "+" || v == "-" {
		w.broadcast = v
		return nil
	}
	a, err := iproute.ParseAddress(v, w.family)
	w.to.Broadcast = a.Addr
	w.is(a.Family)
	return err
}

// reckonBroadcast is setBroadcast for + and -, when the network is known.
func (w *addressWords) reckonBroadcast() error {
	if w.broadcast == "" {
		return nil
	}
	local := w.to.Local
	if local.Family != unix.AF_INET {
		return iproute.Fail("Broadcast can be set only for IPv4 addresses")
	}
	of := local
	if w.to.Peer != nil {
		of = *w.to.Peer
	}
	const oneHost = 31 // from here on there is no broadcast
	if of.Bits >= oneHost {
		return nil
	}
	w.to.Broadcast = make([]byte, len(of.Addr))
	for i := range w.to.Broadcast {
		host := byte(0xff)
		if n := of.Bits - 8*i; n >= 8 {
			host = 0
		} else if n > 0 {
			host >>= n
		}
		w.to.Broadcast[i] = of.Addr[i] &^ host
		if w.broadcast == "+" {
			w.to.Broadcast[i] |= host
		}
	}
	return nil
}

func (w *addressWords) setScope(v string) error {
	n, ok := scopes().code(v, 8)
	if !ok {
		return iproute.Usage(`Error: argument "` + v + `" is wrong: invalid scope value.`)
	}
	w.to.Scope, w.scoped = uint8(n), true
	return nil
}

func (w *addressWords) setMetric(v string) error {
	n, ok := iproute.Unsigned(v, 32)
	if !ok {
		return iproute.Invalid("\"metric\" value is invalid\n", v)
	}
	w.to.Metric = n
	return nil
}

// seconds reads a lifetime.
func seconds(to **uint32, name, v string) error {
	if *to != nil {
		return iproute.Second(name, name)
	}
	n := uint32(link.Forever)
	if v != "forever" {
		var ok bool
		if n, ok = iproute.Unsigned(v, 32); !ok {
			return iproute.Invalid(name+" value", v)
		}
	}
	*to = &n
	return nil
}

// lifetime says both times where one of them was said.
func (w *addressWords) lifetime() error {
	if w.valid == nil && w.preferred == nil {
		return nil
	}
	l := link.Lifetime{Valid: link.Forever, Preferred: link.Forever}
	if w.valid != nil {
		l.Valid = *w.valid
	}
	if w.preferred != nil {
		l.Preferred = *w.preferred
	}
	switch {
	case l.Valid == 0:
		return iproute.Fail("valid_lft is zero")
	case l.Preferred > l.Valid:
		return iproute.Fail("preferred_lft is greater than valid_lft")
	}
	w.to.Lifetime = &l
	return nil
}
