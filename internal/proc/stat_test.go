package proc

import (
	"strings"
	"testing"
)

func TestParseStat(t *testing.T) {
	rest := strings.Repeat(" 0", 17) + " 4711 0 0"
	tests := []struct {
		text string
		want Stat
		ok   bool
	}{
		{"5 (sh) S 1" + rest, Stat{"sh", 'S', 1, 4711}, true},
		{"5 (a) S 9 (b) R 2" + rest, Stat{"a) S 9 (b", 'R', 2, 4711}, true},
		{"5 (\n) Z 3" + rest, Stat{"\n", 'Z', 3, 4711}, true},
		{"5 () S 1" + rest, Stat{"", 'S', 1, 4711}, true},
		{"5 (sh) S 1", Stat{}, false},
		{"5 (sh S 1" + rest, Stat{}, false},
		{")(", Stat{}, false},
		{"", Stat{}, false},
	}
	for _, tt := range tests {
		if got, ok := ParseStat(tt.text); ok != tt.ok || ok && got != tt.want {
			t.Errorf("%q: %+v, %v", tt.text, got, ok)
		}
	}
}
