package netns

import (
	"encoding/binary"
	"errors"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/rtnl"
)

// These are the attributes of RTM_GETNSID and RTM_NEWNSID. See: linux/net_namespace.h.
const (
	attrNSID        = 1
	attrFD          = 3
	attrTargetNSID  = 4
	attrCurrentNSID = 5
)

// None is the kernel's answer for a namespace without an id.
const None = -1

// IDs asks one network namespace for the ids that it has for others.
type IDs struct{ conn *rtnl.Conn }

// OpenIDs asks the namespace behind a descriptor, or the current one for -1. The error is a
// *iproute.Failure.
func OpenIDs(fd int) (*IDs, error) {
	conn, err := rtnl.Open(fd)
	return IDsOn(conn), err
}

// IDsOn asks over a connection, which the caller closes.
func IDsOn(conn *rtnl.Conn) *IDs { return &IDs{conn} }

// Close closes the connection.
func (i *IDs) Close() { i.conn.Close() }

func int32Attr(kind int, n int32) *nl.RtAttr { return rtnl.Uint32(kind, uint32(n)) }

// request returns a message with attributes.
func request(attrs []*nl.RtAttr) []nl.NetlinkRequestData {
	parts := []nl.NetlinkRequestData{nl.NewRtGenMsg()}
	for _, a := range attrs {
		parts = append(parts, a)
	}
	return parts
}

// getIDs returns the ids in the answer to RTM_GETNSID.
func (i *IDs) getIDs(attrs ...*nl.RtAttr) ([]ID, error) {
	answers, err := i.conn.Do(unix.RTM_GETNSID, 0, request(attrs)...)
	return parse(answers), err
}

// OfName returns the id of a named namespace. It returns None if the namespace has none, or if
// the file cannot be opened, for it may just have gone. The error is a *iproute.Failure or an
// *rtnl.Error.
func (i *IDs) OfName(name string) (int32, error) {
	fd, err := openSettled(Path(name))
	if err != nil {
		return None, nil
	}
	defer fd.close()
	id, err := i.OfFile(int(fd))
	if e := (*rtnl.Error)(nil); errors.As(err, &e) && !isNamespace(int(fd)) {
		f := e.Failure()
		f.Hint = takenHint(name)
		return id, f
	}
	return id, err
}

// OfFile returns the id of the namespace behind a descriptor, or None. The error is an
// *rtnl.Error.
func (i *IDs) OfFile(fd int) (int32, error) {
	answers, err := i.getIDs(int32Attr(attrFD, int32(fd)))
	if err != nil || len(answers) == 0 {
		return None, err
	}
	return answers[0].ID, nil
}

// Set gives the namespace behind a descriptor an id. For None the kernel chooses one. The
// error is an *rtnl.Error.
func (i *IDs) Set(fd int, id int32) error {
	err := i.conn.Change(unix.RTM_NEWNSID, 0, request([]*nl.RtAttr{int32Attr(attrFD, int32(fd)), int32Attr(attrNSID, id)})...)
	return err
}

// An ID is one line of list-id: the id of a namespace in the target and, if a target was
// given, in the current namespace. Each may be None.
type ID struct {
	ID, Current int32
	HasCurrent  bool
}

// List returns all ids that the target has for others. The target is an id itself, or None for
// the current namespace. The error is a *iproute.Failure.
func (i *IDs) List(target int32) ([]ID, error) {
	answers, err := i.conn.Dump(unix.RTM_GETNSID, request(targetAttrs(target))...)
	if err != nil {
		text := err.Error()
		if target != None && errors.Is(err, unix.EINVAL) {
			text = "Error: Invalid target network namespace id." // the kernel's sentence, see net_namespace.c
		}
		return nil, iproute.Fail(text + "\nDump terminated")
	}
	return parse(answers), nil
}

// Lookup is List for one id. The error is an *rtnl.Error.
func (i *IDs) Lookup(id, target int32) ([]ID, error) {
	return i.getIDs(append(targetAttrs(target), int32Attr(attrNSID, id))...)
}

func targetAttrs(target int32) []*nl.RtAttr {
	if target == None {
		return nil
	}
	return []*nl.RtAttr{int32Attr(attrTargetNSID, target)}
}

func parse(answers [][]byte) []ID {
	const header = unix.RTA_ALIGNTO // struct rtgenmsg, aligned
	var list []ID
	for _, m := range answers {
		id, known := ID{ID: None, Current: None}, false
		rtnl.Each(m[min(header, len(m)):], func(kind uint16, value []byte) {
			if len(value) < 4 {
				return
			}
			switch n := int32(binary.NativeEndian.Uint32(value)); kind {
			case attrNSID:
				id.ID, known = n, true
			case attrCurrentNSID:
				id.Current, id.HasCurrent = n, true
			}
		})
		if known {
			list = append(list, id)
		}
	}
	return list
}
