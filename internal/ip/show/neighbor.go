package show

import (
	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// Neighbors prints the table of neighbours.
func Neighbors(s *session.Session, args []string) error {
	if err := refuseColors(s); err != nil {
		return err
	}
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	f, err := ReadNeighborFilter(s, conn, args)
	if err != nil {
		return err
	}
	list, err := f.Neighbors()
	if err != nil {
		return err
	}
	return f.print(s, list)
}

// OneNeighbor prints the entry for an address.
func OneNeighbor(s *session.Session, args []string) error {
	if err := refuseColors(s); err != nil {
		return err
	}
	family, err := s.AddressFamily()
	if err != nil {
		return err
	}
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	q := &neighborQuestion{family: family}
	if _, err := iproute.ReadTerms(q, args, questionTerms(), iproute.Term[*neighborQuestion]{Set: (*neighborQuestion).setAddress}); err != nil {
		return err
	}
	if q.dev == nil && !q.anywhere || !q.given || q.about.Address.Family == unix.AF_UNSPEC {
		return iproute.Fail("Device and address are required arguments.")
	}
	if q.dev != nil {
		if q.about.Index, err = link.Index(conn, *q.dev); err != nil {
			return err
		}
	}
	n, err := q.about.Get(conn)
	if err != nil {
		return err
	}
	f := &NeighborFilter{conn: conn}
	return f.print(s, []link.Neighbor{n})
}

// A neighborQuestion is what stands behind neighbour get.
type neighborQuestion struct {
	family   int
	about    link.NeighborChange // an address, a device and NTF_PROXY
	given    bool
	anywhere bool // a device is not required
	dev      *string
}

// OneNeighborWords returns the words of "ip neighbour get".
func OneNeighborWords() []iproute.Word { return iproute.WordsOf(questionTerms()) }

// questionTerms returns the grammar, in the order in which ip compares.
func questionTerms() []iproute.Term[*neighborQuestion] {
	return []iproute.Term[*neighborQuestion]{
		{Name: "dev", Value: iproute.Device, Set: func(q *neighborQuestion, v string) error { q.dev = &v; return nil }},
		{Name: "proxy", Short: true, Set: (*neighborQuestion).setProxy},
		{Name: "to", Set: (*neighborQuestion).setAddress},
	}
}

func (q *neighborQuestion) setProxy(v string) error {
	if q.given && !iproute.Matches(v, "help") {
		return iproute.DuplicateValue("address", v)
	}
	q.anywhere = true
	q.about.Flags |= unix.NTF_PROXY
	return q.setAddress(v)
}

func (q *neighborQuestion) setAddress(v string) (err error) {
	if iproute.Matches(v, "help") {
		return iproute.HelpWanted()
	}
	if q.given {
		return iproute.DuplicateOrGarbage("to", v)
	}
	q.about.Address, err = iproute.ParseAddress(v, q.family)
	q.given = err == nil
	return err
}

// print prints entries.
func (f *NeighborFilter) print(s *session.Session, list []link.Neighbor) error {
	return printOutput(s, func(p *printer) error { f.append(s, p, list); return nil })
}

// PrintText prints entries as text.
func (f *NeighborFilter) PrintText(s *session.Session, list []link.Neighbor) error {
	return printText(s, func(p *printer) { f.append(s, p, list) })
}

func (f *NeighborFilter) append(s *session.Session, p *printer, list []link.Neighbor) {
	v := &neighborView{printer: p, cache: newDeviceCache(f.conn, nil), withDevice: f.index == 0, withTimes: s.Opt.Stats > 0}
	for i := range list {
		n := &list[i]
		p.object(func() {
			if s.Opt.Brief {
				v.brief(n)
			} else {
				v.neighbor(n)
			}
			v.textOnly("\n")
		})
	}
}

// A neighborView prints neighbours.
type neighborView struct {
	*printer
	cache      *deviceCache
	withDevice bool // the filter does not determine the device
	withTimes  bool
}

// brief prints three columns: address, device and link-layer address.
func (v *neighborView) brief(n *link.Neighbor) {
	const address, device = 39, 16 // widths of columns
	if n.Address.IsValid() {
		start := len(v.text)
		v.string("dst", "", addressText(n.Address), "")
		v.column(start, address)
	}
	if v.withDevice && n.Index != 0 {
		start := len(v.text)
		v.string("dev", "", v.cache.name(n.Index), "")
		v.column(start, device)
	}
	v.hardware(n, "", "")
}

// neighbor prints one entry, except for the newline.
func (v *neighborView) neighbor(n *link.Neighbor) {
	if n.Address.IsValid() {
		v.string("dst", "", addressText(n.Address), " ")
	}
	if v.withDevice && n.Index != 0 {
		v.string("dev", "dev ", v.cache.name(n.Index), " ")
	}
	v.hardware(n, "lladdr ", " ")
	for _, f := range [...]struct {
		on   bool
		word string
	}{
		{n.Flags&unix.NTF_ROUTER != 0, "router"},
		{n.Flags&unix.NTF_PROXY != 0, "proxy"},
		{n.ExtFlags&link.NeighborManaged != 0, "managed"},
		{n.ExtFlags&link.NeighborExternValidate != 0, "extern_valid"},
		{n.Flags&unix.NTF_EXT_LEARNED != 0, "extern_learn"},
		{n.Flags&unix.NTF_OFFLOADED != 0, "offload"},
	} {
		if f.on {
			v.null(f.word, f.word+" ")
		}
	}
	if v.withTimes {
		v.times(n)
	}
	v.state(n.State)
	if n.Protocol != 0 {
		v.string("protocol", "proto ", v.named(iproute.Protocols(), uint32(n.Protocol)), " ")
	}
}

func (v *neighborView) hardware(n *link.Neighbor, before, after string) {
	if n.Hardware == nil {
		return
	}
	d, _ := v.cache.get(n.Index)
	v.string("lladdr", before, hardwareAddress(d.Type, n.Hardware), after)
}

// times prints how many seconds ago an entry was used, confirmed and updated.
func (v *neighborView) times(n *link.Neighbor) {
	const hundredths = 100 // USER_HZ
	if n.HasTimes {
		if n.Users != 0 {
			v.int("refcnt", " ref ", int64(n.Users), "")
		}
		v.int("used", " used ", int64(n.Used/hundredths), "")
		v.int("confirmed", "/", int64(n.Confirmed/hundredths), "")
		v.int("updated", "/", int64(n.Updated/hundredths), "")
	}
	if n.HasProbes {
		v.int("probes", "probes ", int64(n.Probes), " ")
	}
}

// neighborStateWords are the states in the order of their bits.
var neighborStateWords = [...]string{"INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED", "NOARP", "PERMANENT"}

func (v *neighborView) state(state uint16) {
	if state == unix.NUD_NONE {
		return
	}
	v.array("state", func() {
		for bit, word := range neighborStateWords {
			if state&(1<<bit) != 0 {
				v.element(word)
			}
		}
	})
}
