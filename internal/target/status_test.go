package target

import "testing"

func TestParseIds(t *testing.T) {
	tests := []struct {
		status string
		want   Ids
		ok     bool
	}{
		{"Name:\tx\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n", Ids{2, 6}, true},
		{"Name:\tUid:\\n\nUid:\t0\t4294967295\t0\t0\nGid:\t0\t0\t0\t0\n", Ids{4294967295, 0}, true},
		{"Uid:\t1\t2\t3\t4\n", Ids{}, false},
		{"Uid:\t1\nGid:\t1\t1\t1\t1\n", Ids{}, false},
		{"Uid:\t1\t-2\nGid:\t1\t1\n", Ids{}, false},
		{"", Ids{}, false},
	}
	for _, tt := range tests {
		if got, err := ParseIds([]byte(tt.status)); got != tt.want || (err == nil) != tt.ok {
			t.Errorf("%q: %v, %v", tt.status, got, err)
		}
	}
}

func TestInnerID(t *testing.T) {
	const m = "         0       1000          1\n         1     700000      65536\n"
	tests := []struct {
		id, want uint32
		ok       bool
	}{{1000, 0, true}, {700000, 1, true}, {765535, 65536, true}, {765536, 0, false}, {999, 0, false}, {1001, 0, false}, {0, 0, false}}
	for _, tt := range tests {
		if got, ok := InnerID([]byte(m), tt.id); got != tt.want || ok != tt.ok {
			t.Errorf("%d: %d, %v; want %d, %v", tt.id, got, ok, tt.want, tt.ok)
		}
	}
	if _, ok := InnerID(nil, 0); ok {
		t.Error("an empty map has an id")
	}
}
