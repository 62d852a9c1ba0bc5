package ip

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"nstools/internal/iproute"
)

// TestSynopsisIsGrammar compares the synopsis of each verb with its grammar: the words exist,
// and name the same.
func TestSynopsisIsGrammar(t *testing.T) {
	names := map[iproute.Value]string{iproute.Device: "DEV", iproute.Namespace: "NAME", iproute.LinkKind: "TYPE"}
	for _, o := range objects() {
		for _, v := range o.listed() {
			if v.words == nil {
				continue
			}
			for _, m := range regexp.MustCompile(`\b([a-z]+)\b(?:\]? ([A-Z]+))?`).FindAllStringSubmatch(v.synopsis, -1) {
				word, value := m[1], m[2]
				if word == "default" { // the word is a prefix
					continue
				}
				i := slices.IndexFunc(v.words(), func(w iproute.Word) bool { return w.Name == word })
				if i < 0 {
					t.Errorf("%s %s: %q is not in the grammar", o.name, v.name, word)
					continue
				}
				if want := names[v.words()[i].Value]; want != "" && value != want || value == "DEV" && want != value {
					t.Errorf("%s %s: %q names %q in the synopsis, %q in the grammar", o.name, v.name, word, value, want)
				}
			}
			if len(v.operands) > 0 && v.operands[0] == iproute.Device && !strings.Contains(v.synopsis, "DEV") {
				t.Errorf("%s %s: its device is missing in %q", o.name, v.name, v.synopsis)
			}
		}
	}
}
