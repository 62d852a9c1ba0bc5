package link

import (
	"encoding/binary"
	"net/netip"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/rtnl"
)

// A Rule of routing policy chooses the table in which a route is looked for, as the kernel
// reports it. Nil and zero stand for a missing attribute. See: ip-rule(8) and
// linux/fib_rules.h.
type Rule struct {
	Family         int
	Flags          uint32 // FIB_RULE_*
	Priority       uint32
	HasPriority    bool       // false for the priority 0, which a flush leaves alone
	From, To       netip.Addr // networks
	FromBits       int
	ToBits         int
	TOS            uint8
	Mark, MarkMask *uint32
	In, Out        *string // names of devices
	L3MDev         bool
	UIDs           *NumberRange
	IPProtocol     *uint8
	SourcePorts    *NumberRange
	TargetPorts    *NumberRange
	SourceMask     *uint16 // of SourcePorts, since Linux 6.15
	TargetMask     *uint16
	TunnelID       *uint64
	DSCP           *uint8 // since Linux 6.13
	DSCPMask       *uint8
	FlowLabel      *uint32 // since Linux 6.14
	FlowLabelMask  *uint32
	Table          uint32
	PrefixBelow    int32 // routes with so short a prefix are suppressed; -1 for none
	GroupAvoided   int32 // routes over devices of the group are suppressed; -1 for none
	Realms         *uint32
	Action         uint8 // FR_ACT_* or RTN_*
	Goto           *uint32
	Gateway        netip.Addr // of the deprecated action nat
	Protocol       *uint8     // RTPROT_*: the origin
	message        []byte     // as the kernel sent it
}

// A NumberRange has its first and last number.
type NumberRange struct{ First, Last uint32 }

// These are in linux/fib_rules.h. The library lacks them.
const (
	fraDSCP          = 25 // FRA_DSCP
	fraFlowLabel     = 26 // FRA_FLOWLABEL
	fraFlowLabelMask = 27 // FRA_FLOWLABEL_MASK
	fraSportMask     = 28 // FRA_SPORT_MASK
	fraDportMask     = 29 // FRA_DPORT_MASK
	fraDSCPMask      = 30 // FRA_DSCP_MASK
)

// Rules returns the rules of a family, in the order in which the kernel asks them. The error is
// an *rtnl.Error.
func Rules(conn *rtnl.Conn, family int) ([]Rule, error) {
	answers, err := conn.Dump(unix.RTM_GETRULE, &nl.RtMsg{RtMsg: unix.RtMsg{Family: uint8(family)}})
	if err != nil {
		return nil, err
	}
	list := make([]Rule, 0, len(answers))
	for _, m := range answers {
		if len(m) >= unix.SizeofRtMsg {
			list = append(list, parseRule(m))
		}
	}
	return list, nil
}

func parseRule(m []byte) Rule {
	r := Rule{
		Family: int(m[0]), ToBits: int(m[1]), FromBits: int(m[2]), TOS: m[3], Table: uint32(m[4]), Action: m[7],
		Flags: binary.NativeEndian.Uint32(m[8:]), PrefixBelow: -1, GroupAvoided: -1, message: m,
	}
	rtnl.Each(m[unix.SizeofRtMsg:], r.set)
	return r
}

func (r *Rule) set(kind uint16, v []byte) {
	number := func() *uint32 { n := uint32Value(v); return &n }
	octet := func() *uint8 { n := uint8Value(v); return &n }
	name := func() *string { s := stringValue(v); return &s }
	switch kind {
	case unix.FRA_PRIORITY:
		r.HasPriority, r.Priority = true, uint32Value(v)
	case unix.FRA_SRC:
		r.From = addrValue(v)
	case unix.FRA_DST:
		r.To = addrValue(v)
	case unix.FRA_FWMARK:
		r.Mark = number()
	case unix.FRA_FWMASK:
		r.MarkMask = number()
	case unix.FRA_IIFNAME:
		r.In = name()
	case unix.FRA_OIFNAME:
		r.Out = name()
	case unix.FRA_L3MDEV:
		r.L3MDev = uint8Value(v) != 0
	case unix.FRA_UID_RANGE:
		if len(v) >= 8 {
			r.UIDs = &NumberRange{uint32Value(v), uint32Value(v[4:])}
		}
	case unix.FRA_IP_PROTO:
		r.IPProtocol = octet()
	case unix.FRA_SPORT_RANGE:
		r.SourcePorts = portRange(v)
	case unix.FRA_DPORT_RANGE:
		r.TargetPorts = portRange(v)
	case fraSportMask:
		r.SourceMask = uint16Value(v)
	case fraDportMask:
		r.TargetMask = uint16Value(v)
	case unix.FRA_TUN_ID:
		if len(v) >= 8 {
			n := binary.BigEndian.Uint64(v)
			r.TunnelID = &n
		}
	case unix.FRA_GOTO:
		r.Goto = number()
	case unix.FRA_UNUSED2: // RTA_GATEWAY
		r.Gateway = addrValue(v)
	default:
		r.setMore(kind, v)
	}
}

// setMore reads the attributes of what is done, and those of later kernels.
func (r *Rule) setMore(kind uint16, v []byte) {
	number := func() *uint32 { n := uint32Value(v); return &n }
	octet := func() *uint8 { n := uint8Value(v); return &n }
	bigEndian := func() *uint32 {
		if len(v) < 4 {
			return nil
		}
		n := binary.BigEndian.Uint32(v)
		return &n
	}
	switch kind {
	case unix.FRA_TABLE:
		r.Table = uint32Value(v)
	case unix.FRA_SUPPRESS_PREFIXLEN:
		r.PrefixBelow = int32(uint32Value(v))
	case unix.FRA_SUPPRESS_IFGROUP:
		r.GroupAvoided = int32(uint32Value(v))
	case unix.FRA_FLOW:
		r.Realms = number()
	case unix.FRA_PROTOCOL:
		r.Protocol = octet()
	case fraDSCP:
		r.DSCP = octet()
	case fraDSCPMask:
		r.DSCPMask = octet()
	case fraFlowLabel:
		r.FlowLabel = bigEndian()
	case fraFlowLabelMask:
		r.FlowLabelMask = bigEndian()
	}
}

func uint16Value(v []byte) *uint16 {
	if len(v) < 2 {
		return nil
	}
	n := binary.NativeEndian.Uint16(v)
	return &n
}

func portRange(v []byte) *NumberRange {
	if len(v) < 4 {
		return nil
	}
	return &NumberRange{uint32(binary.NativeEndian.Uint16(v)), uint32(binary.NativeEndian.Uint16(v[2:]))}
}

// DeleteRules deletes rules, until the kernel refuses one. The error is an *rtnl.Error.
func DeleteRules(conn *rtnl.Conn, list []Rule) error {
	return deleteAll(conn, unix.RTM_DELRULE, list, func(x *Rule) []byte { return x.message })
}
