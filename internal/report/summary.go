package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// An event is what go test -json writes. See: go doc test2json.
type event struct {
	Action      string
	Package     string
	ImportPath  string // of the package that is being built
	Test        string
	Output      string
	Elapsed     float64 // seconds
	FailedBuild string
}

// A test of a package, or with an empty name the package itself.
type test struct{ pkg, name string }

func (t test) String() string {
	pkg := strings.TrimPrefix(t.pkg, "nstools/")
	if t.name == "" {
		return pkg
	}
	return pkg + " " + t.name
}

// parent returns the test that this one is a part of, or the package.
func (t test) parent() test {
	i := strings.LastIndexByte(t.name, '/')
	return test{t.pkg, t.name[:max(i, 0)]}
}

type failure struct {
	test
	seconds float64
	lines   []string
}

// A summary of events so far.
type summary struct {
	passed, failed, skipped int
	output                  map[test][]string // lines of tests that have not ended, and of builds
	running                 []test
	ended                   map[test]bool
	failures                []failure
	broken                  map[test]bool // has a part that failed
	reasons                 []string      // in the order of the events
	skips                   map[string][]string
}

func newSummary() *summary {
	return &summary{output: map[test][]string{}, ended: map[test]bool{}, broken: map[test]bool{}, skips: map[string][]string{}}
}

// add takes an event, a line of JSON, and returns what go test -v prints for it. A line that
// is not an event is go test's own message about a package.
func (s *summary) add(line []byte) string {
	var e event
	if json.Unmarshal(line, &e) != nil {
		return string(line)
	}
	t := test{e.Package, e.Test}
	switch e.Action {
	case "output":
		if s.ended[t] {
			t.name = "" // what ended the package stands behind whichever test ended last
		}
		s.output[t] = append(s.output[t], e.Output)
	case "build-output":
		t := test{pkg: e.ImportPath}
		s.output[t] = append(s.output[t], e.Output)
	case "run", "cont":
		s.running = append(s.running, t)
	case "pause":
		s.stop(t)
	case "pass", "fail", "skip":
		s.stop(t)
		s.end(t, e)
	}
	return e.Output
}

func (s *summary) stop(t test) {
	s.running = slices.DeleteFunc(s.running, func(r test) bool { return r == t })
}

// cut returns what is known of the tests that were running when their package ended: what
// they had said, as of a panic, and which they are.
func (s *summary) cut(pkg string) []string {
	var lines, names []string
	s.running = slices.DeleteFunc(s.running, func(t test) bool {
		if t.pkg != pkg {
			return false
		}
		lines = append(lines, s.output[t]...)
		delete(s.output, t)
		names = append(names, t.name)
		return true
	})
	if names == nil {
		return nil
	}
	return append(lines, strings.SplitAfter(strings.TrimSuffix(wrap("had not ended: ", names), "\n"), "\n")...)
}

func (s *summary) end(t test, e event) {
	lines := s.output[t]
	delete(s.output, t)
	s.ended[t] = true
	switch {
	case e.Action == "fail":
		if e.FailedBuild != "" {
			lines = s.output[test{pkg: e.FailedBuild}]
		}
		if t.name == "" {
			lines = append(lines, s.cut(t.pkg)...)
		}
		if t.name != "" || !s.broken[t] {
			s.failed++
		}
		if !s.broken[t] {
			s.failures = append(s.failures, failure{t, e.Elapsed, lines})
		}
		for p := t; p.name != ""; {
			p = p.parent()
			s.broken[p] = true
		}
	case t.name == "": // a package without tests, or whose tests passed
	case e.Action == "pass":
		s.passed++
	case e.Action == "skip":
		s.skipped++
		why := reason(lines)
		if s.skips[why] == nil {
			s.reasons = append(s.reasons, why)
		}
		s.skips[why] = append(s.skips[why], strings.TrimPrefix(strings.TrimPrefix(t.name, "TestScripts/"), "TestScriptsAlone/"))
	}
}

var logged = regexp.MustCompile(`^ *[A-Za-z0-9_]+\.go:[0-9]+: (.*)\n`)

// reason returns the last line that a skipped test has logged. A script logs its reason
// first, and then its WORK line.
func reason(lines []string) string {
	why := "no reason given"
	for _, line := range lines {
		if m := logged.FindStringSubmatch(line); m != nil && !strings.HasPrefix(m[1], "WORK=") {
			why = m[1]
		}
	}
	return why
}

func (s *summary) progress(since time.Duration) string {
	line := fmt.Sprintf("%d s: %s", int(since.Seconds()), s.counts())
	if n := len(s.running); n > 0 {
		line += ", now " + s.running[n-1].String()
	}
	const width = 79
	return line[:min(len(line), width)]
}

func (s *summary) counts() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", s.passed, s.failed, s.skipped)
}

// How many lines of a failure are printed, and of how many failures.
const (
	failureLines = 25
	failuresMax  = 20
)

// text returns what is printed at the end. The file log has all output.
func (s *summary) text(log string) string {
	var b strings.Builder
	if len(s.reasons) > 0 {
		b.WriteString("\nnot run, and why:\n")
		for _, why := range s.reasons {
			b.WriteString(wrap("  "+why+": ", s.skips[why]))
		}
	}
	for i, f := range s.failures {
		if i == failuresMax {
			var names []string
			for _, f := range s.failures[i:] {
				names = append(names, f.String())
			}
			b.WriteString("\n" + wrap("failed, too: ", names))
			break
		}
		fmt.Fprintf(&b, "\nFAILED %s (%.1f s)\n", f.test, f.seconds)
		for _, line := range excerpt(f.lines) {
			b.WriteString("    " + strings.TrimSuffix(line, "\n") + "\n")
		}
	}
	if len(s.failures) > 0 {
		b.WriteString("\nall that they said is in " + log + "\n")
	}
	b.WriteString("\n" + s.counts() + "\n")
	return b.String()
}

var frame = regexp.MustCompile(`^ *(=== |--- (PASS|FAIL|SKIP)|(PASS|FAIL)(\s|$)|\s*$)`)

// excerpt returns the end of a test's output, where its failure is. Of a panic it returns the
// beginning.
func excerpt(lines []string) []string {
	lines = slices.DeleteFunc(slices.Clone(lines), frame.MatchString)
	if i := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "panic: ") }); i >= 0 {
		lines = lines[i:]
		return lines[:min(len(lines), failureLines)]
	}
	return lines[max(len(lines)-failureLines, 0):]
}

// wrap returns a list of words on lines of at most 120 characters.
func wrap(before string, words []string) string {
	const width = 120
	var b strings.Builder
	line := before
	for i, w := range words {
		if i < len(words)-1 {
			w += ", "
		}
		if len(line)+len(w) > width && line != before {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = "    "
		}
		line += w
	}
	return b.String() + line + "\n"
}
