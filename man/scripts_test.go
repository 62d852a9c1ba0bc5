package man

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"nstools/internal/ip"
)

// TestScriptsUseWhatThePagesHave checks that every option, and every verb of gonetns, is used by
// a script of testscripts.
func TestScriptsUseWhatThePagesHave(t *testing.T) {
	files, err := filepath.Glob("../testscripts/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]string{} // by program: the scripts that run it
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for program, original := range map[string]string{"gounshare": "unshare", "gonsenter": "nsenter", "gonetns": "ip "} {
			if strings.Contains(string(text), program) || strings.Contains(string(text), "same "+original) {
				used[program] += string(text)
			}
		}
	}
	missing := func(program, what, form string) {
		if !regexp.MustCompile(form).MatchString(used[program]) {
			t.Errorf("no script of testscripts uses %s of %s: add one", what, program)
		}
	}
	onEach(t, func(_ *testing.T, p page) {
		for _, f := range p.table.Flags {
			form := `[\s']--` + f.Long + `\b`
			if f.Short != 0 {
				form += `|[\s']-[A-Za-z]*` + string(f.Short)
			}
			missing(p.tool, "--"+f.Long, form)
		}
	})
	for _, s := range ip.Reference() {
		for _, item := range s.Items {
			word, _, _ := strings.Cut(item, " ")
			if !strings.HasPrefix(word, "-") {
				missing("gonetns", "the verb "+word, `\b(gonetns|ip|IP)\b[^\n;&|]*[ \t]`+regexp.QuoteMeta(word)+`\b`)
			}
		}
	}
}
