// Package man holds the manual pages. Its tests keep them, the help and the
// completions in step with the tables of options.
package man

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"nstools/internal/nsenter"
	"nstools/internal/opt"
	"nstools/internal/unshare"
)

// A page is the manual of one tool.
type page struct {
	tool  string
	table *opt.Table
	parse func(argv ...string) error
	// shortArg is what the text before the list of options says of their short forms.
	shortArg func(long opt.Arg) opt.Arg
	longOnly []string // options whose short form takes nothing all the same
	section8 bool
	foreign  []string // options of other programs that the page speaks of
	sources  []string // whose messages are all in DIAGNOSTICS
}

var pages = []page{{
	tool:    "gounshare",
	sources: []string{"../internal/unshare/*.go", "../internal/idmap/*.go"},
	table:   unshare.Table(new(unshare.Options)),
	parse:   func(argv ...string) error { _, err := unshare.Parse(argv); return err },
	shortArg: func(long opt.Arg) opt.Arg {
		if long == opt.Optional {
			return opt.None
		}
		return long
	},
	foreign: []string{"bind"}, // mount(8)
}, {
	tool:     "gonsenter",
	table:    nsenter.Table(new(nsenter.Options)),
	parse:    func(argv ...string) error { _, err := nsenter.Parse(argv); return err },
	shortArg: func(long opt.Arg) opt.Arg { return long },
	longOnly: []string{"env"},
	sources:  []string{"../internal/nsenter/*.go", "../internal/target/*.go", "../internal/container/*.go"},
}}

// onEach runs a test on every page.
func onEach(t *testing.T, test func(t *testing.T, p page)) {
	for _, p := range pages {
		t.Run(p.tool, func(t *testing.T) { test(t, p) })
	}
}

func (p page) file() string {
	if p.section8 {
		return p.tool + ".8"
	}
	return p.tool + ".1"
}

func (p page) text(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(p.file())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// An entry is what a page says of an option.
type entry struct {
	Short, Long string
	Arg         opt.Arg
	Metavar     string
}

// tableEntries returns the entries of the table, group by group as the help prints them, own options last.
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
	return strings.NewReplacer("Oo", "[", "Oc", "]").Replace(strings.Join(words, ""))
}

// section is the lines of one section of a page.
func (p page) section(t *testing.T, title string) []string {
	t.Helper()
	_, rest, ok := strings.Cut(p.text(t), "\n.Sh "+title+"\n")
	if !ok {
		t.Fatalf("%s has no section %s", p.file(), title)
	}
	body, _, _ := strings.Cut(rest, "\n.Sh ")
	return strings.Split(body, "\n")
}

func TestOptionsAreThoseOfTheTable(t *testing.T) {
	onEach(t, func(t *testing.T, p page) {
		want := tableEntries(p.table)
		got := pageEntries(t, p.section(t, "OPTIONS"))
		if len(got) != len(want) {
			t.Errorf("man/%s, OPTIONS: %d subsections; the help has %d groups", p.file(), len(got), len(want))
		}
		for i := range min(len(got), len(want)) {
			if !slices.Equal(got[i], want[i]) {
				t.Errorf("man/%s, OPTIONS, .Ss number %d: the page needs the .It lines of the table, in its order%s", p.file(), i+1, differences(got[i], want[i]))
			}
		}
	})
}

// differences returns lines for what is on one side only: of the page, or of the tables.
func differences[T comparable](page, tables []T) string {
	text := ""
	for _, x := range tables {
		if !slices.Contains(page, x) {
			text += fmt.Sprintf("\nonly in the tables: %+v", x)
		}
	}
	for _, x := range page {
		if !slices.Contains(tables, x) {
			text += fmt.Sprintf("\nonly on the page:   %+v", x)
		}
	}
	if text == "" {
		text = fmt.Sprintf("\npage:   %+v\ntables: %+v", page, tables)
	}
	return text
}

// The pages say it once for all options, before the list.
func TestShortFormsTakeWhatThePageSays(t *testing.T) {
	onEach(t, func(t *testing.T, p page) {
		for _, f := range p.table.Flags {
			want := p.shortArg(f.Arg)
			if slices.Contains(p.longOnly, f.Long) {
				want = opt.None
			}
			if f.Short != 0 && f.ShortArg != want {
				t.Errorf("man/%s says before its list what short options take, and -%c (--%s) takes another", p.file(), f.Short, f.Long)
			}
		}
	})
}

func TestSynopsisIsThatOfTheHelp(t *testing.T) {
	onEach(t, func(t *testing.T, p page) {
		got := ""
		for _, line := range p.section(t, "SYNOPSIS") {
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
		want := strings.NewReplacer("<", "", ">", "", " ", "").Replace(p.table.Synopsis)
		if got != want {
			t.Errorf("page %q, help %q", got, want)
		}
	})
}

// TestOptionsInTheTextExist finds names that have changed in the table only.
func TestOptionsInTheTextExist(t *testing.T) {
	named := regexp.MustCompile(`(?m)^\.(?:.* )?Fl -(\S+)|\bFl -(\S+)`)
	onEach(t, func(t *testing.T, p page) {
		for _, m := range named.FindAllStringSubmatch(p.text(t), -1) {
			name := m[1] + m[2]
			known := slices.ContainsFunc(p.table.Flags, func(f opt.Flag) bool {
				return f.Long == name || !f.Own && strings.HasPrefix(f.Long, name) // examples of abbreviations
			})
			if !known && !slices.Contains(p.foreign, name) {
				t.Errorf("man/%s speaks of --%s, which is no option", p.file(), name)
			}
		}
	})
}

func TestAmbiguousAbbreviationsAreAmbiguous(t *testing.T) {
	onEach(t, func(t *testing.T, p page) {
		text := strings.Join(p.section(t, "COMPATIBILITY"), "\n")
		_, list, found := strings.Cut(text, "abbreviations ambiguous:\n")
		list, _, _ = strings.Cut(list, ".It\n")
		names := regexp.MustCompile(`Fl (-[a-z-]+)`).FindAllStringSubmatch(list, -1)
		if !found || len(names) == 0 {
			t.Fatal("the list is not where it was")
		}
		for _, m := range names {
			err := p.parse(p.tool, "-"+m[1], "true")
			if err == nil || !strings.Contains(err.Error(), "is ambiguous") {
				t.Errorf("-%s: %v", m[1], err)
			}
		}
	})
}

// TestMessagesAreExplained looks for the parts of every message in DIAGNOSTICS,
// by letters alone: what stands between them is markup, or a name.
func TestMessagesAreExplained(t *testing.T) {
	macro := regexp.MustCompile(`(?m)^\.(?:It|Li|Dq)\b|\b(?:Ar|Li|No|Ns)\b|\\\((?:aq|dq)`)
	letters := func(s string) string { return regexp.MustCompile(`[^A-Za-z]+`).ReplaceAllString(s, "") }
	onEach(t, func(t *testing.T, p page) {
		said := letters(macro.ReplaceAllString(strings.Join(p.section(t, "DIAGNOSTICS"), "\n"), ""))
		found := 0
		for _, pattern := range p.sources {
			files, _ := filepath.Glob(pattern)
			for _, file := range files {
				if strings.HasSuffix(file, "_test.go") {
					continue
				}
				for _, m := range messages(t, file) {
					found++
					if begin := letters(m); !strings.Contains(said, begin[:min(len(begin), 20)]) {
						t.Errorf("man/%s: DIAGNOSTICS does not explain %q, which %s says", p.file(), m, file)
					}
				}
			}
		}
		if found < 30 {
			t.Errorf("only %d messages", found)
		}
	})
}

// messages are the strings of a Go file of which an error is made, and those that look
// like it.
func messages(t *testing.T, file string) (list []string) {
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	begin := func(n ast.Node) {
		for {
			sum, ok := n.(*ast.BinaryExpr)
			if !ok {
				break
			}
			if lit, ok := sum.Y.(*ast.BasicLit); ok {
				text, _ := strconv.Unquote(lit.Value)
				text, _, _ = strings.Cut(text, ": ") // a reason follows
				list = append(list, text)
			}
			n = sum.X
		}
		if lit, ok := n.(*ast.BasicLit); ok {
			text, _ := strconv.Unquote(lit.Value)
			list = append(list, text)
		}
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			switch types.ExprString(n.Fun) {
			case "tool.Failure", "w.refused", "f.mismatch", "iproute.Fail", "iproute.Usage", "Fail", "Usage", "needsRoot":
				begin(n.Args[0])
			}
		case *ast.CompositeLit:
			switch name := n.Type; {
			case name == nil:
			case types.ExprString(name) == "MismatchError":
				begin(n.Elts[0])
			case types.ExprString(name) == "diag.Error", types.ExprString(name) == "iproute.Failure":
				if first, ok := n.Elts[0].(*ast.KeyValueExpr); ok && types.ExprString(first.Key) == "Text" {
					begin(first.Value)
				}
			}
		case *ast.BasicLit:
			if (strings.Contains(n.Value, "failed") || strings.Contains(n.Value, "cannot")) && strings.Contains(n.Value, " ") {
				begin(n)
			}
		}
		return true
	})
	return list
}

func TestHelpListsEveryOption(t *testing.T) {
	onEach(t, func(t *testing.T, p page) {
		usage := p.table.Usage(p.tool)
		for _, f := range p.table.Flags {
			spelling := "--" + f.Long
			if f.Short != 0 {
				spelling = "-" + string(f.Short) + ", " + spelling
			}
			if !regexp.MustCompile(`(?m)^ ` + spelling + `(?:[ \[]|$)`).MatchString(usage) {
				t.Errorf("no line for %s", spelling)
			}
		}
	})
}

func TestCompletionsOfferEveryOption(t *testing.T) {
	// How each shell's script spells a short and a long option that it offers.
	forms := map[string]struct{ line, short, long string }{
		"bash": {`compgen -W '-.*`, `[ ']-%[ ']`, `[ ']--%=?[ ']`},
		"zsh":  {`(?m)^\t+'(\(.*\))?-.*$`, `[')]-%[+-]?\[`, `[')]--%=?-?\[`},
		"fish": {`(?m)^complete -c .*$`, ` -s % `, ` -l % `},
	}
	onEach(t, func(t *testing.T, p page) {
		for shell, form := range forms {
			script, err := p.table.Completion(shell, p.tool)
			if err != nil {
				t.Fatal(err)
			}
			offers := strings.Join(regexp.MustCompile(form.line).FindAllString(script, -1), "\n")
			offered := func(form, name string) bool {
				return regexp.MustCompile(strings.ReplaceAll(form, "%", name)).MatchString(offers)
			}
			for _, f := range p.table.Flags {
				if !offered(form.long, f.Long) {
					t.Errorf("%s: no --%s", shell, f.Long)
				}
				if f.Short != 0 && !offered(form.short, string(f.Short)) {
					t.Errorf("%s: no -%c", shell, f.Short)
				}
			}
		}
	})
}

func TestLint(t *testing.T) {
	if _, err := exec.LookPath("mandoc"); err != nil {
		t.Skip("no mandoc")
	}
	onEach(t, func(t *testing.T, p page) {
		if out, err := exec.Command("mandoc", "-Tlint", "-W", "warning", p.file()).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("mandoc -Tlint: %v\n%s", err, out)
		}
	})
}
