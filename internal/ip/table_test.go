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

// TestOwnVerbsHelp checks that each verb that ip lacks answers --help, as the help of the
// program says, and that "help VERB" shows the same.
func TestOwnVerbsHelp(t *testing.T) {
	for _, v := range netnsVerbs() {
		if !v.own {
			continue
		}
		var texts [2]string
		for n, args := range [][]string{{v.name, "--help"}, {"help", v.name}} {
			var out, err strings.Builder
			if status := Main(append([]string{"gonetns"}, args...), &out, &err); status != 0 || err.Len() > 0 {
				t.Errorf("gonetns %s: status %d, %q: a verb that ip lacks reads its words with operands, by a table that has --help", strings.Join(args, " "), status, &err)
			}
			texts[n] = out.String()
		}
		if !strings.Contains(texts[0], "gonetns "+v.name) || texts[0] != texts[1] {
			t.Errorf("gonetns %s --help prints\n%s\nand gonetns help %s\n%s", v.name, texts[0], v.name, texts[1])
		}
	}
}
