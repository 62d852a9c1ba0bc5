package iproute

import (
	"bytes"
	"testing"
)

// TestParseHardware covers what a script compares with the original for the same words.
func TestParseHardware(t *testing.T) {
	for word, want := range map[string][]byte{
		"02:00:00:00:00:0a": {2, 0, 0, 0, 0, 10},
		"2:0:0:0:0:0a:0B":   {2, 0, 0, 0, 0, 10, 11},
		"ff":                {255},
		"foo":               {15},
		"0x1f: 2":           {31, 2},
		"+2:0x":             {2, 0},
		"10.0.0.1":          {10, 0, 0, 1},
		"02-00-00":          {2},
	} {
		if got, err := ParseHardware(word); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%q: got %x, %v; want %x", word, got, err, want)
		}
	}
	for word, named := range map[string]string{
		"":               "",
		"zz:00":          "zz",
		"02:zz:00":       "zz",
		"02:":            "",
		"2:0:0:0:0:100":  "100",
		"-2:0":           "-2",
		"0200.0000.000d": "0200.0000.000d",
	} {
		want := `"` + named + `" is invalid lladdr.`
		if got, err := ParseHardware(word); err == nil || err.Error() != want {
			t.Errorf("%q: got %x, %v; want %s", word, got, err, want)
		}
	}
}
