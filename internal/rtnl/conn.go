package rtnl

import (
	"errors"

	"github.com/vishvananda/netlink/nl"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/hint"
	"nstools/internal/iproute"
)

// A Conn is a connection to the kernel about one network namespace.
type Conn struct {
	sockets map[int]*nl.SocketHandle
	current bool // about the namespace of the calling thread
}

// Open connects to the namespace behind a descriptor, for -1 to the one of the calling thread.
// The error is a *iproute.Failure, which holds the errno.
func Open(namespace int) (*Conn, error) {
	var s *nl.NetlinkSocket
	open := func() (err error) {
		s, err = nl.GetNetlinkSocketAt(netns.None(), netns.None(), unix.NETLINK_ROUTE)
		return err
	}
	err := error(nil)
	if namespace < 0 {
		err = open()
	} else {
		err = Within(namespace, open) // the library's way loses the errno
	}
	if err != nil {
		f := iproute.Fail("Cannot open netlink socket: " + diag.Reason(err))
		errors.As(err, &f.Errno)
		f.Hint = hint.Filtered("socket", err)
		return nil, f
	}
	// Older kernels work without: sentences beside the errno need Linux 4.12, and filtered
	// dumps Linux 4.20.
	s.SetExtAck(true)
	unix.SetsockoptInt(s.GetFd(), unix.SOL_NETLINK, unix.NETLINK_GET_STRICT_CHK, 1)
	return &Conn{map[int]*nl.SocketHandle{unix.NETLINK_ROUTE: {Socket: s}}, namespace < 0}, nil
}

// Close closes the connection.
func (c *Conn) Close() { c.sockets[unix.NETLINK_ROUTE].Close() }

// Do sends one request and returns the messages that answer it. The error is an *Error.
func (c *Conn) Do(kind, flags int, parts ...nl.NetlinkRequestData) ([][]byte, error) {
	answers, err := c.request(kind, flags, parts)
	if err != nil {
		return nil, c.refusal(err)
	}
	return answers, nil
}

// Change is Do for a request that is answered by an acknowledgement. The error is an *Error.
func (c *Conn) Change(kind, flags int, parts ...nl.NetlinkRequestData) error {
	_, err := c.Do(kind, flags|unix.NLM_F_ACK, parts...)
	return err
}

// Dump requests everything of a kind. It asks again if the kernel reports a change meanwhile.
// The error is an *Error.
func (c *Conn) Dump(kind int, parts ...nl.NetlinkRequestData) ([][]byte, error) {
	// The library cannot parse the sentence of a refused dump.
	socket := c.sockets[unix.NETLINK_ROUTE].Socket
	socket.SetExtAck(false)
	defer socket.SetExtAck(true)
	const tries = 10
	for try := 1; ; try++ {
		answers, err := c.request(kind, unix.NLM_F_DUMP, parts)
		switch {
		case err == nl.ErrDumpInterrupted && try < tries:
		case err == nl.ErrDumpInterrupted: // returned as the best result
			return answers, nil
		case err != nil:
			return nil, c.refusal(err)
		default:
			return answers, nil
		}
	}
}

func (c *Conn) request(kind, flags int, parts []nl.NetlinkRequestData) ([][]byte, error) {
	r := nl.NewNetlinkRequest(kind, flags)
	r.Sockets = c.sockets
	for _, p := range parts {
		r.AddData(p)
	}
	return r.Execute(unix.NETLINK_ROUTE, 0)
}
