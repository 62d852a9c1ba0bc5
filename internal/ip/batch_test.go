package ip

import (
	"bufio"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	for line, want := range map[string][]string{
		"":                         nil,
		" \t\r\n":                  nil,
		"netns add a\n":            {"netns", "add", "a"},
		"\tnetns  add\ta\r\n":      {"netns", "add", "a"},
		`add "a b" c`:              {"add", "a b", "c"},
		`add 'a "b" c'`:            {"add", `a "b" c`},
		`add "it's"`:               {"add", "it's"},
		`add ""`:                   {"add", ""},
		`add "a"b`:                 {"add", "a", "b"},
		`add a"b c"`:               {"add", `a"b`, `c"`}, // a quote within a word quotes nothing
		`add a\ b`:                 {"add", `a\`, "b"},
		"add \xff\xfe":             {"add", "\xff\xfe"},
		"exec a sh -c 'echo $$'\n": {"exec", "a", "sh", "-c", "echo $$"},
	} {
		got, err := split(line)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %q, %v; want %q", line, got, err, want)
		}
	}
	for _, line := range []string{`"`, `add "a`, `add 'a"`, `add "a" '`} {
		if got, err := split(line); err == nil {
			t.Errorf("%q: got %q; want an error", line, got)
		}
	}
}

func TestLineReader(t *testing.T) {
	type line struct {
		text   string
		number int
	}
	for text, want := range map[string][]line{
		"":                  nil,
		"a":                 {{"a", 1}},
		"a\n":               {{"a\n", 1}},
		"a\n\nb\n":          {{"a\n", 1}, {"\n", 2}, {"b\n", 3}},
		"# all\na # some\n": {{"", 1}, {"a ", 2}},
		"a\\\nb\\\nc\nd\n":  {{"abc\n", 3}, {"d\n", 4}},
		"a # b \\\nc\n":     {{"a ", 1}, {"c\n", 2}}, // a comment does not continue
		"a\\ \nb\n":         {{"a\\ \n", 1}, {"b\n", 2}},
	} {
		l := lineReader{in: bufio.NewReader(strings.NewReader(text))}
		var got []line
		for {
			s, err := l.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, line{s, l.number})
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %v; want %v", text, got, want)
		}
	}
}

func TestLineReaderContinued(t *testing.T) {
	l := lineReader{in: bufio.NewReader(strings.NewReader("a\nb\\\n"))}
	l.next()
	if got, err := l.next(); err != errContinued {
		t.Errorf("got %q, %v; want %v", got, err, errContinued)
	}
}
