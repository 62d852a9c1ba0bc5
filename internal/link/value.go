package link

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

// The values of attributes. What is too short is 0.

func stringValue(v []byte) string { return unix.ByteSliceToString(v) }

func uint32Value(v []byte) uint32 {
	if len(v) < 4 {
		return 0
	}
	return binary.NativeEndian.Uint32(v)
}

func uint8Value(v []byte) uint8 {
	if len(v) < 1 {
		return 0
	}
	return v[0]
}

// ip is the zero address for what is none.
func addrValue(v []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(v)
	return a
}
