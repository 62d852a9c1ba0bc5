// Package man holds the manual pages. Its tests keep them, the help and the
// completions in step with the tables of options.
package man

import (
	"cmp"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nstools/internal/opt"
	"nstools/internal/unshare"
)

const page = "gounshare.1"

// An entry is what a page says of an option.
type entry struct {
	Short, Long string
	Arg         opt.Arg
	Metavar     string
}

// entries of the table, group by group as the help prints them, the tool's own last.
func tableEntries(t *opt.Table) [][]entry {
	flags := slices.Clone(t.Flags)
	rank := func(f opt.Flag) int {
		if f.Own {
			return f.Group + 1000
		}
		return f.Group
	}
	slices.SortStableFunc(flags, func(a, b opt.Flag) int { return cmp.Compare(rank(a), rank(b)) })
	var groups [][]entry
	for i, f := range flags {
		if i == 0 || rank(f) != rank(flags[i-1]) {
			groups = append(groups, nil)
		}
		e := entry{Long: f.Long, Arg: f.Arg, Metavar: strings.NewReplacer("<", "", ">", "").Replace(f.Metavar)}
		if f.Short != 0 {
			e.Short = string(f.Short)
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], e)
	}
	return groups
}

var item = regexp.MustCompile(`^\.It Fl (?:(\w) , Fl )?-([a-z-]+)(?: Ns Oo = Ns (.+) Oc| (.+))?$`)

// pageEntries are the options of a page, subsection by subsection.
func pageEntries(t *testing.T, lines []string) [][]entry {
	t.Helper()
	var groups [][]entry
	for _, line := range lines {
		if strings.HasPrefix(line, ".Ss ") {
			groups = append(groups, nil)
		}
		if !strings.HasPrefix(line, ".It Fl ") {
			continue
		}
		m := item.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("an option in a form that is not understood: %s", line)
			continue
		}
		e := entry{Short: m[1], Long: m[2], Metavar: plain(m[3] + m[4])}
		switch {
		case m[3] != "":
			e.Arg = opt.Optional
		case m[4] != "":
			e.Arg = opt.Required
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], e)
	}
	return groups
}

// plain drops macros and blanks.
func plain(mdoc string) string {
	words := slices.DeleteFunc(strings.Fields(mdoc), func(w string) bool { return w == "Ar" || w == "Cm" || w == "Ns" })
	return strings.Join(words, "")
}

// section is the lines of one section of a page.
func section(t *testing.T, title string) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "\n.Sh "+title+"\n")
	if !ok {
		t.Fatalf("%s has no section %s", page, title)
	}
	body, _, _ := strings.Cut(rest, "\n.Sh ")
	return strings.Split(body, "\n")
}

func TestOptionsAreThoseOfTheTable(t *testing.T) {
	want := tableEntries(unshare.Table(new(unshare.Options)))
	got := pageEntries(t, section(t, "OPTIONS"))
	if len(got) != len(want) {
		t.Errorf("%d subsections; the help has %d groups", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("group %d\npage  %+v\ntable %+v", i+1, got[i], want[i])
		}
	}
}

// The page says it once for all options, before the list.
func TestShortFormTakesOnlyRequiredArguments(t *testing.T) {
	for _, f := range unshare.Table(new(unshare.Options)).Flags {
		if f.Short != 0 && (f.ShortArg == opt.Required) != (f.Arg == opt.Required) || f.ShortArg == opt.Optional {
			t.Errorf("-%c, --%s", f.Short, f.Long)
		}
	}
}

func TestSynopsisIsThatOfTheHelp(t *testing.T) {
	got := ""
	for _, line := range section(t, "SYNOPSIS") {
		if line == ".Nm" {
			continue
		}
		text, open := "", 0
		for _, w := range strings.Fields(strings.TrimPrefix(line, ".")) {
			switch w {
			case "Op":
				text += "["
				open++
			case "Ar":
			default:
				text += w
			}
		}
		got += text + strings.Repeat("]", open)
	}
	want := strings.NewReplacer("<", "", ">", "", " ", "").Replace(unshare.Table(new(unshare.Options)).Synopsis)
	if got != want {
		t.Errorf("page %q, help %q", got, want)
	}
}

// TestOptionsInTheTextExist finds names that have changed in the table only.
func TestOptionsInTheTextExist(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	flags := unshare.Table(new(unshare.Options)).Flags
	for _, m := range regexp.MustCompile(`(?m)^\.(?:.* )?Fl -(\S+)|\bFl -(\S+)`).FindAllStringSubmatch(string(text), -1) {
		name := m[1] + m[2]
		known := slices.ContainsFunc(flags, func(f opt.Flag) bool {
			return f.Long == name || !f.Own && strings.HasPrefix(f.Long, name) // examples of abbreviations
		})
		if !known && name != "bind" { // of mount(8)
			t.Errorf("--%s is no option", name)
		}
	}
}

func TestAmbiguousAbbreviationsAreAmbiguous(t *testing.T) {
	text := strings.Join(section(t, "COMPATIBILITY"), "\n")
	_, list, found := strings.Cut(text, "abbreviations ambiguous:\n")
	list, _, _ = strings.Cut(list, ".It\n")
	names := regexp.MustCompile(`Fl (-[a-z-]+)`).FindAllStringSubmatch(list, -1)
	if !found || len(names) == 0 {
		t.Fatal("the list is not where it was")
	}
	for _, m := range names {
		_, err := unshare.Parse([]string{"unshare", "-" + m[1], "true"})
		if err == nil || !strings.Contains(err.Error(), "is ambiguous") {
			t.Errorf("-%s: %v", m[1], err)
		}
	}
}

func TestHelpListsEveryOption(t *testing.T) {
	table := unshare.Table(new(unshare.Options))
	usage := table.Usage("gounshare")
	for _, f := range table.Flags {
		spelling := "--" + f.Long
		if f.Short != 0 {
			spelling = "-" + string(f.Short) + ", " + spelling
		}
		if !regexp.MustCompile(`(?m)^ ` + spelling + `(?:[ \[]|$)`).MatchString(usage) {
			t.Errorf("no line for %s", spelling)
		}
	}
}

func TestCompletionsOfferEveryOption(t *testing.T) {
	table := unshare.Table(new(unshare.Options))
	// How each shell's script spells a short and a long option that it offers.
	for shell, form := range map[string]struct{ line, short, long string }{
		"bash": {`compgen -W '-.*`, `[ ']-%[ ']`, `[ ']--%=?[ ']`},
		"zsh":  {`(?m)^\t+'(\(.*\))?-.*$`, `[')]-%\+?\[`, `[')]--%=?-?\[`},
		"fish": {`(?m)^complete -c .*$`, ` -s % `, ` -l % `},
	} {
		script, err := table.Completion(shell, "gounshare")
		if err != nil {
			t.Fatal(err)
		}
		offers := strings.Join(regexp.MustCompile(form.line).FindAllString(script, -1), "\n")
		offered := func(form, name string) bool {
			return regexp.MustCompile(strings.ReplaceAll(form, "%", name)).MatchString(offers)
		}
		for _, f := range table.Flags {
			if !offered(form.long, f.Long) {
				t.Errorf("%s: no --%s", shell, f.Long)
			}
			if f.Short != 0 && !offered(form.short, string(f.Short)) {
				t.Errorf("%s: no -%c", shell, f.Short)
			}
		}
	}
}

func TestLint(t *testing.T) {
	if _, err := exec.LookPath("mandoc"); err != nil {
		t.Skip("no mandoc")
	}
	if out, err := exec.Command("mandoc", "-Tlint", "-W", "warning", page).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("mandoc -Tlint: %v\n%s", err, out)
	}
}
