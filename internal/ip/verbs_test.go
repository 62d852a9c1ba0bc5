package ip

import (
	"slices"
	"strings"
	"testing"
)

func TestStripIDs(t *testing.T) {
	for line, want := range map[string]string{
		"a":                         "a",
		"a b c":                     "a b c",
		"a (id: 0)":                 "a",
		"a (id: 0) b (id: 12) c":    "a b c",
		"a b (id: 3)":               "a b",
		"(id: 0)":                   "(id: 0)", // the first word is a name
		"(id: 0) (id: 1)":           "(id: 0)",
		"a (id:":                    "a (id:",
		"a (id: b":                  "a (id: b",
		"a (id: )":                  "a (id: )",
		"a (id: -1)":                "a (id: -1)",
		"a (id: 0 )":                "a (id: 0 )",
		"a id: 0)":                  "a id: 0)",
		"a (id: 0) (id: 1) (id: 2)": "a",
	} {
		if got := stripIDs(strings.Fields(line)); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%q: got %q; want %q", line, got, want)
		}
	}
}
