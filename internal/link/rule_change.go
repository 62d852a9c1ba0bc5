package link

import (
	"encoding/binary"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
)

// A RuleChange is a rule that is to be added or deleted. See: struct fib_rule_hdr and FRA_* in
// linux/fib_rules.h.
type RuleChange struct {
	Family int
	Invert bool // for packets that do not match
	TOS    uint8
	Action uint8 // FR_ACT_* or RTN_*; 0 deletes a rule with any
	table  uint8
	from   int // lengths of prefixes
	to     int
	attrs  []*nl.RtAttr
}

// Add returns the request of: ip rule add
func (c *RuleChange) Add() Request {
	return Request{unix.RTM_NEWRULE, unix.NLM_F_CREATE | unix.NLM_F_EXCL, c.message()}
}

// Delete returns the request of: ip rule delete. The kernel deletes the first rule that
// matches.
func (c *RuleChange) Delete() Request { return Request{unix.RTM_DELRULE, 0, c.message()} }

func (c *RuleChange) message() []nl.NetlinkRequestData {
	info := &nl.RtMsg{RtMsg: unix.RtMsg{
		Family: uint8(c.Family), Dst_len: uint8(c.to), Src_len: uint8(c.from), Tos: c.TOS, Table: c.table, Type: c.Action,
	}}
	if c.Invert {
		info.Flags = unix.FIB_RULE_INVERT
	}
	parts := []nl.NetlinkRequestData{info}
	for _, a := range c.attrs {
		parts = append(parts, a)
	}
	return parts
}

// Bytes sets an attribute to raw bytes. The last one of a kind counts.
func (c *RuleChange) Bytes(kind int, b []byte) { c.attrs = append(c.attrs, nl.NewRtAttr(kind, b)) }

// Uint32 sets an attribute of 32 bits.
func (c *RuleChange) Uint32(kind int, n uint32) { c.Bytes(kind, nl.Uint32Attr(n)) }

// From sets the network of the source.
func (c *RuleChange) From(p iproute.Prefix) {
	c.from = p.Bits
	c.Bytes(unix.FRA_SRC, p.Addr)
}

// To sets the network of the destination.
func (c *RuleChange) To(p iproute.Prefix) {
	c.to = p.Bits
	c.Bytes(unix.FRA_DST, p.Addr)
}

// Table sets the table to look into.
func (c *RuleChange) Table(n uint32) {
	if n < 256 {
		c.table = uint8(n)
		return
	}
	c.table = unix.RT_TABLE_UNSPEC
	c.Uint32(unix.FRA_TABLE, n)
}

// DefaultTable sets the main table.
func (c *RuleChange) DefaultTable() { c.table = unix.RT_TABLE_MAIN }

// UIDs sets the range of users.
func (c *RuleChange) UIDs(r NumberRange) {
	c.Bytes(unix.FRA_UID_RANGE, append(nl.Uint32Attr(r.First), nl.Uint32Attr(r.Last)...))
}

// SourcePorts sets the ports of the source, with a mask or nil.
func (c *RuleChange) SourcePorts(r NumberRange, mask *uint16) {
	c.ports(unix.FRA_SPORT_RANGE, fraSportMask, r, mask)
}

// TargetPorts sets the ports of the destination, with a mask or nil.
func (c *RuleChange) TargetPorts(r NumberRange, mask *uint16) {
	c.ports(unix.FRA_DPORT_RANGE, fraDportMask, r, mask)
}

func (c *RuleChange) ports(kind, maskKind int, r NumberRange, mask *uint16) {
	c.Bytes(kind, append(nl.Uint16Attr(uint16(r.First)), nl.Uint16Attr(uint16(r.Last))...))
	if mask != nil {
		c.Bytes(maskKind, nl.Uint16Attr(*mask))
	}
}

// TunnelID sets the id of a tunnel.
func (c *RuleChange) TunnelID(n uint64) {
	c.Bytes(unix.FRA_TUN_ID, binary.BigEndian.AppendUint64(nil, n))
}

// DSCP sets the traffic class in six bits, with a mask or nil.
func (c *RuleChange) DSCP(n uint8, mask *uint8) {
	c.Bytes(fraDSCP, []byte{n})
	if mask != nil {
		c.Bytes(fraDSCPMask, []byte{*mask})
	}
}

// FlowLabel sets the label of a flow of IPv6.
func (c *RuleChange) FlowLabel(n, mask uint32) {
	c.Bytes(fraFlowLabel, binary.BigEndian.AppendUint32(nil, n))
	c.Bytes(fraFlowLabelMask, binary.BigEndian.AppendUint32(nil, mask))
}
