package iproute

import "testing"

func TestInteger(t *testing.T) {
	for word, want := range map[string]int32{
		"0": 0, "12": 12, "+3": 3, "-1": -1, "010": 8, "0x1F": 31, "0xb": 11, "-0xB0": -176, "2147483647": 2147483647,
	} {
		if got, ok := Integer(word); !ok || got != want {
			t.Errorf("%q: got %d, %v; want %d", word, got, ok, want)
		}
	}
	for _, word := range []string{"", "x", "1x", "08", "0o7", "0O7", "-0o7", "0b1", "0B1", "-0b1", "1_0", "0x_1", "+-1", "2147483648", " 1"} {
		if got, ok := Integer(word); ok {
			t.Errorf("%q: got %d; want none", word, got)
		}
	}
}
