package man

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nstools/internal/container"
)

// TestTargetsAreTheKinds checks that gonsenter(1) and the README list every kind of name that
// --target takes.
func TestTargetsAreTheKinds(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`\(([a-z]+(?:, [a-z]+){5,})\)`).FindStringSubmatch(string(readme))
	if list == nil {
		t.Fatal("README.md has no list of kinds in parentheses")
	}
	targets := strings.Join(page{tool: "gonsenter"}.section(t, "TARGETS"), "\n")
	var onPage []string
	for _, m := range regexp.MustCompile(`(?m)^\.It Cm (\w+) : `).FindAllStringSubmatch(targets, -1) {
		onPage = append(onPage, m[1])
	}
	for where, got := range map[string][]string{"README.md": strings.Split(list[1], ", "), "man/gonsenter.1, TARGETS": onPage} {
		for _, kind := range container.Kinds {
			if !slices.Contains(got, kind) {
				t.Errorf("%s does not list the kind %s", where, kind)
			}
		}
		for _, kind := range got {
			if !slices.Contains(container.Kinds[:], kind) {
				t.Errorf("%s lists %q, which is no kind", where, kind)
			}
		}
	}
}
