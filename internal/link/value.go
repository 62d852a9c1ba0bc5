package link

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

// These functions read the values of attributes. A value that is too short reads as 0.

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

// addrValue returns the zero address for bytes of another length than 4 and 16.
func addrValue(v []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(v)
	return a
}
