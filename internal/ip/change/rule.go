package change

import (
	"io"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// ruleArgs are the arguments of a command about a rule.
type ruleArgs struct {
	family     int // from -4 or -6; AF_UNSPEC for any
	change     link.RuleChange
	table      uint32
	tableGiven bool // what is done has been said: a table, or another action
	l3mdev     bool
	warnings   strings.Builder
}

// AddRule is "ip rule add".
func AddRule(s *session.Session, args []string) error {
	if len(args) == 0 {
		return iproute.Fail(`"ip rule add" requires arguments.`)
	}
	w := &ruleArgs{change: link.RuleChange{Action: unix.FR_ACT_TO_TBL}}
	return changeRule(s, w, args, func() link.Request {
		if !w.tableGiven {
			w.change.DefaultTable()
		}
		return w.change.Add()
	})
}

// DeleteRule is "ip rule delete".
func DeleteRule(s *session.Session, args []string) error {
	if len(args) == 0 {
		return iproute.Fail(`"ip rule del" requires arguments.`)
	}
	w := new(ruleArgs)
	return changeRule(s, w, args, w.change.Delete)
}

// changeRule reads arguments, makes a request and sends it.
func changeRule(s *session.Session, w *ruleArgs, args []string, request func() link.Request) error {
	var err error
	if w.family, err = s.AddressFamily(); err != nil {
		return err
	}
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = iproute.ReadTerms(w, args, ruleTerms(), iproute.Term[*ruleArgs]{Take: (*ruleArgs).takeAction})
	io.WriteString(s.Stderr, w.warnings.String())
	if err != nil {
		return err
	}
	if w.l3mdev && w.table != 0 {
		f := iproute.Fail("table can not be specified for l3mdev rules")
		f.Status = int(unix.EINVAL) // ip's function returns the errno
		return f
	}
	if w.change.Family = w.family; w.family == unix.AF_UNSPEC {
		w.change.Family = unix.AF_INET
	}
	return request().Send(conn)
}

// RuleWords returns the words of "ip rule add" and delete.
func RuleWords() []iproute.Word { return iproute.WordsOf(ruleTerms()) }

// ruleTerms returns the grammar, in the order in which ip compares.
func ruleTerms() []iproute.Term[*ruleArgs] {
	return []iproute.Term[*ruleArgs]{
		{Name: "not", Bare: true, Set: func(w *ruleArgs, _ string) error { w.change.Invert = true; return nil }},
		{Name: "from", Set: func(w *ruleArgs, v string) error { return w.setPrefix((*link.RuleChange).From, v) }},
		{Name: "to", Set: func(w *ruleArgs, v string) error { return w.setPrefix((*link.RuleChange).To, v) }},
		{Name: "preference", Short: true, Set: (*ruleArgs).setPriority},
		{Name: "order", Short: true, Set: (*ruleArgs).setPriority},
		{Name: "priority", Short: true, Set: (*ruleArgs).setPriority},
		{Name: "tos", Set: (*ruleArgs).setTOS},
		{Name: "dsfield", Short: true, Set: (*ruleArgs).setTOS},
		{Name: "fwmark", Set: (*ruleArgs).setMark},
		{Name: "realms", Short: true, Set: (*ruleArgs).setRealms},
		{Name: "protocol", Short: true, Set: (*ruleArgs).setProtocol},
		{Name: "tun_id", Short: true, Set: (*ruleArgs).setTunnelID},
		{Name: "table", Short: true, Set: (*ruleArgs).setTable},
		{Name: "lookup", Set: (*ruleArgs).setTable},
		{Name: "suppress_prefixlength", Short: true, Set: (*ruleArgs).setPrefixBelow},
		{Name: "sup_pl", Set: (*ruleArgs).setPrefixBelow},
		{Name: "suppress_ifgroup", Short: true, Set: (*ruleArgs).setGroupAvoided},
		{Name: "sup_group", Set: (*ruleArgs).setGroupAvoided},
		{Name: "dev", Value: iproute.Device, Set: func(w *ruleArgs, v string) error { return w.setDevice(unix.FRA_IIFNAME, `"iif"/"dev"`, v) }},
		{Name: "iif", Value: iproute.Device, Set: func(w *ruleArgs, v string) error { return w.setDevice(unix.FRA_IIFNAME, `"iif"/"dev"`, v) }},
		{Name: "oif", Value: iproute.Device, Set: func(w *ruleArgs, v string) error { return w.setDevice(unix.FRA_OIFNAME, `"oif"`, v) }},
		{Name: "l3mdev", Bare: true, Set: (*ruleArgs).setL3MDev},
		{Name: "uidrange", Set: (*ruleArgs).setUIDs},
		{Name: "nat", Set: (*ruleArgs).setNAT},
		{Name: "map-to", Short: true, Set: (*ruleArgs).setNAT},
		{Name: "ipproto", Set: (*ruleArgs).setIPProtocol},
		{Name: "sport", Set: func(w *ruleArgs, v string) error {
			return w.setPorts((*link.RuleChange).SourcePorts, "invalid port range\n", v)
		}},
		{Name: "dport", Set: func(w *ruleArgs, v string) error {
			return w.setPorts((*link.RuleChange).TargetPorts, "invalid dport range\n", v)
		}},
		{Name: "dscp", Set: (*ruleArgs).setDSCP},
		{Name: "flowlabel", Set: (*ruleArgs).setFlowLabel},
		{Name: "type", Take: (*ruleArgs).takeAction},
	}
}

// setPrefix reads a network. As in ip it does not fix the family: a rule of IPv6 needs -6.
func (w *ruleArgs) setPrefix(set func(*link.RuleChange, iproute.Prefix), v string) error {
	p, err := iproute.ParsePrefix(v, w.family)
	if err == nil {
		set(&w.change, p)
	}
	return err
}

func (w *ruleArgs) setPriority(v string) error {
	n, ok := iproute.Unsigned(v, 32)
	if !ok {
		return iproute.Invalid("preference value is invalid\n", v)
	}
	w.change.Uint32(unix.FRA_PRIORITY, n)
	return nil
}

func (w *ruleArgs) setTOS(v string) error {
	n, ok := iproute.ReadTOS(v)
	if !ok {
		return iproute.Invalid("TOS value is invalid\n", v)
	}
	w.change.TOS = n
	return nil
}

func (w *ruleArgs) setMark(v string) error {
	n, err := iproute.ReadMasked(v, "fwmark value is invalid\n", "fwmask value is invalid\n")
	if err != nil {
		return err
	}
	w.change.Uint32(unix.FRA_FWMARK, n.Number)
	if n.Mask != nil {
		w.change.Uint32(unix.FRA_FWMASK, *n.Mask)
	}
	return nil
}

func (w *ruleArgs) setRealms(v string) error {
	n, ok := iproute.ReadRealms(v)
	if !ok {
		return iproute.Invalid("invalid realms\n", v)
	}
	w.change.Uint32(unix.FRA_FLOW, n)
	return nil
}

func (w *ruleArgs) setProtocol(v string) error {
	n, ok := iproute.Protocols().Code(v, 8)
	if !ok {
		return iproute.Invalid("\"protocol\" value is invalid\n", v)
	}
	w.change.Bytes(unix.FRA_PROTOCOL, []byte{uint8(n)})
	return nil
}

func (w *ruleArgs) setTunnelID(v string) error {
	n, ok := iproute.Unsigned64(v)
	if !ok {
		return iproute.Invalid("\"tun_id\" value is invalid\n", v)
	}
	w.change.TunnelID(n)
	return nil
}

func (w *ruleArgs) setTable(v string) error {
	n, ok := iproute.RoutingTables().Code(v, 32)
	if !ok {
		return iproute.Invalid("invalid table ID\n", v)
	}
	w.table, w.tableGiven = n, true
	w.change.Table(n)
	return nil
}

func (w *ruleArgs) setPrefixBelow(v string) error {
	n, ok := iproute.Integer(v)
	if !ok || n < 0 {
		return iproute.Invalid("suppress_prefixlength value is invalid\n", v)
	}
	w.change.Uint32(unix.FRA_SUPPRESS_PREFIXLEN, uint32(n))
	return nil
}

func (w *ruleArgs) setGroupAvoided(v string) error {
	n, ok := iproute.Groups().Code(v, 32)
	if !ok {
		return iproute.Invalid("Invalid \"suppress_ifgroup\" value\n", v)
	}
	w.change.Uint32(unix.FRA_SUPPRESS_IFGROUP, n)
	return nil
}

func (w *ruleArgs) setDevice(kind int, words, v string) error {
	if !iproute.IsInterfaceName(v) {
		return iproute.Invalid(words+" not a valid ifname", v)
	}
	w.change.Bytes(kind, append([]byte(v), 0))
	return nil
}

func (w *ruleArgs) setL3MDev(string) error {
	w.change.Bytes(unix.FRA_L3MDEV, []byte{1})
	w.tableGiven, w.l3mdev = true, true
	return nil
}

func (w *ruleArgs) setUIDs(v string) error {
	first, last, ok := iproute.ReadRange(v, 32)
	if !ok {
		return iproute.Invalid("invalid UID range\n", v)
	}
	w.change.UIDs(link.NumberRange{First: first, Last: last})
	return nil
}

func (w *ruleArgs) setNAT(v string) error {
	w.warnings.WriteString("Warning: route NAT is deprecated\n")
	a, err := iproute.ParseAddress(v, unix.AF_INET)
	if err != nil {
		return iproute.Fail(`Error: an IP address is expected rather than "` + v + `"`)
	}
	w.change.Bytes(unix.RTA_GATEWAY, append(a.Addr, make([]byte, 4)...)[:4])
	w.change.Action = unix.RTN_NAT
	return nil
}

func (w *ruleArgs) setIPProtocol(v string) error {
	n, ok := iproute.ReadIPProtocol(v)
	if !ok {
		return iproute.Invalid("Invalid \"ipproto\" value\n", v)
	}
	w.change.Bytes(unix.FRA_IP_PROTO, []byte{n})
	return nil
}

func (w *ruleArgs) setPorts(set func(*link.RuleChange, link.NumberRange, *uint16), message, v string) error {
	first, last, mask, ok := iproute.ReadPorts(v)
	if !ok {
		return iproute.Invalid(message, v)
	}
	set(&w.change, link.NumberRange{First: first, Last: last}, mask)
	return nil
}

func (w *ruleArgs) setDSCP(v string) error {
	n, err := iproute.ReadDSCPMasked(v)
	if err != nil {
		return err
	}
	var mask *uint8
	if n.Mask != nil && *n.Mask != iproute.AllDSCP {
		m := uint8(*n.Mask)
		mask = &m
	}
	w.change.DSCP(uint8(n.Number), mask)
	return nil
}

func (w *ruleArgs) setFlowLabel(v string) error {
	n, err := iproute.ReadMasked(v, "invalid flowlabel", "invalid flowlabel mask")
	if err != nil {
		return err
	}
	mask := uint32(iproute.AllFlowLabel)
	if n.Mask != nil {
		mask = *n.Mask
	}
	w.change.FlowLabel(n.Number, mask)
	return nil
}

// takeAction reads goto NUMBER, nop, or a type of routes.
func (w *ruleArgs) takeAction(args *iproute.Args) error {
	word, err := args.Value()
	switch {
	case err != nil:
		return err
	case iproute.Matches(word, "help"):
		return iproute.HelpWanted()
	case iproute.Matches(word, "goto"):
		v, err := args.Value()
		if err != nil {
			return err
		}
		n, ok := iproute.Unsigned(v, 32)
		if !ok {
			return iproute.Invalid("invalid target\n", v)
		}
		w.change.Uint32(unix.FRA_GOTO, n)
		w.change.Action = unix.FR_ACT_GOTO
	case iproute.Matches(word, "nop"):
		w.change.Action = unix.FR_ACT_NOP
	default:
		kind, ok := iproute.ReadRouteType(word)
		if !ok {
			return iproute.Invalid("Failed to parse rule type", word)
		}
		w.change.Action = kind
	}
	w.tableGiven = true
	return nil
}
