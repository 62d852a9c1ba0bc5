package link

import (
	"github.com/vishvananda/netlink/nl"

	"nstools/internal/rtnl"
)

// A Request is one message of rtnetlink(7) that changes something.
type Request struct {
	kind, flags int // RTM_*, NLM_F_*
	parts       []nl.NetlinkRequestData
}

// Send sends the request. The error is an *rtnl.Error.
func (q Request) Send(conn *rtnl.Conn) error { return conn.Change(q.kind, q.flags, q.parts...) }

// Bytes returns the payload of the message.
func (q Request) Bytes() []byte {
	var b []byte
	for _, p := range q.parts {
		b = append(b, p.Serialize()...)
	}
	return b
}
