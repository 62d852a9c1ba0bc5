package change

import (
	"errors"
	"io"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// addressArgs are the arguments of a command about an address.
type addressArgs struct {
	conn       *rtnl.Conn // to the namespace with the devices
	family     int        // from -4, -6 or the first address; AF_UNSPEC for any
	change     link.AddressChange
	localGiven bool // an address was given, and is not empty
	scopeGiven bool
	dev        *string
	broadcast  string // + or -; "" for none or for an address
	valid      *uint32
	preferred  *uint32
	warn       func(text string)
}

// AddAddress is "ip address add".
func AddAddress(s *session.Session, args []string) error {
	return changeAddress(s, args, newAddressRequest((*link.AddressChange).Add))
}

// ChangeAddress is "ip address change".
func ChangeAddress(s *session.Session, args []string) error {
	return changeAddress(s, args, newAddressRequest((*link.AddressChange).Change))
}

// ReplaceAddress is "ip address replace".
func ReplaceAddress(s *session.Session, args []string) error {
	return changeAddress(s, args, newAddressRequest((*link.AddressChange).Replace))
}

// DeleteAddress is "ip address delete".
func DeleteAddress(s *session.Session, args []string) error {
	return changeAddress(s, args, deleteAddressRequest)
}

// newAddressRequest returns the function that makes the request of "ip address add", change or
// replace.
func newAddressRequest(request func(*link.AddressChange) link.Request) func(w *addressArgs, args []string) (link.Request, error) {
	return func(w *addressArgs, args []string) (link.Request, error) {
		err := w.read(args, func() error {
			const loopback = 127
			if !w.scopeGiven && w.change.Local.Family == unix.AF_INET && len(w.change.Local.Addr) > 0 && w.change.Local.Addr[0] == loopback {
				w.change.Scope = unix.RT_SCOPE_HOST
			}
			return w.computeBroadcast()
		})
		return request(&w.change), err
	}
}

// deleteAddressRequest returns the request of "ip address delete".
func deleteAddressRequest(w *addressArgs, args []string) (link.Request, error) {
	err := w.read(args, func() error {
		if a := w.change.Local; a.Family == unix.AF_INET && len(a.Addr) > 0 && !a.Given && w.change.Peer == nil {
			w.warn("Warning: Executing wildcard deletion to stay compatible with old scripts.\n" +
				"         Explicitly specify the prefix length (" + a.String() + ") to avoid this warning.\n" +
				"         This special behaviour is likely to disappear in further releases,\n" +
				"         fix your scripts!\n")
			w.change.AnyPeer = true
		}
		return nil
	})
	return w.change.Delete(), err
}

// changeAddress makes a request from arguments, and sends it.
func changeAddress(s *session.Session, args []string, request func(*addressArgs, []string) (link.Request, error)) error {
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
	w := &addressArgs{conn: conn, family: family, warn: func(text string) { warnings.WriteString(text) }}
	q, err := request(w, args)
	if f := (*iproute.Failure)(nil); errors.As(err, &f) {
		f.Warning = warnings.String() // another ip that knows the word prints its own warnings
		return f
	}
	io.WriteString(s.Stderr, warnings.String())
	return q.Send(conn)
}

// read reads the arguments and calls prepare. What may fail comes in ip's order.
func (w *addressArgs) read(args []string, prepare func() error) error {
	_, err := iproute.ReadTerms(w, args, addressTerms(), iproute.Term[*addressArgs]{Set: (*addressArgs).setLocal})
	if err != nil {
		return err
	}
	w.change.Family = w.family
	if w.dev == nil {
		return iproute.Fail(`Not enough information: "dev" argument is required.`)
	}
	if err := prepare(); err != nil {
		return err
	}
	if w.change.Index, err = link.Index(w.conn, *w.dev); err != nil {
		return err
	}
	if err := w.setLifetime(); err != nil {
		return err
	}
	if w.change.Flags&unix.IFA_F_MCAUTOJOIN != 0 && !w.change.Local.IsMulticast() {
		return iproute.Fail("autojoin needs multicast address")
	}
	return nil
}

// AddressWords returns the words of "ip address add" and delete.
func AddressWords() []iproute.Word { return iproute.WordsOf(addressTerms()) }

// addressTerms returns the grammar, in the order in which ip compares.
func addressTerms() []iproute.Term[*addressArgs] {
	var flags []iproute.Term[*addressArgs]
	for _, f := range iproute.AddressFlags {
		flags = append(flags, iproute.Term[*addressArgs]{Name: f.Name, Bare: true, Set: func(w *addressArgs, _ string) error { w.setFlag(f); return nil }})
	}
	return iproute.JoinTerms([]iproute.Term[*addressArgs]{
		{Name: "peer", Set: (*addressArgs).setPeer},
		{Name: "remote", Set: (*addressArgs).setPeer},
		{Name: "broadcast", Short: true, Set: (*addressArgs).setBroadcast},
		{Name: "brd", Set: (*addressArgs).setBroadcast},
		{Name: "anycast", Set: (*addressArgs).setAnycast},
		{Name: "scope", Set: (*addressArgs).setScope},
		{Name: "dev", Value: iproute.Device, Set: func(w *addressArgs, v string) error { w.dev = &v; return nil }},
		{Name: "label", Set: func(w *addressArgs, v string) error { w.change.Label = &v; return nil }},
		{Name: "metric", Short: true, Set: (*addressArgs).setMetric},
		{Name: "priority", Short: true, Set: (*addressArgs).setMetric},
		{Name: "preference", Short: true, Set: (*addressArgs).setMetric},
		{Name: "valid_lft", Short: true, Set: func(w *addressArgs, v string) error { return setSeconds(&w.valid, "valid_lft", v) }},
		{Name: "preferred_lft", Short: true, Set: func(w *addressArgs, v string) error { return setSeconds(&w.preferred, "preferred_lft", v) }},
	}, flags, []iproute.Term[*addressArgs]{
		{Name: "proto", Set: (*addressArgs).setProtocol},
	}, iproute.IPOnly[*addressArgs]("help-"), []iproute.Term[*addressArgs]{
		{Name: "local", Set: (*addressArgs).setLocal},
	})
}

// prefix is iproute.ParsePrefix, except that default means zeros once the family is known.
func (w *addressArgs) prefix(v string) (iproute.Prefix, error) {
	p, err := iproute.ParsePrefix(v, w.family)
	if err == nil && v == "default" {
		var a iproute.Prefix
		a, err = iproute.ParseAddress(v, w.family)
		p.Addr = a.Addr
	}
	return p, err
}

func (w *addressArgs) setLocal(v string) error {
	if w.localGiven {
		return iproute.DuplicateOrGarbage("local", v)
	}
	p, err := w.prefix(v)
	if err != nil {
		return err
	}
	w.localGiven, w.change.Local = len(p.Addr) > 0, p
	if !w.localGiven {
		w.change.Empty = append(w.change.Empty, unix.IFA_LOCAL)
	}
	w.setFamily(p.Family)
	return nil
}

// setPeer ignores an empty address, as setBroadcast and setAnycast do: another one may follow.
func (w *addressArgs) setPeer(v string) error {
	if w.change.Peer != nil {
		return iproute.DuplicateValue("peer", v)
	}
	p, err := w.prefix(v)
	if err != nil {
		return err
	}
	if len(p.Addr) > 0 {
		w.change.Peer = &p
	} else {
		w.change.Empty = append(w.change.Empty, unix.IFA_ADDRESS)
	}
	w.setFamily(p.Family)
	return nil
}

func (w *addressArgs) setAnycast(v string) error {
	if len(w.change.Anycast) > 0 {
		return iproute.DuplicateValue("anycast", v)
	}
	a, err := iproute.ParseAddress(v, w.family)
	if w.change.Anycast = a.Addr; len(a.Addr) == 0 {
		w.change.Empty = append(w.change.Empty, unix.IFA_ANYCAST)
	}
	w.setFamily(a.Family)
	return err
}

// setFlag sets a flag. It warns of a flag that only the kernel sets, or that the family lacks.
func (w *addressArgs) setFlag(f iproute.AddressFlag) {
	switch {
	case f.KernelOnly:
		w.warn("Warning: " + f.Name + " option is not mutable from userspace\n")
	case f.IPv6Only && w.family != unix.AF_INET6:
		w.warn("Warning: " + f.Name + " option can be set only for IPv6 addresses\n")
	default:
		w.change.Flags |= f.Bit
	}
}

// setFamily fixes the family by the first address.
func (w *addressArgs) setFamily(family int) {
	if w.family == unix.AF_UNSPEC {
		w.family = family
	}
}

// setBroadcast reads an address, or + and - for the last and the first of the network.
func (w *addressArgs) setBroadcast(v string) error {
	if w.broadcast != "" || len(w.change.Broadcast) > 0 {
		return iproute.DuplicateValue("broadcast", v)
	}
	if v == "+" || v == "-" {
		w.broadcast = v
		return nil
	}
	a, err := iproute.ParseAddress(v, w.family)
	if w.change.Broadcast = a.Addr; len(a.Addr) == 0 {
		w.change.Empty = append(w.change.Empty, unix.IFA_BROADCAST)
	}
	w.setFamily(a.Family)
	return err
}

// computeBroadcast sets the broadcast address for + and -, when the network is known.
func (w *addressArgs) computeBroadcast() error {
	if w.broadcast == "" {
		return nil
	}
	local := w.change.Local
	if local.Family != unix.AF_INET {
		return iproute.Fail("Broadcast can be set only for IPv4 addresses")
	}
	of := local
	if w.change.Peer != nil {
		of = *w.change.Peer
	}
	const oneHost = 31 // longer prefixes have no broadcast address
	if of.Bits >= oneHost {
		return nil
	}
	w.change.Broadcast = make([]byte, len(of.Addr))
	for i := range w.change.Broadcast {
		host := byte(0xff)
		if n := of.Bits - 8*i; n >= 8 {
			host = 0
		} else if n > 0 {
			host >>= n
		}
		w.change.Broadcast[i] = of.Addr[i] &^ host
		if w.broadcast == "+" {
			w.change.Broadcast[i] |= host
		}
	}
	return nil
}

func (w *addressArgs) setScope(v string) error {
	n, ok := iproute.Scopes().Code(v, 8)
	if !ok {
		return iproute.Usage(`Error: argument "` + v + `" is wrong: invalid scope value.`)
	}
	w.change.Scope, w.scopeGiven = uint8(n), true
	return nil
}

func (w *addressArgs) setMetric(v string) error {
	n, ok := iproute.Unsigned(v, 32)
	if !ok {
		return iproute.Invalid("\"metric\" value is invalid\n", v)
	}
	w.change.Metric = &n
	return nil
}

func (w *addressArgs) setProtocol(v string) error {
	n, ok := iproute.AddressProtocols().Code(v, 8)
	if !ok {
		return iproute.Invalid("\"proto\" value is invalid\n", v)
	}
	protocol := uint8(n)
	w.change.Protocol = &protocol
	return nil
}

// setSeconds reads a lifetime.
func setSeconds(to **uint32, name, v string) error {
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

// setLifetime sets both times if one of them was given.
func (w *addressArgs) setLifetime() error {
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
	w.change.Lifetime = &l
	return nil
}
