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
	dev       string
	broadcast string
	valid     *uint32
	preferred *uint32
}

func (r *run) addAddress(args []string) error {
	return r.onAddress(args, func(conn *rtnl.Conn, w *addressWords) error {
		const loopback = 127
		if !w.scoped && w.to.Local.Family == unix.AF_INET && len(w.to.Local.Addr) > 0 && w.to.Local.Addr[0] == loopback {
			w.to.Scope = unix.RT_SCOPE_HOST
		}
		if err := w.lifetime(); err != nil {
			return err
		}
		return w.to.Assign(conn)
	})
}

func (r *run) deleteAddress(args []string) error {
	return r.onAddress(args, func(conn *rtnl.Conn, w *addressWords) error {
		if a := w.to.Local; a.Family == unix.AF_INET && len(a.Addr) > 0 && !a.Given && w.to.Peer == nil {
			io.WriteString(r.stderr, "Warning: Executing wildcard deletion to stay compatible with old scripts.\n"+
				"         Explicitly specify the prefix length ("+a.String()+") to avoid this warning.\n"+
				"         This special behaviour is likely to disappear in further releases,\n"+
				"         fix your scripts!\n")
			w.to.AnyPeer = true
		}
		return w.to.Withdraw(conn)
	})
}

// onAddress reads the words about an address and does something with them.
func (r *run) onAddress(args []string, do func(*rtnl.Conn, *addressWords) error) error {
	family, err := r.addressFamily()
	if err != nil {
		return err
	}
	w := &addressWords{family: family}
	w.to.Local.Family = family
	if _, err := read(w, args, addressTerms(), (*addressWords).setLocal); err != nil {
		return err
	}
	if w.dev == "" {
		return iproute.Fail(`Not enough information: "dev" argument is required.`)
	}
	if err := w.setBroadcast(); err != nil {
		return err
	}
	conn, err := rtnl.Open(r.inNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	if w.to.Index, err = link.Index(conn, w.dev); err != nil {
		return err
	}
	return do(conn, w)
}

// addressTerms is the grammar, in the order in which ip compares.
func addressTerms() []term[addressWords] {
	flag := func(name string, flag uint32) term[addressWords] {
		return term[addressWords]{name: name, bare: true, set: func(w *addressWords, _ string) error { w.to.Flags |= flag; return nil }}
	}
	return []term[addressWords]{
		{name: "peer", set: (*addressWords).setPeer},
		{name: "remote", set: (*addressWords).setPeer},
		{name: "broadcast", short: true, set: func(w *addressWords, v string) error { w.broadcast = v; return nil }},
		{name: "brd", set: func(w *addressWords, v string) error { w.broadcast = v; return nil }},
		{name: "scope", set: (*addressWords).setScope},
		{name: "dev", set: func(w *addressWords, v string) error { w.dev = v; return nil }},
		{name: "label", set: func(w *addressWords, v string) error { w.to.Label = v; return nil }},
		{name: "metric", short: true, set: (*addressWords).setMetric},
		{name: "priority", short: true, set: (*addressWords).setMetric},
		{name: "preference", short: true, set: (*addressWords).setMetric},
		{name: "valid_lft", short: true, set: func(w *addressWords, v string) error { return seconds(&w.valid, "valid_lft", v) }},
		{name: "preferred_lft", short: true, set: func(w *addressWords, v string) error { return seconds(&w.preferred, "preferred_lft", v) }},
		flag("home", unix.IFA_F_HOMEADDRESS),
		flag("nodad", unix.IFA_F_NODAD),
		flag("mngtmpaddr", unix.IFA_F_MANAGETEMPADDR),
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
	if w.family == unix.AF_UNSPEC {
		w.family = p.Family
	}
	return nil
}

func (w *addressWords) setPeer(v string) error {
	p, err := iproute.ParsePrefix(v, w.family)
	if err != nil {
		return err
	}
	w.to.Peer = &p
	if w.family == unix.AF_UNSPEC {
		w.family = p.Family
	}
	return nil
}

// setBroadcast takes an address, or + and - for the last and the first of the network.
func (w *addressWords) setBroadcast() error {
	if w.broadcast == "" {
		return nil
	}
	if w.broadcast != "+" && w.broadcast != "-" {
		a, err := iproute.ParseAddress(w.broadcast, w.family)
		w.to.Broadcast = a.Addr
		return err
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
