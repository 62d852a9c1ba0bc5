package iproute

import "testing"

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		word, name string
		want       bool
	}{{"", "list", false}, {"l", "list", true}, {"list", "list", true}, {"lists", "list", false}, {"ist", "list", false}, {"L", "list", false}} {
		if got := Matches(c.word, c.name); got != c.want {
			t.Errorf("Matches(%q, %q) = %v", c.word, c.name, got)
		}
	}
}
