package rtnl

import (
	"encoding/binary"
	"slices"

	"golang.org/x/sys/unix"
)

// ChangeAll sends many requests of one kind. The kernel carries them out one by one, also those
// behind one that it refuses. The error is the first refusal with an errno that is not harmless,
// an *Error.
func (c *Conn) ChangeAll(kind int, payloads [][]byte, harmless ...unix.Errno) error {
	// The kernel answers what it refuses, and what asks for an answer: the last request of a
	// datagram does. The answers to one datagram fit into the socket's buffer.
	const most = 64
	for len(payloads) > 0 {
		n := min(most, len(payloads))
		if err := c.changeSome(kind, payloads[:n], harmless); err != nil {
			return err
		}
		payloads = payloads[n:]
	}
	return nil
}

// changeSome sends requests in one datagram, and reads the answers up to that of the last one.
func (c *Conn) changeSome(kind int, payloads [][]byte, harmless []unix.Errno) error {
	fd := c.sockets[unix.NETLINK_ROUTE].Socket.GetFd()
	var b []byte
	for i, p := range payloads {
		flags := uint16(unix.NLM_F_REQUEST)
		if i == len(payloads)-1 {
			flags |= unix.NLM_F_ACK
		}
		b = binary.NativeEndian.AppendUint32(b, uint32(unix.SizeofNlMsghdr+len(p)))
		b = binary.NativeEndian.AppendUint16(b, uint16(kind))
		b = binary.NativeEndian.AppendUint16(b, flags)
		b = binary.NativeEndian.AppendUint32(b, uint32(i)) // the number that an answer repeats
		b = binary.NativeEndian.AppendUint32(b, 0)
		b = append(b, p...)
		for len(b)%unix.NLMSG_ALIGNTO != 0 {
			b = append(b, 0)
		}
	}
	if err := unix.Sendto(fd, b, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return c.refusal(err)
	}
	var first error
	for {
		answers, _, err := c.sockets[unix.NETLINK_ROUTE].Socket.Receive()
		if err != nil {
			return c.refusal(err)
		}
		for _, m := range answers {
			if m.Header.Type != unix.NLMSG_ERROR || len(m.Data) < 4 {
				continue
			}
			errno := unix.Errno(-int32(binary.NativeEndian.Uint32(m.Data)))
			if errno != 0 && first == nil && !slices.Contains(harmless, errno) {
				first = c.refusal(errno)
			}
			if int(m.Header.Seq) == len(payloads)-1 {
				return first
			}
		}
	}
}
