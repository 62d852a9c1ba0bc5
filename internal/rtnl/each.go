package rtnl

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// Each calls f for one attribute after the other, in the order of the kernel. It is
// Parse without a map, for dumps. What is cut short ends it.
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
