package idmap

import (
	"slices"
	"testing"
)

func TestMapLines(t *testing.T) {
	tests := []struct {
		m    Map
		want string
	}{
		{nil, ""},
		{Map{{0, 1000, 1}}, "0 1000 1\n"},
		{Map{{0, 1000, 1}, {1, 100000, 65536}}, "0 1000 1\n1 100000 65536\n"},
		{Map{{4294967295, 4294967295, 4294967295}}, "4294967295 4294967295 4294967295\n"},
	}
	for _, tt := range tests {
		if got := tt.m.Lines(); got != tt.want {
			t.Errorf("%v.Lines() = %q; want %q", tt.m, got, tt.want)
		}
	}
}

func TestMapArgs(t *testing.T) {
	tests := []struct {
		m    Map
		want []string
	}{
		{nil, nil},
		{Map{{0, 1000, 1}}, []string{"0", "1000", "1"}},
		{Map{{0, 1000, 1}, {1, 100000, 65536}}, []string{"0", "1000", "1", "1", "100000", "65536"}},
		{Map{{4294967295, 0, 4294967295}}, []string{"4294967295", "0", "4294967295"}},
	}
	for _, tt := range tests {
		if got := tt.m.Args(); !slices.Equal(got, tt.want) {
			t.Errorf("%v.Args() = %q; want %q", tt.m, got, tt.want)
		}
	}
}
