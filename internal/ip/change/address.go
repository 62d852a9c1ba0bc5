package change

import (
	"errors"
	"io"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// An addressWords is what words say of an address.
type addressWords struct {
	conn      *rtnl.Conn // of the namespace in which devices are looked up
	family    int        // that of -4, -6; AF_UNSPEC for any
	to        link.AddressChange
	local     bool // the address itself has been read, and is one
	scoped    bool
	dev       *string
	broadcast string // + or -; "" for none or one that was given
	valid     *uint32
	preferred *uint32
	warn      func(text string)
}

// AddAddress is "ip address add".
func AddAddress(s *session.Session, args []string) error { return onAddress(s, args, addressAdded) }

// DeleteAddress is "ip address delete".
func DeleteAddress(s *session.Session, args []string) error {
	return onAddress(s, args, addressDeleted)
}

// addressAdded is the request of "ip address add".
func addressAdded(w *addressWords, args []string) (link.Request, error) {
	err := w.read(args, func() error {
		const loopback = 127
		if !w.scoped && w.to.Local.Family == unix.AF_INET && len(w.to.Local.Addr) > 0 && w.to.Local.Addr[0] == loopback {
			w.to.Scope = unix.RT_SCOPE_HOST
		}
		return w.reckonBroadcast()
	})
	return w.to.Add(), err
}

// addressDeleted is the request of "ip address delete".
func addressDeleted(w *addressWords, args []string) (link.Request, error) {
	err := w.read(args, func() error {
		if a := w.to.Local; a.Family == unix.AF_INET && len(a.Addr) > 0 && !a.Given && w.to.Peer == nil {
			w.warn("Warning: Executing wildcard deletion to stay compatible with old scripts.\n" +
				"         Explicitly specify the prefix length (" + a.String() + ") to avoid this warning.\n" +
				"         This special behaviour is likely to disappear in further releases,\n" +
				"         fix your scripts!\n")
			w.to.AnyPeer = true
		}
		return nil
	})
	return w.to.Delete(), err
}

// onAddress has a request made of words about an address, and sends it.
func onAddress(s *session.Session, args []string, request func(*addressWords, []string) (link.Request, error)) error {
	family, err := s.AddressFamily()
	if err != nil {
		return err
	}
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	var warnings strings.Builder
	w := &addressWords{conn: conn, family: family, warn: func(text string) { warnings.WriteString(text) }}
	q, err := request(w, args)
	if f := (*iproute.Failure)(nil); errors.As(err, &f) {
		f.Warning = warnings.String() // whoever knows the word that we do not warns himself
		return f
	}
	io.WriteString(s.Stderr, warnings.String())
	return q.Send(conn)
}

// read reads the words and prepares for what will be done, in ip's order of what may
// fail.
func (w *addressWords) read(args []string, prepare func() error) error {
	_, err := iproute.ReadTerms(w, args, addressTerms(), iproute.Term[addressWords]{Set: (*addressWords).setLocal})
	if err != nil {
		return err
	}
	w.to.Family = w.family
	if w.dev == nil {
		return iproute.Fail(`Not enough information: "dev" argument is required.`)
	}
	if err := prepare(); err != nil {
		return err
	}
	if w.to.Index, err = link.Index(w.conn, *w.dev); err != nil {
		return err
	}
	if err := w.lifetime(); err != nil {
		return err
	}
	if w.to.Flags&unix.IFA_F_MCAUTOJOIN != 0 && !w.to.Local.IsMulticast() {
		return iproute.Fail("autojoin needs multicast address")
	}
	return nil
}

// AddressWords are the words of "ip address add" and delete.
func AddressWords() []iproute.Word { return iproute.WordsOf(addressTerms()) }

// addressTerms is the grammar, in the order in which ip compares.
func addressTerms() []iproute.Term[addressWords] {
	var flags []iproute.Term[addressWords]
	for _, f := range iproute.AddressFlags {
		flags = append(flags, iproute.Term[addressWords]{Name: f.Name, Bare: true, Set: func(w *addressWords, _ string) error { w.flag(f); return nil }})
	}
	return slices.Concat([]iproute.Term[addressWords]{
		{Name: "peer", Set: (*addressWords).setPeer},
		{Name: "remote", Set: (*addressWords).setPeer},
		{Name: "broadcast", Short: true, Set: (*addressWords).setBroadcast},
		{Name: "brd", Set: (*addressWords).setBroadcast},
		{Name: "anycast", Set: (*addressWords).setAnycast},
		{Name: "scope", Set: (*addressWords).setScope},
		{Name: "dev", Value: iproute.Device, Set: func(w *addressWords, v string) error { w.dev = &v; return nil }},
		{Name: "label", Set: func(w *addressWords, v string) error { w.to.Label = &v; return nil }},
		{Name: "metric", Short: true, Set: (*addressWords).setMetric},
		{Name: "priority", Short: true, Set: (*addressWords).setMetric},
		{Name: "preference", Short: true, Set: (*addressWords).setMetric},
		{Name: "valid_lft", Short: true, Set: func(w *addressWords, v string) error { return seconds(&w.valid, "valid_lft", v) }},
		{Name: "preferred_lft", Short: true, Set: func(w *addressWords, v string) error { return seconds(&w.preferred, "preferred_lft", v) }},
	}, flags, []iproute.Term[addressWords]{
		{Name: "proto", Set: (*addressWords).setProtocol},
	}, iproute.IPOnly[addressWords]("help-"), []iproute.Term[addressWords]{
		{Name: "local", Set: (*addressWords).setLocal},
	})
}

// prefix is iproute.ParsePrefix where default is a word for zeros, once the family is known.
func (w *addressWords) prefix(v string) (iproute.Prefix, error) {
	p, err := iproute.ParsePrefix(v, w.family)
	if err == nil && v == "default" {
		var a iproute.Prefix
		a, err = iproute.ParseAddress(v, w.family)
		p.Addr = a.Addr
	}
	return p, err
}

func (w *addressWords) setLocal(v string) error {
	if w.local {
		return iproute.DuplicateOrGarbage("local", v)
	}
	p, err := w.prefix(v)
	if err != nil {
		return err
	}
	w.local, w.to.Local = len(p.Addr) > 0, p
	if !w.local {
		w.to.Empty = append(w.to.Empty, unix.IFA_LOCAL)
	}
	w.is(p.Family)
	return nil
}

// setPeer counts no address as nothing said, as setBroadcast and setAnycast do: then it may
// be said again.
func (w *addressWords) setPeer(v string) error {
	if w.to.Peer != nil {
		return iproute.DuplicateValue("peer", v)
	}
	p, err := w.prefix(v)
	if err != nil {
		return err
	}
	if len(p.Addr) > 0 {
		w.to.Peer = &p
	} else {
		w.to.Empty = append(w.to.Empty, unix.IFA_ADDRESS)
	}
	w.is(p.Family)
	return nil
}

func (w *addressWords) setAnycast(v string) error {
	if len(w.to.Anycast) > 0 {
		return iproute.DuplicateValue("anycast", v)
	}
	a, err := iproute.ParseAddress(v, w.family)
	if w.to.Anycast = a.Addr; len(a.Addr) == 0 {
		w.to.Empty = append(w.to.Empty, unix.IFA_ANYCAST)
	}
	w.is(a.Family)
	return err
}

// flag sets one, and warns of those that are the kernel's own or not of this family.
func (w *addressWords) flag(f iproute.AddressFlag) {
	switch {
	case f.KernelOnly:
		w.warn("Warning: " + f.Name + " option is not mutable from userspace\n")
	case f.IPv6Only && w.family != unix.AF_INET6:
		w.warn("Warning: " + f.Name + " option can be set only for IPv6 addresses\n")
	default:
		w.to.Flags |= f.Bit
	}
}

// is makes what follows be of the family of what was read first.
func (w *addressWords) is(family int) {
	if w.family == unix.AF_UNSPEC {
		w.family = family
	}
}

// setBroadcast takes an address, or + and - for the last and the first of the network.
func (w *addressWords) setBroadcast(v string) error {
	if w.broadcast != "" || len(w.to.Broadcast) > 0 {
		return iproute.DuplicateValue("broadcast", v)
	}
	if v == "+" || v == "-" {
		w.broadcast = v
		return nil
	}
	a, err := iproute.ParseAddress(v, w.family)
	if w.to.Broadcast = a.Addr; len(a.Addr) == 0 {
		w.to.Empty = append(w.to.Empty, unix.IFA_BROADCAST)
	}
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
	n, ok := iproute.Scopes().Code(v, 8)
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
	w.to.Metric = &n
	return nil
}

func (w *addressWords) setProtocol(v string) error {
	n, ok := iproute.AddressProtocols().Code(v, 8)
	if !ok {
		return iproute.Invalid("\"proto\" value is invalid\n", v)
	}
	protocol := uint8(n)
	w.to.Protocol = &protocol
	return nil
}

// seconds reads a lifetime.
func seconds(to **uint32, name, v string) error {
	if *to != nil {
		return iproute.DuplicateValue(name, name)
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
