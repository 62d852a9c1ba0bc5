package unshare

import (
	"flag"
	"os"
	"runtime"
	"strings"
	"testing"

	"nstools/internal/kernel"
)

var update = flag.Bool("update", false, "write what the listings are now to testdata")

// TestListing compares lowered programs of some command lines with their listings, so that
// a reviewer sees each change. After an intended change:
//
//	go test ./internal/unshare -run TestListing -update
//
// With words after "-args --" it prints the listing of that command line instead:
//
//	go test ./internal/unshare -run TestListing -v -args -- -Ur --mount-proc -f true
func TestListing(t *testing.T) {
	if line := flag.Args(); len(line) > 0 {
		t.Log("\n" + listing(t, line))
		return
	}
	if runtime.GOARCH != "amd64" {
		t.Skip("flags have other numbers on " + runtime.GOARCH)
	}
	var text strings.Builder
	for _, line := range []string{
		"true", "-Ur true", "-c true", "-n --loopback true", "-m true", "-fp --mount-proc true", "-f --kill-child -u --hostname=x true",
		"-Urmpf --mount-proc", "-U --map-user=5 --map-group=6 --keep-caps true", "-U --map-auto true", "-T --boottime=9 -f true",
		"--mount=/m --net=/n true", "-Ur -R / -w /tmp -S 3 -G 4 true", "-m --pivot-root=/new true",
	} {
		text.WriteString("$ gounshare " + line + "\n" + listing(t, strings.Fields(line)) + "\n")
	}
	const file = "testdata/listings.txt"
	if *update {
		if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, wanted := strings.Split(text.String(), "\n"), strings.Split(string(want), "\n")
	for n := range min(len(got), len(wanted)) {
		if got[n] != wanted[n] {
			t.Fatalf("%s:%d:\n%s\nis now\n%s", file, n+1, wanted[n], got[n])
		}
	}
	if len(got) != len(wanted) {
		t.Fatalf("%s: %d lines, and not %d", file, len(wanted), len(got))
	}
}

func listing(t *testing.T, words []string) string {
	t.Helper()
	o, err := Parse(append([]string{"gounshare"}, words...))
	if err != nil {
		t.Fatalf("%q: %v", words, err)
	}
	p, err := Compile(o, snapshot())
	if err != nil {
		t.Fatalf("%q: %v", words, err)
	}
	text, err := kernel.Listing(p, kernel.Reporter{Name: "gounshare", Env: snapshot().Env})
	if err != nil {
		t.Fatalf("%q: %v", words, err)
	}
	return text
}
