package idmap

import (
	"slices"
	"strings"
	"testing"
)

func TestIdentity(t *testing.T) {
	tests := []struct {
		in   string
		want []Entry
	}{
		{"", nil},
		{"\n", nil},
		{"         0          0 4294967295\n", []Entry{explicit(0, 0, 4294967295)}},
		{"         0          0 4294967295", []Entry{explicit(0, 0, 4294967295)}},
		{"         0       1000          1\n         1     100000      65536\n", []Entry{explicit(0, 0, 1), explicit(1, 1, 65536)}},
		{"5\t7\t3\r\n", []Entry{explicit(5, 5, 3)}},
		{"5 7\n5 7 3 4\nx 7 3\n5 x 3\n5 7 x\n-5 7 3\n4294967296 0 1\n1 2 3\n", []Entry{explicit(1, 1, 3)}},
		{"\xff 0 1\n\x00 0 1", nil},
		{strings.Repeat("1 ", 100000), nil},
	}
	for _, tt := range tests {
		if got := Identity(tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("Identity(%.40q) = %v; want %v", tt.in, got, tt.want)
		}
	}
}
