package show

import (
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// Rules prints the rules of routing policy.
func Rules(s *session.Session, args []string) error {
	if err := refuseColors(s); err != nil {
		return err
	}
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	f, err := ReadRuleFilter(s, args)
	if err != nil {
		return err
	}
	list, err := f.Rules(conn)
	if err != nil {
		return err
	}
	return printOutput(s, func(p *printer) error {
		v := &ruleView{printer: p, details: s.Opt.Details}
		for i := range list {
			p.object(func() { v.rule(&list[i]) })
		}
		return nil
	})
}

// A ruleView prints rules.
type ruleView struct {
	*printer
	details bool
}

// rule prints one rule with its newline.
func (v *ruleView) rule(r *link.Rule) {
	v.int("priority", "", int64(r.Priority), ":\t")
	if r.Flags&unix.FIB_RULE_INVERT != 0 {
		v.null("not", "not ")
	}
	v.network("src", "srclen", "from ", "all", r.Family, r.From, r.FromBits)
	v.network("dst", "dstlen", " to ", "", r.Family, r.To, r.ToBits)
	if r.TOS != 0 {
		v.string("tos", " tos ", v.tosText(r.TOS), "")
	}
	v.mark(r)
	v.device("iif", r.In, "iif_detached", r.Flags&unix.FIB_RULE_IIF_DETACHED != 0)
	v.device("oif", r.Out, "oif_detached", r.Flags&unix.FIB_RULE_OIF_DETACHED != 0)
	if r.L3MDev {
		v.null("l3mdev", " lookup [l3mdev-table]")
	}
	if r.UIDs != nil {
		v.int("uid_start", " uidrange ", int64(r.UIDs.First), "")
		v.int("uid_end", "-", int64(r.UIDs.Last), "")
	}
	if r.IPProtocol != nil {
		v.string("ipproto", " ipproto ", v.ipProtocol(*r.IPProtocol), "")
	}
	v.ports("sport", r.SourcePorts, r.SourceMask)
	v.ports("dport", r.TargetPorts, r.TargetMask)
	if r.TunnelID != nil {
		v.uint64("tun_id", " tun_id ", *r.TunnelID, "")
	}
	v.lookup(r)
	v.ruleRealms(r.Realms)
	v.action(r)
	if r.Protocol != nil && (*r.Protocol != unix.RTPROT_UNSPEC && *r.Protocol != unix.RTPROT_KERNEL || v.details) {
		v.string("protocol", " proto ", v.named(iproute.Protocols(), uint32(*r.Protocol)), "")
	}
	v.newer(r)
	v.textOnly("\n")
}

// network prints a network. any is for none, "" for nothing.
func (v *ruleView) network(key, lengthKey, word, any string, family int, a netip.Addr, bits int) {
	whole := 32
	if family == unix.AF_INET6 {
		whole = 128
	}
	switch {
	case a.IsValid():
		v.string(key, word, addressText(a), "")
		if bits == whole {
			return
		}
	case bits > 0:
		v.string(key, word, "0", "")
	case any == "":
		return
	default:
		v.string(key, word, any, "")
		return
	}
	v.int(lengthKey, "/", int64(bits), "")
}

func (v *ruleView) mark(r *link.Rule) {
	if r.Mark == nil && r.MarkMask == nil {
		return
	}
	mark := uint32(0)
	if r.Mark != nil {
		mark = *r.Mark
	}
	v.string("fwmark", " fwmark ", hexText(mark), "")
	const all = 0xffffffff
	if r.MarkMask != nil && *r.MarkMask != all {
		v.string("fwmask", "/", hexText(*r.MarkMask), "")
	}
}

// hexText returns what %#x of printf(3) prints.
func hexText(n uint32) string {
	if n == 0 {
		return "0"
	}
	return "0x" + strconv.FormatUint(uint64(n), 16)
}

func (v *ruleView) device(key string, name *string, detachedKey string, detached bool) {
	if name == nil {
		return
	}
	v.string(key, " "+key+" ", *name, "")
	if detached {
		v.null(detachedKey, " [detached]")
	}
}

func (v *ruleView) ipProtocol(n uint8) string {
	if name, ok := iproute.IPProtocolName(n); ok && !v.numeric {
		return name
	}
	return "ipproto-" + decimal(int(n))
}

func (v *ruleView) ports(key string, r *link.NumberRange, mask *uint16) {
	const all = 0xffff
	switch {
	case r == nil:
	case r.First != r.Last:
		v.int(key+"_start", " "+key+" ", int64(r.First), "")
		v.int(key+"_end", "-", int64(r.Last), "")
	case mask == nil:
		v.int(key, " "+key+" ", int64(r.First), "")
	case v.isJSON():
		v.int(key, "", int64(r.First), "")
		v.string(key+"_mask", "", hexText(uint32(*mask)), "")
	case *mask == all:
		v.int(key, " "+key+" ", int64(r.First), "")
	default:
		v.textOnly(" " + key + " " + hexText(r.First) + "/" + hexText(uint32(*mask)))
	}
}

// lookup prints the table, and which of its routes do not count.
func (v *ruleView) lookup(r *link.Rule) {
	if r.Table == unix.RT_TABLE_UNSPEC {
		return
	}
	v.string("table", " lookup ", v.named(iproute.RoutingTables(), r.Table), "")
	if r.PrefixBelow >= 0 {
		v.int("suppress_prefixlen", " suppress_prefixlength ", int64(r.PrefixBelow), "")
	}
	if r.GroupAvoided != -1 {
		v.string("suppress_ifgroup", " suppress_ifgroup ", v.named(iproute.Groups(), uint32(r.GroupAvoided)), "")
	}
}

func (v *ruleView) ruleRealms(n *uint32) {
	if n == nil {
		return
	}
	from, to, word := *n>>16, *n&0xffff, " realms "
	if from != 0 {
		v.string("flow_from", word, v.named(iproute.Realms(), from), "/")
		word = ""
	}
	v.string("flow_to", word, v.named(iproute.Realms(), to), "")
}

// action prints what is done other than to look into a table.
func (v *ruleView) action(r *link.Rule) {
	switch r.Action {
	case unix.FR_ACT_TO_TBL:
	case unix.RTN_NAT:
		if r.Gateway.IsValid() {
			v.string("nat_gateway", " map-to ", addressText(r.Gateway), "")
		} else {
			v.null("masquerade", " masquerade")
		}
	case unix.FR_ACT_GOTO:
		if r.Goto != nil {
			v.int("goto", " goto ", int64(*r.Goto), "")
		} else {
			v.string("goto", " goto ", "none", "")
		}
		if r.Flags&unix.FIB_RULE_UNRESOLVED != 0 {
			v.null("unresolved", " [unresolved]")
		}
	case unix.FR_ACT_NOP:
		v.null("nop", " nop")
	default:
		v.string("action", " ", v.routeType(r.Action), "")
	}
}

// newer prints what ip prints since 6.13.
func (v *ruleView) newer(r *link.Rule) {
	if r.DSCP != nil {
		switch mask := r.DSCPMask; {
		case mask == nil:
			v.string("dscp", " dscp ", v.dscp(*r.DSCP), "")
		case v.isJSON():
			v.string("dscp", "", v.dscp(*r.DSCP), "")
			v.string("dscp_mask", "", hexText(uint32(*mask)), "")
		case *mask == iproute.AllDSCP:
			v.textOnly(" dscp " + v.dscp(*r.DSCP))
		default:
			v.textOnly(" dscp " + hexText(uint32(*r.DSCP)) + "/" + hexText(uint32(*mask)))
		}
	}
	if r.FlowLabel != nil && r.FlowLabelMask != nil {
		v.string("flowlabel", " flowlabel ", hexText(*r.FlowLabel), "")
		if v.isJSON() || *r.FlowLabelMask != iproute.AllFlowLabel {
			v.string("flowlabel_mask", "/", hexText(*r.FlowLabelMask), "")
		}
	}
}

// dscp returns the name of a traffic class by its upper six bits, or the number.
func (v *ruleView) dscp(n uint8) string {
	if name, ok := iproute.TrafficClasses().Find(uint32(n) << 2); ok && !v.numeric {
		return name
	}
	return decimal(int(n))
}
