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

func (i *IDs) request(kind, flags int, attrs ...*nl.RtAttr) ([][]byte, error) {
	r := nl.NewNetlinkRequest(kind, flags)
	r.Sockets = i.sockets
	r.AddData(nl.NewRtGenMsg())
	for _, a := range attrs {
		r.AddData(a)
	}
	return r.Execute(unix.NETLINK_ROUTE, 0)
}

// ask returns the ids that RTM_GETNSID is answered with.
func (i *IDs) ask(flags int, attrs ...*nl.RtAttr) ([]ID, error) {
	answers, err := i.request(unix.RTM_GETNSID, flags, attrs...)
	var list []ID
	for _, m := range answers {
		if id, ok := parse(m); ok {
			list = append(list, id)
		}
	}
	return list, err
}

func word(kind int, n int32) *nl.RtAttr {
	return nl.NewRtAttr(kind, binary.NativeEndian.AppendUint32(nil, uint32(n)))
}

// Of is the id of a named namespace, None if it has none or if the file cannot be
// opened (it may just have gone). The error is a *iproute.Failure with the kernel's words.
func (i *IDs) Of(name string) (int32, error) {
	fd, err := openFile(name)
	if err != nil {
		return None, nil
	}
	defer unix.Close(fd)
	answers, err := i.ask(0, word(attrFD, int32(fd)))
	if err != nil {
		f := answered(err)
		if !isNamespace(fd) {
			f.Hint = Path(name) + " is no namespace, but left by an add that was killed or seen from another mount namespace; gonetns delete " + name + " removes it"
		}
		return None, f
	}
	for _, a := range answers {
		return a.ID, nil
	}
	return None, nil
}

// Set gives the namespace behind a descriptor an id; for None the kernel chooses.
// The error is a *iproute.Failure.
func (i *IDs) Set(fd int, id int32) error {
	_, err := i.request(unix.RTM_NEWNSID, unix.NLM_F_ACK, word(attrFD, int32(fd)), word(attrNSID, id))
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
	// The library cannot parse the words of a dump that is refused.
	i.sockets[unix.NETLINK_ROUTE].Socket.SetExtAck(false)
	defer i.sockets[unix.NETLINK_ROUTE].Socket.SetExtAck(true)
	list, err := i.ask(unix.NLM_F_DUMP, seenFrom(target)...)
	if err != nil {
		f := answered(err)
		if target != None && errors.Is(err, unix.EINVAL) {
			f.Text = "Error: Invalid target network namespace id." // the kernel's, see net_namespace.c
		}
		return nil, iproute.Fail(f.Text + "\nDump terminated")
	}
	return list, nil
}

// Lookup is List for one id. The error is a *iproute.Failure.
func (i *IDs) Lookup(id, target int32) ([]ID, error) {
	list, err := i.ask(0, append(seenFrom(target), word(attrNSID, id))...)
	if err != nil {
		return nil, answered(err)
	}
	return list, nil
}

func seenFrom(target int32) []*nl.RtAttr {
	if target == None {
		return nil
	}
	return []*nl.RtAttr{word(attrTargetNSID, target)}
}

func parse(message []byte) (id ID, ok bool) {
	id = ID{None, None}
	header := nl.DeserializeRtGenMsg(message).Len()
	attrs, err := nl.ParseRouteAttr(message[header:])
	if err != nil {
		return id, false
	}
	for _, a := range attrs {
		if len(a.Value) < 4 {
			continue
		}
		switch n := int32(binary.NativeEndian.Uint32(a.Value)); a.Attr.Type {
		case attrNSID:
			id.ID, ok = n, true
		case attrCurrentNSID:
			id.Current = n
		}
	}
	return id, ok
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
