package ip

import (
	"bytes"
	"testing"
)

// TestOutputBuffer appends in portions of several sizes: all of it is buffered, in order.
func TestOutputBuffer(t *testing.T) {
	var all []byte
	for n := range 3*chunkSize + 100 {
		all = append(all, byte(n*7))
	}
	for _, portion := range []int{1, 100, ownBytes - 1, ownBytes, ownBytes + 1, chunkSize, len(all)} {
		var k outputBuffer
		for rest := all; len(rest) > 0; {
			n := min(portion, len(rest))
			k.add(rest[:n])
			rest = rest[n:]
		}
		var out bytes.Buffer
		if size := k.size; k.replay(&out) != nil || !bytes.Equal(out.Bytes(), all) || size != len(all) || k.size != 0 {
			t.Errorf("in portions of %d: %d bytes of %d, size %d", portion, out.Len(), len(all), size)
		}
	}
}
