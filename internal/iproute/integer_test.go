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

func TestUnsigned(t *testing.T) {
	for word, want := range map[string]uint32{"0": 0, "77": 77, "+77": 77, "0x4d": 77, "0115": 77, "0x0b": 11} {
		if got, ok := Unsigned(word, 32); !ok || got != want {
			t.Errorf("%s: got %d, %v; want %d", word, got, ok, want)
		}
	}
	for _, word := range []string{"", "-1", "x", "++1", "1_0", "0o7", "0b1", "4294967296"} {
		if got, ok := Unsigned(word, 32); ok {
			t.Errorf("%q: got %d; want none", word, got)
		}
	}
}
