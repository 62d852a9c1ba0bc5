package link

import (
	"encoding/binary"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/rtnl"
)

// A RouteLookup asks which route a packet takes. Zero leaves an attribute out.
type RouteLookup struct {
	Family int
	TOS    uint8
	Match  bool // report the route in the table, and not what the packet gets
	Notify bool // of a change of that route
	to     int  // lengths of prefixes
	from   int
	attrs  []*nl.RtAttr
}

// rtaFlowLabel is RTA_FLOWLABEL. See: linux/rtnetlink.h.
const rtaFlowLabel = 31

// Do asks the kernel. The error is an *rtnl.Error.
func (l *RouteLookup) Do(conn *rtnl.Conn) (Route, error) {
	info := &nl.RtMsg{RtMsg: unix.RtMsg{Family: uint8(l.Family), Dst_len: uint8(l.to), Src_len: uint8(l.from), Tos: l.TOS}}
	if l.Family == unix.AF_INET { // IPv6 always reports the table
		info.Flags |= unix.RTM_F_LOOKUP_TABLE
	}
	if l.Match {
		info.Flags |= unix.RTM_F_FIB_MATCH
	}
	if l.Notify {
		info.Flags |= unix.RTM_F_NOTIFY
	}
	parts := []nl.NetlinkRequestData{info}
	for _, a := range l.attrs {
		parts = append(parts, a)
	}
	answers, err := conn.Do(unix.RTM_GETROUTE, 0, parts...)
	if err != nil {
		return Route{}, err
	}
	for _, m := range answers {
		if r, ok := parseRoute(m); ok {
			return r, nil
		}
	}
	return Route{}, &rtnl.Error{Errno: unix.ENOENT}
}

func (l *RouteLookup) bytes(kind int, b []byte) { l.attrs = append(l.attrs, nl.NewRtAttr(kind, b)) }

// Uint32 sets an attribute of 32 bits. The last one of a kind counts.
func (l *RouteLookup) Uint32(kind int, n uint32) { l.bytes(kind, nl.Uint32Attr(n)) }

// Port sets RTA_SPORT or RTA_DPORT.
func (l *RouteLookup) Port(kind int, n uint16) {
	l.bytes(kind, binary.BigEndian.AppendUint16(nil, n))
}

// IPProtocol sets the protocol above IP.
func (l *RouteLookup) IPProtocol(n uint8) { l.bytes(unix.RTA_IP_PROTO, []byte{n}) }

// FlowLabel sets the label of a flow of IPv6.
func (l *RouteLookup) FlowLabel(n uint32) {
	l.bytes(rtaFlowLabel, binary.BigEndian.AppendUint32(nil, n))
}

// From sets the source, of which the kernel looks at the address alone.
func (l *RouteLookup) From(p iproute.Prefix) {
	if l.from = p.Bits; len(p.Addr) > 0 {
		l.bytes(unix.RTA_SRC, p.Addr)
	}
}

// To sets the destination.
func (l *RouteLookup) To(p iproute.Prefix) {
	if l.to = p.Bits; len(p.Addr) > 0 {
		l.bytes(unix.RTA_DST, p.Addr)
	}
}
