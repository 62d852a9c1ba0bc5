package unshare

import (
	"testing"

	"nstools/internal/opt"
)

// TestSpellings checks that spellings.go and table.go list the same options in the same order.
// glibc lists what an abbreviation may mean in that order.
func TestSpellings(t *testing.T) {
	if len(spellings) > 64 {
		t.Fatalf("%d options: short.go has bits for 64", len(spellings))
	}
	flags := Table(new(Options)).Flags
	for n, s := range spellings {
		if n >= len(flags) || flags[n].Long != s.Long {
			t.Fatalf("spellings.go has --%s as option %d, and table.go has not: add a row there, at the same place", s.Long, n)
		}
	}
}

// TestShortWayOfEachOption compares the two ways for each option by itself, so that an option
// which is new in short.go is compared without a word in pieces.
func TestShortWayOfEachOption(t *testing.T) {
	for _, s := range spellings {
		words := []string{"--" + s.Long}
		if s.Arg == opt.Required {
			words = nil
		}
		if s.Arg != opt.None {
			words = append(words, "--"+s.Long+"=", "--"+s.Long+"=1", "--"+s.Long+"=/x", "--"+s.Long+"=private")
		}
		for _, word := range words {
			for _, c := range callers {
				checkShort(t, []string{"gounshare", word, "true", "x"}, c)
			}
			for _, other := range []string{"-n", "-m", "-Ur", "-f", "-R/new", "-w/tmp"} {
				checkShort(t, []string{"gounshare", other, word, "true", "x"}, callers[0])
				checkShort(t, []string{"gounshare", word, other, "true", "x"}, callers[0])
			}
			if t.Failed() {
				t.FailNow()
			}
		}
	}
}
