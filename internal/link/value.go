package link

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// The values of attributes. What is too short is 0.

func text(v []byte) string { return unix.ByteSliceToString(v) }

func word(v []byte) uint32 {
	if len(v) < 4 {
		return 0
	}
	return binary.NativeEndian.Uint32(v)
}

func octet(v []byte) uint8 {
	if len(v) < 1 {
		return 0
	}
	return v[0]
}
