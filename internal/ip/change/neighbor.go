package change

import (
	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// neighborArgs are the arguments of a command about a neighbour.
type neighborArgs struct {
	family   int // from -4 or -6; AF_UNSPEC for any
	change   link.NeighborChange
	given    bool // the address has been read
	anywhere bool // a device is not required
	dev      *string
	hardware *string
}

// AddNeighbor is "ip neighbour add".
func AddNeighbor(s *session.Session, args []string) error {
	return changeNeighbor(s, args, (*link.NeighborChange).Add)
}

// ChangeNeighbor is "ip neighbour change".
func ChangeNeighbor(s *session.Session, args []string) error {
	return changeNeighbor(s, args, (*link.NeighborChange).Change)
}

// ReplaceNeighbor is "ip neighbour replace".
func ReplaceNeighbor(s *session.Session, args []string) error {
	return changeNeighbor(s, args, (*link.NeighborChange).Replace)
}

// DeleteNeighbor is "ip neighbour delete".
func DeleteNeighbor(s *session.Session, args []string) error {
	return changeNeighbor(s, args, (*link.NeighborChange).Delete)
}

// changeNeighbor makes a request from arguments, and sends it.
func changeNeighbor(s *session.Session, args []string, request func(*link.NeighborChange) link.Request) error {
	family, err := s.AddressFamily()
	if err != nil {
		return err
	}
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	w := &neighborArgs{family: family, change: link.NeighborChange{State: unix.NUD_PERMANENT}}
	if err := w.read(conn, args); err != nil {
		return err
	}
	return request(&w.change).Send(conn)
}

// read reads the arguments. What may fail comes in ip's order.
func (w *neighborArgs) read(conn *rtnl.Conn, args []string) error {
	_, err := iproute.ReadTerms(w, args, neighborTerms(), iproute.Term[*neighborArgs]{Take: (*neighborArgs).takeAddress})
	if err != nil {
		return err
	}
	if w.dev == nil && !w.anywhere || !w.given || w.change.Address.Family == unix.AF_UNSPEC {
		return iproute.Usage("Device and destination are required arguments.")
	}
	if w.hardware != nil && *w.hardware != "null" {
		if w.change.Hardware, err = iproute.ParseHardware(*w.hardware); err != nil {
			return err
		}
		const longest = 20 // ip reads no more of it
		w.change.Hardware = w.change.Hardware[:min(longest, len(w.change.Hardware))]
	}
	if w.dev != nil {
		w.change.Index, err = link.Index(conn, *w.dev)
	}
	return err
}

// NeighborWords returns the words of "ip neighbour add" and delete.
func NeighborWords() []iproute.Word { return iproute.WordsOf(neighborTerms()) }

// neighborTerms returns the grammar, in the order in which ip compares.
func neighborTerms() []iproute.Term[*neighborArgs] {
	flag := func(name string, short bool, f func(*link.NeighborChange)) iproute.Term[*neighborArgs] {
		return iproute.Term[*neighborArgs]{Name: name, Short: short, Bare: true, Set: func(w *neighborArgs, _ string) error { f(&w.change); return nil }}
	}
	return []iproute.Term[*neighborArgs]{
		{Name: "lladdr", Short: true, Once: "lladdr", Set: func(w *neighborArgs, v string) error { w.hardware = &v; return nil }},
		{Name: "nud", Set: (*neighborArgs).setState},
		{Name: "proxy", Short: true, Set: (*neighborArgs).setProxy},
		flag("router", false, func(c *link.NeighborChange) { c.Flags |= unix.NTF_ROUTER }),
		flag("use", false, func(c *link.NeighborChange) { c.Flags |= unix.NTF_USE }),
		flag("managed", false, func(c *link.NeighborChange) {
			c.ExtFlags |= link.NeighborManaged
			c.State = unix.NUD_NONE
		}),
		flag("extern_valid", false, func(c *link.NeighborChange) { c.ExtFlags |= link.NeighborExternValidate }),
		flag("extern_learn", true, func(c *link.NeighborChange) { c.Flags |= unix.NTF_EXT_LEARNED }),
		{Name: "dev", Value: iproute.Device, Set: func(w *neighborArgs, v string) error { w.dev = &v; return nil }},
		{Name: "protocol", Short: true, Set: (*neighborArgs).setProtocol},
		{Name: "to", Take: (*neighborArgs).takeAddress},
	}
}

func (w *neighborArgs) setState(v string) error {
	state, ok := iproute.ReadNeighborState(v)
	if !ok {
		return iproute.Invalid("nud state is bad", v)
	}
	w.change.State = state
	return nil
}

func (w *neighborArgs) setProxy(v string) error {
	if iproute.Matches(v, "help") {
		return iproute.HelpWanted()
	}
	if w.given {
		return iproute.DuplicateValue("address", v)
	}
	w.anywhere = true
	w.change.Flags |= unix.NTF_PROXY
	return w.setAddress(v)
}

// takeAddress reads [help] ADDR. ip skips the word help, and wants another one behind it.
func (w *neighborArgs) takeAddress(args *iproute.Args) error {
	word, err := args.Value()
	if err == nil && iproute.Matches(word, "help") {
		word, err = args.Value()
	}
	switch {
	case err != nil:
		return err
	case w.given:
		return iproute.DuplicateOrGarbage("to", word)
	}
	return w.setAddress(word)
}

func (w *neighborArgs) setAddress(v string) (err error) {
	w.change.Address, err = iproute.ParseAddress(v, w.family)
	w.given = err == nil
	return err
}

func (w *neighborArgs) setProtocol(v string) error {
	n, ok := iproute.Protocols().Code(v, 8)
	if !ok {
		return iproute.Invalid("\"protocol\" value is invalid\n", v)
	}
	protocol := uint8(n)
	w.change.Protocol = &protocol
	return nil
}
