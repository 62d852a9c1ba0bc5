package show

import (
	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// A NeighborFilter is what stands behind neighbour show and flush.
type NeighborFilter struct {
	conn       *rtnl.Conn // to the namespace with the devices
	family     int        // AF_UNSPEC for any
	dev        *string
	index      int            // of the device; 0 for any
	master     int            // index, or link.NoMaster; 0 for any
	states     uint16         // the states to print, and noState
	allStates  uint16         // what "nud all" means
	stateGiven bool           // a state was given, and replaced the default
	unused     bool           // selects entries without a user
	proxy      bool           // selects proxies, and nothing else
	protocol   uint8          // 0 for any
	prefix     iproute.Prefix // contains the address; 0 bits for any
}

// noState selects entries in the state NUD_NONE, which has no bit.
const noState = 0x100

// ReadNeighborFilter reads the words behind "neighbour show".
func ReadNeighborFilter(s *session.Session, conn *rtnl.Conn, args []string) (*NeighborFilter, error) {
	const allButNoARP = 0xff &^ unix.NUD_NOARP
	return readNeighborFilter(s, args, &NeighborFilter{conn: conn, states: allButNoARP, allStates: 0xffff})
}

// ReadNeighborFlush reads the words behind "neighbour flush", which selects no permanent
// entries unless they are asked for.
func ReadNeighborFlush(s *session.Session, conn *rtnl.Conn, args []string) (*NeighborFilter, error) {
	const all = 0xffff &^ unix.NUD_NOARP
	return readNeighborFilter(s, args, &NeighborFilter{conn: conn, states: all &^ unix.NUD_PERMANENT, allStates: all})
}

func readNeighborFilter(s *session.Session, args []string, f *NeighborFilter) (*NeighborFilter, error) {
	var err error
	if f.family, err = s.AddressFamily(); err != nil {
		return nil, err
	}
	if _, err = iproute.ReadTerms(f, args, neighborFilterTerms(), iproute.Term[*NeighborFilter]{Set: (*NeighborFilter).setPrefix}); err != nil {
		return nil, err
	}
	if f.dev != nil {
		f.index, err = link.Index(f.conn, *f.dev)
	}
	return f, err
}

// NeighborWords returns the words of "ip neighbour show" and flush.
func NeighborWords() []iproute.Word { return iproute.WordsOf(neighborFilterTerms()) }

// neighborFilterTerms returns the grammar, in the order in which ip compares.
func neighborFilterTerms() []iproute.Term[*NeighborFilter] {
	yes := func(name string, set func(*NeighborFilter)) iproute.Term[*NeighborFilter] {
		return iproute.Term[*NeighborFilter]{Name: name, Bare: true, Set: func(f *NeighborFilter, _ string) error { set(f); return nil }}
	}
	return []iproute.Term[*NeighborFilter]{
		{Name: "dev", Once: "dev", Value: iproute.Device, Set: func(f *NeighborFilter, v string) error { f.dev = &v; return nil }},
		{Name: "master", Value: iproute.Device, Set: (*NeighborFilter).setMaster},
		{Name: "vrf", Value: iproute.Device, Set: (*NeighborFilter).setVRF},
		yes("nomaster", func(f *NeighborFilter) { f.master = link.NoMaster }),
		yes("unused", func(f *NeighborFilter) { f.unused = true }),
		{Name: "nud", Set: (*NeighborFilter).setState},
		yes("proxy", func(f *NeighborFilter) { f.proxy = true }),
		{Name: "protocol", Short: true, Set: (*NeighborFilter).setProtocol},
		{Name: "to", Set: (*NeighborFilter).setPrefix},
	}
}

func (f *NeighborFilter) setMaster(v string) (err error) {
	if f.master, err = link.Index(f.conn, v); err != nil {
		return iproute.NoSuchMaster(v)
	}
	return nil
}

func (f *NeighborFilter) setVRF(v string) (err error) {
	f.master, err = findVRF(f.conn, v)
	return err
}

// setState adds a state to those that are selected.
func (f *NeighborFilter) setState(v string) error {
	if !f.stateGiven {
		f.stateGiven, f.states = true, 0
	}
	state, ok := iproute.ReadNeighborState(v)
	switch {
	case !ok && v != "all":
		return iproute.Invalid("nud state is bad", v)
	case !ok:
		state = f.allStates
	case state == unix.NUD_NONE:
		state = noState
	}
	f.states |= state
	return nil
}

func (f *NeighborFilter) setProtocol(v string) error {
	n, ok := iproute.Protocols().Code(v, 8)
	if !ok && v != "all" {
		return iproute.Invalid("invalid \"protocol\"\n", v)
	}
	f.protocol = uint8(n)
	return nil
}

func (f *NeighborFilter) setPrefix(v string) (err error) {
	if iproute.Matches(v, "help") {
		return iproute.HelpWanted()
	}
	f.prefix, err = iproute.ParsePrefix(v, f.family)
	if f.family == unix.AF_UNSPEC {
		f.family = f.prefix.Family
	}
	return err
}

// SkipFailed makes the filter select no entries in the state NUD_FAILED.
func (f *NeighborFilter) SkipFailed() { f.states &^= unix.NUD_FAILED }

// Neighbors returns the entries that the filter selects.
func (f *NeighborFilter) Neighbors() ([]link.Neighbor, error) {
	all, err := link.Neighbors(f.conn, link.NeighborSelection{Family: f.family, Index: f.index, Master: f.master, Proxy: f.proxy})
	if err != nil {
		return nil, dumpFailed(err)
	}
	var list []link.Neighbor
	for i := range all {
		if f.matches(&all[i]) {
			list = append(list, all[i])
		}
	}
	return list, nil
}

func (f *NeighborFilter) matches(n *link.Neighbor) bool {
	switch {
	case f.family != unix.AF_UNSPEC && n.Family != f.family,
		f.index != 0 && n.Index != f.index,
		!f.matchesState(n),
		f.protocol != 0 && n.Protocol != f.protocol,
		f.unused && n.Users != 0:
		return false
	}
	return !n.Address.IsValid() || f.prefix.Contains(n.Address)
}

// matchesState reports whether the filter selects an entry by its state. Proxies and entries
// that a program maintains match any.
func (f *NeighborFilter) matchesState(n *link.Neighbor) bool {
	return f.states&n.State != 0 || n.Flags&(unix.NTF_PROXY|unix.NTF_EXT_LEARNED) != 0 ||
		n.State == unix.NUD_NONE && f.states&noState != 0
}
