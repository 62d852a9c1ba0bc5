package quote

import "testing"

func TestC(t *testing.T) {
	for s, want := range map[string]string{
		"":             `""`,
		"/a b":         `"/a b"`,
		`"\`:           `"\"\\"`,
		"\n\t\r\x1b[m": `"\n\t\r\033[m"`,
		"\x7f\xff\x00": `"\177\377\000"`,
	} {
		if got := C(s); got != want {
			t.Errorf("C(%q) = %s; want %s", s, got, want)
		}
	}
}

func TestShellWords(t *testing.T) {
	for word, want := range map[string][2]string{ // alone, and always in quotes
		"":     {"''", "''"},
		"a/b":  {"a/b", "'a/b'"},
		"a b":  {"'a b'", "'a b'"},
		"it's": {`'it'\''s'`, `'it'\''s'`},
	} {
		if got := [2]string{Shell([]string{word}), Single(word)}; got != want {
			t.Errorf("Shell and Single of %q: %q; want %q", word, got, want)
		}
	}
	if got, want := Fish(`it's \`), `'it\'s \\'`; got != want {
		t.Errorf("Fish = %s; want %s", got, want)
	}
}
