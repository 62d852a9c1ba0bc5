package rtnl

import (
	"encoding/binary"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Word is an attribute of 32 bits.
func Word(kind int, n uint32) *nl.RtAttr { return nl.NewRtAttr(kind, nl.Uint32Attr(n)) }

// Text is an attribute of a string with a NUL at its end.
func Text(kind int, s string) *nl.RtAttr { return nl.NewRtAttr(kind, nl.ZeroTerminated(s)) }

// Attrs are the attributes of a message by number.
type Attrs map[uint16][]byte

// typeMask drops the bits that say how a value is laid out: NLA_TYPE_MASK.
const typeMask = ^uint16(unix.NLA_F_NESTED | unix.NLA_F_NET_BYTEORDER)

// Parse reads the attributes behind a message's header of the given length. What
// is cut short is left out.
func Parse(message []byte, header int) Attrs {
	header = (header + unix.RTA_ALIGNTO - 1) &^ (unix.RTA_ALIGNTO - 1)
	if len(message) < header {
		return nil
	}
	list, err := nl.ParseRouteAttr(message[header:])
	if err != nil {
		return nil
	}
	attrs := make(Attrs, len(list))
	for _, a := range list {
		attrs[a.Attr.Type&typeMask] = a.Value
	}
	return attrs
}

// Nested are the attributes within one.
func (a Attrs) Nested(kind uint16) Attrs { return Parse(a[kind], 0) }

// Word is a number of 32 bits; false without it.
func (a Attrs) Word(kind uint16) (uint32, bool) {
	if b := a[kind]; len(b) >= 4 {
		return binary.NativeEndian.Uint32(b), true
	}
	return 0, false
}

// Text is a string without the NUL at its end.
func (a Attrs) Text(kind uint16) string { return unix.ByteSliceToString(a[kind]) }
