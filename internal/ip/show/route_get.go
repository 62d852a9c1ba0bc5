package show

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// OneRoute prints the route that a packet takes.
func OneRoute(s *session.Session, args []string) error {
	if err := refuseUnsupported(s); err != nil {
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
	q := &routeQuestion{conn: conn, about: link.RouteLookup{Family: family}}
	err = q.read(args)
	if f := (*iproute.Failure)(nil); errors.As(err, &f) {
		f.Warning = q.warnings.String() // another ip that knows the word prints its own warnings
		return f
	}
	io.WriteString(s.Stderr, q.warnings.String())
	if err != nil {
		return err
	}
	r, err := q.about.Do(conn)
	if err != nil {
		return err
	}
	if r.Encap {
		if err := reportMissing(s, "route "+prefixText(r.To), []string{"its encapsulation"}); err != nil {
			return err
		}
	}
	return printOutput(s, func(p *printer) error {
		v := &routeView{printer: p, cache: newDeviceCache(conn, nil), filter: &routeFilter{protocol: -1, scope: -1, tos: -1, kind: -1, metric: -1}}
		v.cache.single = true
		p.object(func() { v.route(&r) })
		return nil
	})
}

// A routeQuestion is what stands behind route get.
type routeQuestion struct {
	conn     *rtnl.Conn
	about    link.RouteLookup
	given    bool // the destination
	in, out  *string
	mark     uint32
	warnings strings.Builder
}

func (q *routeQuestion) read(args []string) error {
	if _, err := iproute.ReadTerms(q, args, routeQuestionTerms(), iproute.Term[*routeQuestion]{Set: (*routeQuestion).setTo}); err != nil {
		return err
	}
	if !q.given {
		return iproute.Fail("need at least a destination address")
	}
	for _, d := range []struct {
		name *string
		kind int
	}{{q.in, unix.RTA_IIF}, {q.out, unix.RTA_OIF}} {
		if d.name == nil {
			continue
		}
		index, err := link.Index(q.conn, *d.name)
		if err != nil {
			return err
		}
		q.about.Uint32(d.kind, uint32(index))
	}
	if q.mark != 0 {
		q.about.Uint32(unix.RTA_MARK, q.mark)
	}
	if q.about.Family == unix.AF_UNSPEC {
		q.about.Family = unix.AF_INET
	}
	return nil
}

// OneRouteWords returns the words of "ip route get".
func OneRouteWords() []iproute.Word { return iproute.WordsOf(routeQuestionTerms()) }

// routeQuestionTerms returns the grammar, in the order in which ip compares.
func routeQuestionTerms() []iproute.Term[*routeQuestion] {
	return iproute.JoinTerms([]iproute.Term[*routeQuestion]{
		{Name: "tos", Set: (*routeQuestion).setTOS},
		{Name: "dsfield", Short: true, Set: (*routeQuestion).setTOS},
		{Name: "from", Short: true, Set: (*routeQuestion).setFrom},
		{Name: "iif", Short: true, Value: iproute.Device, Set: func(q *routeQuestion, v string) error { q.in = &v; return nil }},
		{Name: "mark", Short: true, Set: (*routeQuestion).setMark},
		{Name: "oif", Short: true, Value: iproute.Device, Set: func(q *routeQuestion, v string) error { q.out = &v; return nil }},
		{Name: "dev", Value: iproute.Device, Set: func(q *routeQuestion, v string) error { q.out = &v; return nil }},
		{Name: "notify", Short: true, Bare: true, Set: func(q *routeQuestion, _ string) error { q.about.Notify = true; return nil }},
	}, iproute.IPOnly[*routeQuestion]("connected-"), []iproute.Term[*routeQuestion]{
		{Name: "vrf", Short: true, Value: iproute.Device, Set: (*routeQuestion).setVRF},
		{Name: "uid", Short: true, Set: (*routeQuestion).setUID},
		{Name: "fibmatch", Short: true, Bare: true, Set: func(q *routeQuestion, _ string) error { q.about.Match = true; return nil }},
	}, iproute.IPOnly[*routeQuestion]("as"), []iproute.Term[*routeQuestion]{
		{Name: "sport", Short: true, Set: func(q *routeQuestion, v string) error { return q.setPort(unix.RTA_SPORT, "invalid sport\n", v) }},
		{Name: "dport", Short: true, Set: func(q *routeQuestion, v string) error { return q.setPort(unix.RTA_DPORT, "invalid dport\n", v) }},
		{Name: "ipproto", Short: true, Set: (*routeQuestion).setIPProtocol},
		{Name: "flowlabel", Set: (*routeQuestion).setFlowLabel},
		{Name: "to", Set: (*routeQuestion).setTo},
	})
}

func (q *routeQuestion) setTOS(v string) (err error) {
	n, ok := iproute.ReadTOS(v)
	if !ok {
		return iproute.Invalid("TOS value is invalid\n", v)
	}
	q.about.TOS = n
	return nil
}

// prefix reads an address, which fixes the family.
func (q *routeQuestion) prefix(v string) (iproute.Prefix, error) {
	if iproute.Matches(v, "help") {
		return iproute.Prefix{}, iproute.HelpWanted()
	}
	p, err := iproute.ParsePrefix(v, q.about.Family)
	if err == nil && v == "default" { // zeros, if the family is known
		var a iproute.Prefix
		a, err = iproute.ParseAddress(v, q.about.Family)
		p.Addr = a.Addr
	}
	if err == nil && q.about.Family == unix.AF_UNSPEC {
		q.about.Family = p.Family
	}
	return p, err
}

func (q *routeQuestion) setFrom(v string) error {
	p, err := q.prefix(v)
	if err == nil {
		q.about.From(p)
	}
	return err
}

func (q *routeQuestion) setTo(v string) error {
	p, err := q.prefix(v)
	if err != nil {
		return err
	}
	whole := map[int]int{unix.AF_INET: 32, unix.AF_INET6: 128}[q.about.Family]
	if whole != 0 && p.Bits != whole {
		q.warnings.WriteString("Warning: /" + strconv.Itoa(p.Bits) + " as prefix is invalid, only /" + strconv.Itoa(whole) + " (or none) is supported.\n")
		p.Bits = whole
	}
	q.about.To(p)
	q.given = true
	return nil
}

func (q *routeQuestion) setMark(v string) error {
	var ok bool
	if q.mark, ok = iproute.Unsigned(v, 32); !ok {
		return iproute.Invalid("invalid mark value", v)
	}
	return nil
}

func (q *routeQuestion) setVRF(v string) error {
	if _, err := findVRF(q.conn, v); err != nil {
		return iproute.Invalid("Invalid VRF\n", v)
	}
	q.out = &v
	return nil
}

func (q *routeQuestion) setUID(v string) error {
	n, ok := iproute.Unsigned(v, 32)
	if !ok {
		return iproute.Invalid("invalid UID\n", v)
	}
	q.about.Uint32(unix.RTA_UID, n)
	return nil
}

func (q *routeQuestion) setPort(kind int, message, v string) error {
	n, ok := iproute.Unsigned(v, 16)
	if !ok {
		return iproute.Invalid(message, v)
	}
	q.about.Port(kind, uint16(n))
	return nil
}

func (q *routeQuestion) setIPProtocol(v string) error {
	n, ok := iproute.ReadIPProtocol(v)
	if !ok {
		return iproute.Invalid("Invalid \"ipproto\" value\n", v)
	}
	q.about.IPProtocol(n)
	return nil
}

func (q *routeQuestion) setFlowLabel(v string) error {
	n, ok := iproute.Unsigned(v, 32)
	if !ok {
		return iproute.Invalid("invalid flowlabel", v)
	}
	q.about.FlowLabel(n)
	return nil
}
