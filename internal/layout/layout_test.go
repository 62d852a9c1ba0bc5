// Package layout keeps the rooms of the house apart: see "Where things are" in the README.
package layout

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rooms from top to bottom. A package may import those below it.
var rooms = []string{
	"nstools/cmd/gounshare", "nstools/cmd/gonsenter", "nstools/cmd/gonetns",
	"nstools/internal/bench",
	"nstools/internal/unshare",
	"nstools/internal/nsenter",
	"nstools/internal/inventory",
	"nstools/internal/container",
	"nstools/internal/ip",
	"nstools/internal/link",
	"nstools/internal/netns",
	"nstools/internal/rtnl",
	"nstools/internal/iproute",
	"nstools/internal/target",
	"nstools/internal/tool",
	"nstools/internal/terminal",
	"nstools/internal/opt",
	"nstools/internal/diag",
	"nstools/internal/kernel",
	"nstools/internal/plan",
	"nstools/internal/facts",
	"nstools/internal/idmap",
	"nstools/internal/ns",
}

func TestImportsPointDown(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "nstools/cmd/...", "nstools/internal/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		from := slices.Index(rooms, words[0])
		if from < 0 {
			if words[0] != "nstools/internal/layout" {
				t.Errorf("%s has no room", words[0])
			}
			continue
		}
		for _, imported := range words[1:] {
			if !strings.HasPrefix(imported, "nstools/") {
				continue
			}
			if to := slices.Index(rooms, imported); to <= from {
				t.Errorf("%s imports %s, which is not below it", words[0], imported)
			}
			if strings.Contains(imported, "/cmd/") {
				t.Errorf("%s imports the command %s", words[0], imported)
			}
		}
	}
}

// TestOnePackageIsUnsafe: what is dangerous is in one place.
func TestOnePackageIsUnsafe(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}} {{join .SFiles " "}}`, "nstools/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		dangerous := slices.Contains(words, "unsafe") || strings.Contains(line, ".s\n")
		if dangerous != (words[0] == "nstools/internal/kernel") {
			t.Errorf("%s: unsafe or assembly = %v", words[0], dangerous)
		}
	}
}
