package idmap

import (
	"math/big"
	"regexp"
	"strings"
	"testing"
)

func TestParseRange(t *testing.T) {
	tests := []struct {
		in   string
		want Range
	}{
		{"0:1000:1", Range{0, 1000, 1}},
		{"1000,0,1", Range{0, 1000, 1}},
		{"1:2:3", Range{1, 2, 3}},
		{"1,2,3", Range{2, 1, 3}},
		{"010:002:0003", Range{10, 2, 3}},
		{"0:0:0", Range{}},
		{"+1:2:3", Range{1, 2, 3}},
		{" 1: +2:\t3", Range{1, 2, 3}},
		{"+1, 2,3", Range{2, 1, 3}},
		{"4294967295:4294967295:4294967295", Range{4294967295, 4294967295, 4294967295}},
		{"0,4294967295,1", Range{4294967295, 0, 1}},
		{strings.Repeat("0", 1000) + "7:8:9", Range{7, 8, 9}},
	}
	for _, tt := range tests {
		got, err := ParseRange(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("ParseRange(%q) = %v, %v; want %v, nil", tt.in, got, err, tt.want)
		}
	}
}

func TestParseRangeInvalid(t *testing.T) {
	tests := []string{
		"", "0", ":", "::", ",,", "0:1", "0:1:", ":1:2", "0::2", "0:1:2:", "0:1:2:3", "0,1,2,3",
		"0:1,2", "0,1:2", "0:1,2:3", "4294967296:0:1", "0:4294967296:1", "0:0:4294967296",
		"99999999999999999999:0:1", "++1:0:1", "+ 1:0:1", "-1:0:1", "0:-0:1", "0 :0:1", "0:0:1 ",
		"0:0:1\n", "0:0:1\r", "0:0:1\x00", "0x1:0:1", "1_0:0:1", "1e1:0:1", "a:b:c", "auto",
		"٣:0:1", "\xff:0:1", "0:0:1\xff", "0;0;1",
	}
	for _, in := range tests {
		want := "invalid mapping '" + in + "'"
		got, err := ParseRange(in)
		if err == nil || err.Error() != want || got != (Range{}) {
			t.Errorf("ParseRange(%q) = %v, %v; want {0 0 0}, %s", in, got, err, want)
		}
	}
}

// FuzzParseRange compares ParseRange with a slow reading of the grammar.
func FuzzParseRange(f *testing.F) {
	for _, seed := range []string{"0:1000:1", "1000,0,1", "", "::", "0:1,2", "+1:0:1", "0:0:4294967296", "0:0:1\x00", "\xff,1,2"} {
		f.Add(seed)
	}
	grammar := regexp.MustCompile(strings.ReplaceAll(`^(?:N:N:N|N,N,N)\z`, "N", `[ \t\n\v\f\r]*\+?([0-9]+)`))
	f.Fuzz(func(t *testing.T, in string) {
		var want Range
		wantErr := ""
		m := grammar.FindStringSubmatch(in)
		switch {
		case m == nil || tooBig(m[1:]):
			wantErr = "invalid mapping '" + in + "'"
		case m[1] != "":
			want = Range{Inner: id(m[1]), Outer: id(m[2]), Count: id(m[3])}
		default:
			want = Range{Inner: id(m[5]), Outer: id(m[4]), Count: id(m[6])}
		}
		got, err := ParseRange(in)
		gotErr := ""
		if err != nil {
			gotErr = err.Error()
		}
		if got != want || gotErr != wantErr {
			t.Errorf("ParseRange(%q) = %v, %q; want %v, %q", in, got, gotErr, want, wantErr)
		}
	})
}

// tooBig reports whether any of the numbers needs more than 32 bits.
func tooBig(numbers []string) bool {
	for _, number := range numbers {
		if n, ok := new(big.Int).SetString(number, 10); ok && n.BitLen() > 32 {
			return true
		}
	}
	return false
}

func id(number string) uint32 {
	n, _ := new(big.Int).SetString(number, 10)
	return uint32(n.Uint64())
}
