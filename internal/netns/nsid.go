package netns

import (
	"encoding/binary"
	"errors"
	"strings"

	"github.com/vishvananda/netlink/nl"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
)

// Attributes of RTM_GETNSID and RTM_NEWNSID; see linux/net_namespace.h.
const (
	attrNSID        = 1
	attrFD          = 3
	attrTargetNSID  = 4
	attrCurrentNSID = 5
)

// None is the answer of the kernel for a namespace without an id.
const None = -1

// IDs asks one network namespace for the ids that it has for others.
type IDs struct {
	sockets map[int]*nl.SocketHandle
}

// OpenIDs asks the namespace behind a descriptor, or our own for -1. The error is
// a *iproute.Failure.
func OpenIDs(fd int) (*IDs, error) {
	s, err := nl.GetNetlinkSocketAt(netns.NsHandle(fd), netns.None(), unix.NETLINK_ROUTE)
	if err != nil {
		return nil, iproute.Fail("Cannot open netlink socket: " + diag.Reason(err))
	}
	// The kernel's own words are ip's. Strictly, or a dump has no target.
	s.SetExtAck(true)
	unix.SetsockoptInt(s.GetFd(), unix.SOL_NETLINK, unix.NETLINK_GET_STRICT_CHK, 1)
	return &IDs{map[int]*nl.SocketHandle{unix.NETLINK_ROUTE: {Socket: s}}}, nil
}

// Close ends it.
func (i *IDs) Close() { i.sockets[unix.NETLINK_ROUTE].Close() }

func (i *IDs) request(kind, flags int, attrs ...*nl.RtAttr) *nl.NetlinkRequest {
	r := nl.NewNetlinkRequest(kind, flags)
	r.Sockets = i.sockets
	r.AddData(nl.NewRtGenMsg())
	for _, a := range attrs {
		r.AddData(a)
	}
	return r
}

func word(kind int, n int32) *nl.RtAttr {
	return nl.NewRtAttr(kind, binary.NativeEndian.AppendUint32(nil, uint32(n)))
}

// Of is the id of the namespace behind a descriptor, None if it has none. The error
// is a *iproute.Failure with the kernel's words.
func (i *IDs) Of(fd int) (int32, error) {
	answers, err := i.request(unix.RTM_GETNSID, 0, word(attrFD, int32(fd))).Execute(unix.NETLINK_ROUTE, 0)
	if err != nil {
		return None, answered(err)
	}
	for _, m := range answers {
		if id, _, ok := parse(m); ok {
			return id, nil
		}
	}
	return None, nil
}

// Set gives the namespace behind a descriptor an id; for None the kernel chooses.
// The error is a *iproute.Failure.
func (i *IDs) Set(fd int, id int32) error {
	_, err := i.request(unix.RTM_NEWNSID, unix.NLM_F_ACK, word(attrFD, int32(fd)), word(attrNSID, id)).Execute(unix.NETLINK_ROUTE, 0)
	if err != nil {
		return answered(err)
	}
	return nil
}

// An ID is one line of list-id. Current is None but where a target was asked for.
type ID struct{ ID, Current int32 }

// List dumps all ids, those that the target (an id itself) has for others, or our own
// for a target of None. The error is a *iproute.Failure.
func (i *IDs) List(target int32) ([]ID, error) {
	var attrs []*nl.RtAttr
	if target != None {
		attrs = append(attrs, word(attrTargetNSID, target))
	}
	// The library cannot parse the words of a dump that is refused.
	i.sockets[unix.NETLINK_ROUTE].Socket.SetExtAck(false)
	defer i.sockets[unix.NETLINK_ROUTE].Socket.SetExtAck(true)
	answers, err := i.request(unix.RTM_GETNSID, unix.NLM_F_DUMP, attrs...).Execute(unix.NETLINK_ROUTE, 0)
	if err != nil {
		f := answered(err)
		if target != None && errors.Is(err, unix.EINVAL) {
			f.Text = "Error: Invalid target network namespace id." // the kernel's, see net_namespace.c
		}
		return nil, &iproute.Failure{Text: f.Text + "\nDump terminated", Status: iproute.StatusFailed}
	}
	return ids(answers), nil
}

// Lookup is List for one id. The error is a *iproute.Failure.
func (i *IDs) Lookup(id, target int32) ([]ID, error) {
	attrs := []*nl.RtAttr{word(attrNSID, id)}
	if target != None {
		attrs = append(attrs, word(attrTargetNSID, target))
	}
	answers, err := i.request(unix.RTM_GETNSID, 0, attrs...).Execute(unix.NETLINK_ROUTE, 0)
	if err != nil {
		return nil, answered(err)
	}
	return ids(answers), nil
}

func ids(answers [][]byte) (list []ID) {
	for _, m := range answers {
		if id, current, ok := parse(m); ok {
			list = append(list, ID{id, current})
		}
	}
	return list
}

func parse(message []byte) (id, current int32, ok bool) {
	id, current = None, None
	header := nl.DeserializeRtGenMsg(message).Len()
	attrs, err := nl.ParseRouteAttr(message[header:])
	if err != nil {
		return None, None, false
	}
	for _, a := range attrs {
		if len(a.Value) < 4 {
			continue
		}
		switch n := int32(binary.NativeEndian.Uint32(a.Value)); a.Attr.Type {
		case attrNSID:
			id, ok = n, true
		case attrCurrentNSID:
			current = n
		}
	}
	return id, current, ok
}

// answered words a refusal as ip does: with the kernel's sentence where it gave one.
func answered(err error) *iproute.Failure {
	var errno unix.Errno
	if errors.As(err, &errno) {
		if _, sentence, ok := strings.Cut(err.Error(), errno.Error()+": "); ok && sentence != "" {
			return &iproute.Failure{Text: "Error: " + strings.TrimRight(sentence, ".\x00") + ".", Status: iproute.StatusKernel}
		}
	}
	return iproute.Kernel(err)
}
