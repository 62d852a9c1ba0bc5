// Package layout tests which package may import which: see "Where things are" in the README.
package layout

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rooms returns the packages that the README lists, from top to bottom, without the module
// in front. A package may import those below it.
func rooms(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), "## Where things are\n")
	var rooms []string
	for line := range strings.Lines(list) {
		words := strings.Fields(line)
		if strings.HasPrefix(line, "    ") && len(words) > 1 && (words[0] == "cmd/" || strings.HasPrefix(words[0], "internal/")) {
			rooms = append(rooms, words[0])
		}
	}
	if len(rooms) < 20 {
		t.Fatalf("the README lists only %q", rooms)
	}
	return rooms
}

// room returns the index of a package in the list, -1 for a package that is not in it.
func room(rooms []string, path string) int {
	path = strings.TrimPrefix(path, "nstools/")
	if strings.HasPrefix(path, "cmd/") {
		path = "cmd/"
	}
	return slices.Index(rooms, path)
}

func TestImportsPointDown(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "nstools/cmd/...", "nstools/internal/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	rooms := rooms(t)
	unused := slices.Clone(rooms)
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		from := room(rooms, words[0])
		if from < 0 {
			if words[0] != "nstools/internal/layout" {
				t.Errorf("%s has no room in the README", words[0])
			}
			continue
		}
		unused = slices.DeleteFunc(unused, func(name string) bool { return name == rooms[from] })
		for _, imported := range words[1:] {
			if !strings.HasPrefix(imported, "nstools/") {
				continue
			}
			if to := room(rooms, imported); to <= from {
				t.Errorf("%s imports %s, which is not below it", words[0], imported)
			}
			if strings.Contains(imported, "/cmd/") {
				t.Errorf("%s imports the command %s", words[0], imported)
			}
		}
	}
	if len(unused) > 0 {
		t.Errorf("the README lists %q, which are not there", unused)
	}
}

// TestOnePackageIsUnsafe: unsafe and assembly are in one package. A program may import unsafe
// only for go:linkname, by which it names its short way.
func TestOnePackageIsUnsafe(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}} {{join .SFiles " "}}`, "nstools/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		dangerous := slices.Contains(words, "unsafe") || strings.Contains(line, ".s\n")
		if program, ok := strings.CutPrefix(words[0], "nstools/cmd/"); ok {
			text, err := os.ReadFile("../../cmd/" + program + "/main.go")
			if err != nil {
				t.Fatal(err)
			}
			dangerous = strings.Contains(string(text), "unsafe.") || strings.Contains(line, ".s\n")
		}
		if dangerous != (words[0] == "nstools/internal/kernel") {
			t.Errorf("%s: unsafe or assembly = %v", words[0], dangerous)
		}
	}
}

var update = flag.Bool("update", false, "draw the floors in docs/architecture.md anew")

// TestFloors: the floors in docs/architecture.md agree with the imports. A room is one floor
// above the highest that it imports.
func TestFloors(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "nstools/cmd/...", "nstools/internal/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	imports := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		imports[words[0]] = slices.DeleteFunc(words[1:], func(name string) bool { return !strings.HasPrefix(name, "nstools/") })
	}
	var floor func(name string) int
	floor = func(name string) int {
		n := 0
		for _, below := range imports[name] {
			n = max(n, 1+floor(below))
		}
		return n
	}
	var floors [][]string
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		if name == "nstools/internal/layout" { // has tests alone
			continue
		}
		n := floor(name)
		for len(floors) <= n {
			floors = append(floors, nil)
		}
		floors[n] = append(floors[n], strings.TrimPrefix(strings.TrimPrefix(name, "nstools/"), "internal/"))
	}
	var picture strings.Builder
	for n, names := range slices.Backward(floors) {
		fmt.Fprintf(&picture, "    %2d  %s\n", n, strings.Join(names, "  "))
	}
	const file = "../../docs/architecture.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(text), "<!-- floors -->\n")
	_, after, ok2 := strings.Cut(rest, "<!-- end of floors -->\n")
	if !ok1 || !ok2 {
		t.Fatalf("%s has no place for the floors", file)
	}
	drawn := before + "<!-- floors -->\n" + picture.String() + "<!-- end of floors -->\n" + after
	if drawn == string(text) {
		return
	}
	if !*update {
		t.Fatalf("%s is old; go test ./internal/layout -update draws:\n%s", file, picture.String())
	}
	if err := os.WriteFile(file, []byte(drawn), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestNamedPathsExist: the paths that the pages for developers name exist.
func TestNamedPathsExist(t *testing.T) {
	path := regexp.MustCompile(`\b(?:internal|cmd|scripts|testscripts|man|docs)/[\w./-]*`)
	for _, page := range []string{"README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md"} {
		text, err := os.ReadFile("../../" + page)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range path.FindAllString(string(text), -1) {
			if _, err := os.Stat("../../" + strings.TrimRight(name, ".")); err != nil {
				t.Errorf("%s names %s: %v", page, name, err)
			}
		}
	}
}

// TestNamedFunctionsExist checks the paths through the code in docs/architecture.md: each line
// names a file, and a function or a type in it.
func TestNamedFunctionsExist(t *testing.T) {
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	steps := regexp.MustCompile(`(?m)^    (internal/\S+\.(?:go|s)) (\w+)`).FindAllStringSubmatch(string(text), -1)
	for _, step := range steps {
		source, err := os.ReadFile("../../" + step[1])
		if err != nil {
			t.Error(err)
			continue
		}
		if !regexp.MustCompile(`(?m)^(?:func (?:\([^)]*\) )?|type |TEXT )` + step[2] + `\b`).Match(source) {
			t.Errorf("docs/architecture.md: there is no %s in %s", step[2], step[1])
		}
	}
	if len(steps) < 20 {
		t.Errorf("only %d lines", len(steps))
	}
}

// TestNamedIdentifiersExist checks that the code has each name of mixed letters that stands in
// CONTRIBUTING.md between backquotes.
func TestNamedIdentifiersExist(t *testing.T) {
	text, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	code, err := exec.Command("sh", "-c", "cat ../../internal/*/*.go ../../internal/ip/*/*.go ../../testscripts/*.go ../../man/*.go").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, recipes, _ := strings.Cut(string(text), "## Recipes\n")
	recipes, _, _ = strings.Cut(recipes, "## Glossary\n")
	named := regexp.MustCompile("`(?:\\w+\\.)?([A-Za-z]+[a-z][A-Z]\\w+)(?:\\(F\\))?`").FindAllStringSubmatch(recipes, -1)
	for _, name := range named {
		if !regexp.MustCompile(`\b` + name[1] + `\b`).Match(code) {
			t.Errorf("CONTRIBUTING.md names %s, which is not in the code", name[1])
		}
	}
	if len(named) < 5 {
		t.Errorf("only %d names", len(named))
	}
}
