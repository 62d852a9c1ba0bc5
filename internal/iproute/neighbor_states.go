package iproute

import "golang.org/x/sys/unix"

// A NeighborState is a state of a neighbour. See: ip-neighbour(8).
type NeighborState struct {
	Name  string
	Bit   uint16 // NUD_*
	Short bool   // may be abbreviated
}

// NeighborStates returns the states in the order in which ip compares.
func NeighborStates() []NeighborState {
	return []NeighborState{
		{"permanent", unix.NUD_PERMANENT, true},
		{"reachable", unix.NUD_REACHABLE, true},
		{"noarp", unix.NUD_NOARP, false},
		{"none", unix.NUD_NONE, false},
		{"stale", unix.NUD_STALE, false},
		{"incomplete", unix.NUD_INCOMPLETE, false},
		{"delay", unix.NUD_DELAY, false},
		{"probe", unix.NUD_PROBE, false},
		{"failed", unix.NUD_FAILED, true},
	}
}

// ReadNeighborState returns the state that a word names: one bit, or 0.
func ReadNeighborState(word string) (uint16, bool) {
	for _, s := range NeighborStates() {
		if word == s.Name || s.Short && Matches(word, s.Name) {
			return s.Bit, true
		}
	}
	n, ok := Unsigned(word, 8)
	return uint16(n), ok && n&(n-1) == 0
}
