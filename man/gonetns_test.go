package man

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nstools/internal/ip"
)

var gonetns = page{tool: "gonetns", section8: true}

// typed is a list entry of the page as one types it, without blanks and in lower case.
func typed(item string) string {
	var b strings.Builder
	optional := false
	for _, word := range strings.Fields(item) {
		switch word {
		case "Ic", "Ar", "Cm", "Ns", "Li":
		case "Fl":
			b.WriteString("-")
		case "Oo":
			b.WriteString("[")
		case "Oc":
			b.WriteString("]")
		case "Op":
			if optional {
				b.WriteString("]")
			}
			b.WriteString("[")
			optional = true
		default:
			b.WriteString(word)
		}
	}
	if optional {
		b.WriteString("]")
	}
	return strings.ToLower(b.String())
}

func TestGonetnsListsWhatTheTablesHave(t *testing.T) {
	page := gonetns.text(t)
	for _, s := range ip.Reference() {
		_, rest, ok := strings.Cut(page, "\n.Ss "+s.Title+"\n")
		if !ok {
			t.Errorf("no subsection %q", s.Title)
			continue
		}
		part, _, _ := strings.Cut(rest, "\n.Ss ")
		part, _, _ = strings.Cut(part, "\n.Sh ")
		var got, want []string
		for _, m := range regexp.MustCompile(`(?m)^\.It (.*)$`).FindAllStringSubmatch(part, -1) {
			got = append(got, typed(m[1]))
		}
		for _, item := range s.Items {
			want = append(want, strings.ToLower(strings.ReplaceAll(item, " ", "")))
		}
		if !slices.Equal(got, want) {
			t.Errorf("man/gonetns.8, .Ss %s: the page needs the .It lines of the tables, in their order%s", s.Title, differences(got, want))
		}
	}
}

// TestGonetnsHelpAndCompletionsHaveTheTables: all that the tables have is offered.
func TestGonetnsHelpAndCompletionsHaveTheTables(t *testing.T) {
	run := func(args ...string) string {
		var out, err strings.Builder
		if status := ip.Main(append([]string{"gonetns"}, args...), &out, &err); status != 0 || err.Len() > 0 {
			t.Fatalf("%v: status %d, %s", args, status, &err)
		}
		return out.String()
	}
	texts := map[string]string{"help": run("--help"), "help of connect": run("connect", "--help")}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		texts[shell] = run("--completion", shell)
	}
	for _, s := range ip.Reference() {
		for _, item := range s.Items {
			word, _, _ := strings.Cut(item, " ")
			for name, text := range texts {
				connects := strings.HasPrefix(s.Title, "Connections") && strings.HasPrefix(word, "--")
				if connects && name == "help" || !connects && name == "help of connect" {
					continue
				}
				if !regexp.MustCompile(`(?m)(^|[ '|(])` + regexp.QuoteMeta(word) + `($|[ '|)])`).MatchString(text) {
					t.Errorf("%s does not offer %s, which is one of %s", name, word, s.Title)
				}
			}
		}
	}
}

// TestGonetnsOptionsInTheTextExist finds names that have changed in the tables only.
func TestGonetnsOptionsInTheTextExist(t *testing.T) {
	known := map[string]bool{}
	for _, s := range ip.Reference() {
		for _, item := range s.Items {
			word, _, _ := strings.Cut(item, " ")
			known[strings.TrimPrefix(word, "-")] = true
		}
	}
	for _, m := range regexp.MustCompile(`(?m)(?:^\.|[ (])Fl ([-\w=]+)`).FindAllStringSubmatch(gonetns.text(t), -1) {
		if !known[m[1]] {
			t.Errorf("man/gonetns.8 speaks of -%s, which is no option", m[1])
		}
	}
}

// TestGonetnsMessagesAreExplained looks for the parts of every message in
// DIAGNOSTICS, by letters alone.
func TestGonetnsMessagesAreExplained(t *testing.T) {
	macro := regexp.MustCompile(`(?m)^\.(?:It|Li|Dq)\b|\b(?:Ar|Li|Ns)\b|\\\(aq|\\\(dq|\\&`)
	letters := func(s string) string { return regexp.MustCompile(`[^A-Za-z]+`).ReplaceAllString(s, "") }
	said := letters(macro.ReplaceAllString(strings.Join(gonetns.section(t, "DIAGNOSTICS"), "\n"), ""))
	found := 0
	for _, pattern := range []string{"../internal/ip/*.go", "../internal/ip/*/*.go", "../internal/wire/*.go", "../internal/link/*.go", "../internal/netns/*.go", "../internal/rtnl/*.go", "../internal/iproute/*.go"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, m := range messages(t, file) {
				begin := letters(m)
				if len(begin) < 4 {
					continue // a quotation mark behind what the user typed
				}
				found++
				if !strings.Contains(said, begin[:min(len(begin), 16)]) {
					t.Errorf("man/gonetns.8: DIAGNOSTICS does not explain %q, which %s says", m, file)
				}
			}
		}
	}
	if found < 60 {
		t.Errorf("only %d messages", found)
	}
}
