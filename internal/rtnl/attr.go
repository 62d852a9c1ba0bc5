package rtnl

import (
	"encoding/binary"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Uint32 returns an attribute of 32 bits.
func Uint32(kind int, n uint32) *nl.RtAttr { return nl.NewRtAttr(kind, nl.Uint32Attr(n)) }

// String returns an attribute of a string with a NUL at its end.
func String(kind int, s string) *nl.RtAttr { return nl.NewRtAttr(kind, nl.ZeroTerminated(s)) }

// typeMask is NLA_TYPE_MASK: it clears the bits that describe the layout of a value.
const typeMask = ^uint16(unix.NLA_F_NESTED | unix.NLA_F_NET_BYTEORDER)

// Each calls f for each attribute, in the kernel's order. It stops at one that is cut short.
func Each(attrs []byte, f func(kind uint16, value []byte)) {
	for len(attrs) >= unix.SizeofRtAttr {
		n := int(binary.NativeEndian.Uint16(attrs))
		if n < unix.SizeofRtAttr || n > len(attrs) {
			return
		}
		f(binary.NativeEndian.Uint16(attrs[2:])&typeMask, attrs[unix.SizeofRtAttr:n])
		if n = (n + unix.RTA_ALIGNTO - 1) &^ (unix.RTA_ALIGNTO - 1); n > len(attrs) {
			return
		}
		attrs = attrs[n:]
	}
}
