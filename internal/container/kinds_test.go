package container

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestKinds checks that every kind of which files or cgroups tell is in Kinds, where people
// can name it, and that its files are tested.
func TestKinds(t *testing.T) {
	tested := map[string]bool{}
	for _, f := range recorded(t).list {
		for _, kind := range append([]string{f.Runtime}, f.alsoKnownTo...) {
			tested[kind] = true
		}
		tested[Pod] = tested[Pod] || f.Pod != ""
	}
	for kind := range tested {
		if !slices.Contains(Kinds[:], kind) {
			t.Errorf("found.go: %s is not in Kinds, so that nobody can name it", kind)
		}
	}
	for _, s := range sources {
		for _, kind := range s.kinds {
			if !tested[kind] {
				t.Errorf("testdata/host has no files of kind %s: put some there, and a line into TestLoad", kind)
			}
		}
	}
}

// TestRuntimesAreStarted checks that make runtimes starts what has a script.
func TestRuntimesAreStarted(t *testing.T) {
	const driver = "../../scripts/runtimes.sh"
	text, err := os.ReadFile(driver)
	if err != nil {
		t.Fatal(err)
	}
	_, list, ok := strings.Cut(string(text), "|| set -- ")
	if !ok {
		t.Fatalf("%s has no list of names", driver)
	}
	list, _, _ = strings.Cut(list, "\n")
	scripts, err := filepath.Glob("../../scripts/runtimes/*.sh")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(script), ".sh")
		starts := strings.Contains(string(text), "\n# packages: ") || strings.Contains(string(text), "\n# needs: ")
		if !starts || name == "selftest" { // parts of others, and the test of the frame
			continue
		}
		found++
		if !slices.Contains(strings.Fields(list), name) {
			t.Errorf("scripts/runtimes.sh does not start %s: add it to the list", name)
		}
	}
	if found < 15 {
		t.Errorf("only %d scripts that start a runtime", found)
	}
}
