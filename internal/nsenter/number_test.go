package nsenter

import (
	"strings"
	"testing"

	"nstools/internal/diag"
)

// TestOddTargets has the output of command substitutions that went wrong. The message is
// the original's.
func TestOddTargets(t *testing.T) {
	for _, test := range []struct{ word, text, hint string }{
		{"77\n78", "failed to parse pid: '77\n78'", "these are 2 numbers, "},
		{"77 78 79", "failed to parse pid: '77 78 79'", "these are 3 numbers, "},
		{"77,78", "failed to parse pid: '77,78'", "--target 77"},
		{"77\n", "failed to parse pid: '77\n'", "there are blanks around the number: --target 77"},
		{"", "failed to parse pid: ''", "no number came out"},
		{"--mount", "failed to parse pid: '--mount'", "has taken the option --mount"},
		{"-a", "failed to parse pid: '-a'", "has taken the option -a"},
		{"-5", "failed to parse pid: '-5'", ""},
		{"-", "failed to parse pid: '-'", ""},
		{" ", "failed to parse pid: ' '", ""},
	} {
		err := new(Options).setTarget(test.word)
		e, ok := err.(*diag.Error)
		if !ok || e.Text != test.text || (e.Hint == "") != (test.hint == "") || !strings.Contains(e.Hint, test.hint) {
			t.Errorf("--target %q: %#v; want %q and a hint with %q", test.word, err, test.text, test.hint)
		}
	}
	for _, word := range []string{" 77", "\t+77", "0"} {
		if err := new(Options).setTarget(word); err != nil {
			t.Errorf("--target %q: %v", word, err)
		}
	}
}

func TestWhole(t *testing.T) {
	for word, want := range map[string]string{
		"1.4e6": "1400000", "77.0": "77", "0x4d": "77", "1_000": "1000", "1'000": "1000",
		"1.5": "", "1e99": "", "0.0": "", "web": "", "7a4b1eee275c": "", "inf": "", "nan": "", "-0x1": "",
	} {
		if got := parseAnyNumber(word); got != want {
			t.Errorf("whole(%q) = %q; want %q", word, got, want)
		}
	}
}
