package opt

import "testing"

func TestNumber(t *testing.T) {
	for s, want := range map[string]uint32{"0": 0, "7": 7, "10": 10, "999999999": 999999999} {
		if n, ok := Number(s); !ok || n != want {
			t.Errorf("Number(%q) = %d, %t; want %d", s, n, ok, want)
		}
	}
	for _, s := range []string{"", "00", "07", "+1", "-1", " 1", "1 ", "1000000000", "x", "1x", "/", ":"} {
		if n, ok := Number(s); ok {
			t.Errorf("Number(%q) = %d", s, n)
		}
	}
}
