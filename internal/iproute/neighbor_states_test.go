package iproute

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestReadNeighborState(t *testing.T) {
	for word, want := range map[string]uint16{
		"permanent": unix.NUD_PERMANENT, "p": unix.NUD_PERMANENT, "r": unix.NUD_REACHABLE, "f": unix.NUD_FAILED, "fail": unix.NUD_FAILED,
		"noarp": unix.NUD_NOARP, "none": unix.NUD_NONE, "stale": unix.NUD_STALE, "probe": unix.NUD_PROBE, "0": 0, "0x40": unix.NUD_NOARP, "1": unix.NUD_INCOMPLETE,
	} {
		if got, ok := ReadNeighborState(word); !ok || got != want {
			t.Errorf("%q: got %#x, %v; want %#x", word, got, ok, want)
		}
	}
	for _, word := range []string{"", "sta", "n", "noar", "all", "3", "256", "-1", "foo"} {
		if got, ok := ReadNeighborState(word); ok {
			t.Errorf("%q: got %#x; want none", word, got)
		}
	}
}
