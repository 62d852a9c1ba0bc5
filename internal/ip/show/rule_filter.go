package show

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// A RuleFilter is what stands behind rule show and flush. Nil and zero select any.
type RuleFilter struct {
	preferred   int // family from -4, -6 or -0; AF_UNSPEC for any
	family      int // of the rules that are requested
	priority    *uint32
	inverted    bool
	from, to    *iproute.Prefix
	tos         *uint8
	mark, mask  uint32
	in, out     *string
	l3mdev      bool
	uids        *link.NumberRange
	ipProtocol  uint8
	sourcePorts *link.NumberRange
	targetPorts *link.NumberRange
	sourceMask  *uint16
	targetMask  *uint16
	tunnelID    uint64
	dscp        *iproute.MaskedNumber
	flowLabel   *iproute.MaskedNumber
	table       uint32
	protocol    *uint8 // of a flush; ip prints rules of any
}

// ReadRuleFilter reads the words behind "rule show" and "rule flush".
func ReadRuleFilter(s *session.Session, args []string) (*RuleFilter, error) {
	preferred, err := s.AddressFamily()
	if err != nil {
		return nil, err
	}
	f := &RuleFilter{preferred: preferred, family: preferred}
	if preferred == unix.AF_UNSPEC {
		f.family = unix.AF_INET
	}
	_, err = iproute.ReadTerms(f, args, ruleFilterTerms(), iproute.Term[*RuleFilter]{Set: (*RuleFilter).setTo})
	return f, err
}

// RuleWords returns the words of "ip rule show" and flush.
func RuleWords() []iproute.Word { return iproute.WordsOf(ruleFilterTerms()) }

// ruleFilterTerms returns the grammar, in the order in which ip compares.
func ruleFilterTerms() []iproute.Term[*RuleFilter] {
	return []iproute.Term[*RuleFilter]{
		{Name: "preference", Short: true, Set: (*RuleFilter).setPriority},
		{Name: "order", Short: true, Set: (*RuleFilter).setPriority},
		{Name: "priority", Short: true, Set: (*RuleFilter).setPriority},
		{Name: "not", Bare: true, Set: func(f *RuleFilter, _ string) error { f.inverted = true; return nil }},
		{Name: "tos", Set: (*RuleFilter).setTOS},
		{Name: "dsfield", Set: (*RuleFilter).setTOS},
		{Name: "fwmark", Set: (*RuleFilter).setMark},
		{Name: "dev", Value: iproute.Device, Set: (*RuleFilter).setIn},
		{Name: "iif", Value: iproute.Device, Set: (*RuleFilter).setIn},
		{Name: "oif", Value: iproute.Device, Set: (*RuleFilter).setOut},
		{Name: "l3mdev", Bare: true, Set: func(f *RuleFilter, _ string) error { f.l3mdev = true; return nil }},
		{Name: "uidrange", Set: (*RuleFilter).setUIDs},
		{Name: "tun_id", Short: true, Set: (*RuleFilter).setTunnelID},
		{Name: "lookup", Short: true, Set: (*RuleFilter).setTable},
		{Name: "table", Short: true, Set: (*RuleFilter).setTable},
		{Name: "from", Short: true, Set: (*RuleFilter).setFrom},
		{Name: "src", Short: true, Set: (*RuleFilter).setFrom},
		{Name: "protocol", Short: true, Set: (*RuleFilter).setProtocol},
		{Name: "ipproto", Set: (*RuleFilter).setIPProtocol},
		{Name: "sport", Set: func(f *RuleFilter, v string) error {
			return readPorts(&f.sourcePorts, &f.sourceMask, "invalid port range\n", v)
		}},
		{Name: "dport", Set: func(f *RuleFilter, v string) error {
			return readPorts(&f.targetPorts, &f.targetMask, "invalid dport range\n", v)
		}},
		{Name: "dscp", Set: (*RuleFilter).setDSCP},
		{Name: "flowlabel", Set: (*RuleFilter).setFlowLabel},
		{Name: "dst", Short: true, Set: (*RuleFilter).setTo},
		{Name: "to", Short: true, Set: (*RuleFilter).setTo},
	}
}

func (f *RuleFilter) setPriority(v string) error {
	n, ok := iproute.Unsigned(v, 32)
	if !ok {
		return iproute.Invalid("preference value is invalid\n", v)
	}
	f.priority = &n
	return nil
}

func (f *RuleFilter) setTOS(v string) error {
	n, ok := iproute.ReadTOS(v)
	if !ok {
		return iproute.Invalid("TOS value is invalid\n", v)
	}
	f.tos = &n
	return nil
}

func (f *RuleFilter) setMark(v string) error {
	n, err := iproute.ReadMasked(v, "fwmark value is invalid\n", "fwmask value is invalid\n")
	f.mark = n.Number
	if n.Mask != nil {
		f.mask = *n.Mask
	}
	return err
}

func (f *RuleFilter) setIn(v string) error { return setDeviceName(&f.in, `"iif"/"dev"`, v) }

func (f *RuleFilter) setOut(v string) error { return setDeviceName(&f.out, `"oif"`, v) }

func setDeviceName(to **string, words, v string) error {
	if !iproute.IsInterfaceName(v) {
		return iproute.Invalid(words+" not a valid ifname", v)
	}
	*to = &v
	return nil
}

func (f *RuleFilter) setUIDs(v string) error {
	first, last, ok := iproute.ReadRange(v, 32)
	if !ok {
		return iproute.Invalid("invalid UID range\n", v)
	}
	f.uids = &link.NumberRange{First: first, Last: last}
	return nil
}

func (f *RuleFilter) setTunnelID(v string) error {
	var ok bool
	if f.tunnelID, ok = iproute.Unsigned64(v); !ok {
		return iproute.Invalid("\"tun_id\" value is invalid\n", v)
	}
	return nil
}

func (f *RuleFilter) setTable(v string) error {
	n, ok := iproute.RoutingTables().Code(v, 32)
	if !ok {
		return iproute.Invalid("table id value is invalid\n", v)
	}
	f.table = n
	return nil
}

func (f *RuleFilter) setFrom(v string) error { return f.setPrefix(&f.from, v) }

func (f *RuleFilter) setTo(v string) error { return f.setPrefix(&f.to, v) }

func (f *RuleFilter) setPrefix(to **iproute.Prefix, v string) error {
	p, err := iproute.ParsePrefix(v, f.family)
	*to = &p
	return err
}

func (f *RuleFilter) setProtocol(v string) error {
	n, ok := iproute.Protocols().Code(v, 8)
	protocol := uint8(n)
	switch {
	case ok:
		f.protocol = &protocol
	case v == "all":
		f.protocol = nil
	default:
		return iproute.Invalid("invalid \"protocol\"\n", v)
	}
	return nil
}

func (f *RuleFilter) setIPProtocol(v string) error {
	var ok bool
	if f.ipProtocol, ok = iproute.ReadIPProtocol(v); !ok {
		return iproute.Invalid("Invalid \"ipproto\" value\n", v)
	}
	return nil
}

func readPorts(to **link.NumberRange, mask **uint16, message, v string) error {
	first, last, m, ok := iproute.ReadPorts(v)
	if !ok {
		return iproute.Invalid(message, v)
	}
	*to, *mask = &link.NumberRange{First: first, Last: last}, m
	return nil
}

func (f *RuleFilter) setDSCP(v string) error {
	n, err := iproute.ReadDSCPMasked(v)
	f.dscp = &n
	return err
}

func (f *RuleFilter) setFlowLabel(v string) error {
	n, err := iproute.ReadMasked(v, "invalid flowlabel", "invalid flowlabel mask")
	f.flowLabel = &n
	return err
}

// Rules returns the rules that the filter selects.
func (f *RuleFilter) Rules(conn *rtnl.Conn) ([]link.Rule, error) {
	all, err := link.Rules(conn, f.family)
	if err != nil {
		return nil, DumpTerminated(err)
	}
	var list []link.Rule
	for i := range all {
		if f.matches(&all[i]) {
			list = append(list, all[i])
		}
	}
	return list, nil
}

// dumpFailed returns the failure of a command that the kernel gave no whole answer.
func dumpFailed(err error) error {
	err = DumpTerminated(err)
	if f := rtnl.FailureOf(err); f != nil {
		f.Status = iproute.StatusFailed
	}
	return err
}

// DumpTerminated returns the failure of a command that has printed or changed only a part. See:
// iprule_list_flush_or_save of iproute2, whose status becomes 255.
func DumpTerminated(err error) error {
	f := rtnl.FailureOf(err)
	if f == nil {
		return err
	}
	f.Text += "\nDump terminated"
	f.Status = iproute.StatusUsage
	return f
}

func (f *RuleFilter) matches(r *link.Rule) bool {
	switch {
	case f.preferred != unix.AF_UNSPEC && r.Family != f.preferred,
		f.priority != nil && r.Priority != *f.priority,
		f.inverted && r.Flags&unix.FIB_RULE_INVERT == 0,
		!matchesNetwork(f.from, r.Family, r.From, r.FromBits),
		!matchesNetwork(f.to, r.Family, r.To, r.ToBits),
		f.tos != nil && r.TOS != *f.tos,
		f.mark != 0 && (r.Mark == nil || *r.Mark != f.mark),
		f.mask != 0 && (r.MarkMask == nil || *r.MarkMask != f.mask),
		!equal(f.in, r.In),
		!equal(f.out, r.Out),
		f.l3mdev && !r.L3MDev,
		!equal(f.uids, r.UIDs),
		f.ipProtocol != 0 && (r.IPProtocol == nil || *r.IPProtocol != f.ipProtocol),
		!matchesPorts(f.sourcePorts, f.sourceMask, r.SourcePorts, r.SourceMask),
		!matchesPorts(f.targetPorts, f.targetMask, r.TargetPorts, r.TargetMask),
		f.tunnelID != 0 && (r.TunnelID == nil || *r.TunnelID != f.tunnelID),
		!f.matchesNewer(r),
		f.table != 0 && r.Table != f.table:
		return false
	}
	return true
}

// MatchesProtocol reports whether a rule has the origin in the filter. A rule of a kernel that
// reports no origins matches any.
func (f *RuleFilter) MatchesProtocol(r *link.Rule) bool {
	return f.protocol == nil || r.Protocol == nil || *r.Protocol == *f.protocol
}

// equal reports whether a value of the filter is missing, or is that of a rule.
func equal[T comparable](wanted, value *T) bool {
	return wanted == nil || value != nil && *value == *wanted
}

// matchesNetwork reports whether a network in the filter contains that of a rule.
func matchesNetwork(p *iproute.Prefix, family int, a netip.Addr, bits int) bool {
	if p == nil || p.Family == unix.AF_UNSPEC {
		return true
	}
	if p.Family != family || p.Bits > bits {
		return false
	}
	return !a.IsValid() || p.Contains(a)
}

// matchesPorts compares ports. A missing mask means all bits.
func matchesPorts(wanted *link.NumberRange, wantedMask *uint16, value *link.NumberRange, mask *uint16) bool {
	all := uint16(0xffff)
	if wantedMask == nil {
		wantedMask = &all
	}
	if mask == nil {
		mask = &all
	}
	return wanted == nil || wanted.First == 0 || value != nil && *value == *wanted && *mask == *wantedMask
}

// matchesNewer compares what rules have since Linux 6.13.
func (f *RuleFilter) matchesNewer(r *link.Rule) bool {
	if f.dscp != nil {
		mask, wanted := uint32(iproute.AllDSCP), uint32(iproute.AllDSCP)
		if r.DSCPMask != nil {
			mask = uint32(*r.DSCPMask)
		}
		if f.dscp.Mask != nil {
			wanted = *f.dscp.Mask
		}
		if r.DSCP == nil || uint32(*r.DSCP) != f.dscp.Number || mask != wanted {
			return false
		}
	}
	if f.flowLabel != nil {
		wanted := uint32(iproute.AllFlowLabel)
		if f.flowLabel.Mask != nil {
			wanted = *f.flowLabel.Mask
		}
		if r.FlowLabel == nil || r.FlowLabelMask == nil || *r.FlowLabel != f.flowLabel.Number || *r.FlowLabelMask != wanted {
			return false
		}
	}
	return true
}
