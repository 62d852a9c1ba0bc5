package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// A fuzz is one run over many commands.
type fuzz struct {
	original string // the file of ip(8)
	gonetns  string // gonetns under the name ip
	tools    string // a PATH without ip
	seed     uint64
	session  int    // run only this one; -1 for all
	topic    string // of most commands; "" for none
	commands int
	every    int           // how many commands lie between two comparisons of the state
	limit    time.Duration // no command begins later; 0 for no limit
	most     int           // ends after so many differences
	known    []*known
	out      io.Writer

	compared, passing int
	seen              map[string]int // counts differences that look alike
}

// sessionLength is how many commands a pair of boxes runs.
const sessionLength = 100

func newFuzz(bin, dir string, out io.Writer) (*fuzz, error) {
	f := &fuzz{session: -1, every: 1, most: 20, out: out, seen: make(map[string]int)}
	var err error
	if f.known, err = readKnown(knownText); err != nil {
		return nil, err
	}
	if f.original, err = exec.LookPath("ip"); err != nil {
		return nil, err
	}
	if f.original, err = filepath.EvalSymlinks(f.original); err != nil {
		return nil, err
	}
	program, err := filepath.Abs(filepath.Join(bin, "gonetns"))
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(program); err != nil {
		return nil, err
	}
	f.gonetns, f.tools = filepath.Join(dir, "dropin", "ip"), filepath.Join(dir, "tools")
	for _, d := range []string{filepath.Dir(f.gonetns), f.tools} {
		if err := os.Mkdir(d, 0o755); err != nil {
			return nil, err
		}
	}
	if err := os.Symlink(program, f.gonetns); err != nil {
		return nil, err
	}
	for _, name := range []string{"true", "false", "echo", "cat", "sh"} {
		path, err := exec.LookPath(name)
		if err != nil {
			return nil, err
		}
		if err := os.Symlink(path, filepath.Join(f.tools, name)); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// run compares, and returns how many unknown differences it found.
func (f *fuzz) run() (differences int, err error) {
	begin := time.Now()
	fmt.Fprintf(f.out, "seed %d\n", f.seed)
	for session := 0; f.compared < f.commands; session++ {
		if f.session >= 0 {
			if session = f.session; f.compared > 0 {
				break
			}
		}
		if f.limit > 0 && time.Since(begin) > f.limit {
			fmt.Fprintf(f.out, "ended after %v\n", f.limit)
			break
		}
		if err := f.oneSession(session, begin); err != nil {
			return 0, fmt.Errorf("session %d: %w", session, err)
		}
		if differences = f.unknown(); differences >= f.most {
			fmt.Fprintf(f.out, "ended after %d differences\n", differences)
			break
		}
	}
	f.summary()
	return differences, nil
}

func (f *fuzz) unknown() int { return len(f.seen) }

func (f *fuzz) oneSession(session int, begin time.Time) error {
	next := session%2 == 1
	g := newGenerator(f.seed, session, f.topic)
	p, err := f.pair(next)
	if err != nil {
		return err
	}
	defer func() { p.close() }()
	var done []command
	for n := 0; n < sessionLength && f.compared < f.commands && (f.limit == 0 || time.Since(begin) < f.limit); n++ {
		c := g.next()
		done = append(done, c)
		f.compared++
		d, more, err := p.compare(c, !c.Reads && (n+1)%f.every == 0)
		if err != nil {
			return fmt.Errorf("%s: %w", c, err)
		}
		if d != nil {
			k := find(f.known, d)
			if k != nil {
				k.matched++
			} else if more, err = false, f.report(session, done, d); err != nil {
				return err
			}
		}
		if !more { // the boxes differ: begin again
			p.close()
			if p, err = f.pair(next); err != nil {
				return err
			}
			done = nil
			g.made = 0
		}
	}
	return nil
}

func (f *fuzz) pair(next bool) (*pair, error) {
	p := &pair{next: next}
	var err error
	path := f.tools
	if next {
		path = filepath.Dir(f.original) + ":" + f.tools
	}
	if p.original, err = newBox(setting{f.original, f.original, path}); err != nil {
		return nil, err
	}
	if p.gonetns, err = newBox(setting{f.original, f.gonetns, path}); err != nil {
		p.original.close()
	}
	return p, err
}

// again runs commands in new boxes, and returns how the last one differs, if it does.
func (f *fuzz) again(commands []command, next bool) (*difference, error) {
	p, err := f.pair(next)
	if err != nil {
		return nil, err
	}
	defer p.close()
	for i, c := range commands {
		last := i == len(commands)-1
		d, _, err := p.compare(c, last && !c.Reads)
		if err != nil || last {
			return d, err
		}
	}
	return nil, nil
}

// quoted matches the words in messages that repeat what was typed.
var quoted = regexp.MustCompile(`"[^"]*"|'[^']*'|\d+`)

// report prints a difference with the fewest commands that show it. Of differences that look
// alike it prints one.
func (f *fuzz) report(session int, commands []command, d *difference) error {
	key := d.kind() + quoted.ReplaceAllString(d.original.stderr+d.gonetns.stderr, "")
	if d.original.stderr+d.gonetns.stderr == "" {
		key += strings.Join(d.command.Words, " ")
	}
	if f.seen[key]++; f.seen[key] > 1 {
		return nil
	}
	kind := d.kind()
	var failed error
	shows := func(list []command) bool {
		found, err := f.again(list, d.next)
		if err != nil {
			failed = err
		}
		if found == nil || found.kind() != kind || find(f.known, found) != nil {
			return false
		}
		d = found
		return true
	}
	commands = shorter(commands, shows)
	switch {
	case failed != nil:
		return failed
	case commands == nil:
		delete(f.seen, key)
		f.passing++
		fmt.Fprintf(f.out, "\nsession %d: a difference (%s) did not come again: %s\n%s", session, kind, d.command, bothTexts(d))
		return nil
	}
	with := "without another ip on PATH"
	if d.next {
		with = "with the original as the next ip"
	}
	fmt.Fprintf(f.out, "\ndifference %d, session %d, %s (%s):\n", f.unknown(), session, with, kind)
	for _, c := range commands {
		fmt.Fprintf(f.out, "    %s\n", c)
	}
	io.WriteString(f.out, bothTexts(d))
	return nil
}

// bothTexts returns both results as text.
func bothTexts(d *difference) string {
	indent := func(s string) string {
		return "        " + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n        ") + "\n"
	}
	return "    original\n" + indent(d.original.text()) + "    gonetns\n" + indent(d.gonetns.text())
}

func (f *fuzz) summary() {
	excused, alike := 0, 0
	for _, k := range f.known {
		excused += k.matched
	}
	for _, n := range f.seen {
		alike += n
	}
	fmt.Fprintf(f.out, "\n%d commands compared (seed %d): %d known differences, %d others of %d kinds, %d that did not come again\n",
		f.compared, f.seed, excused, alike, f.unknown(), f.passing)
}

// unmatched prints the known differences that did not occur.
func (f *fuzz) unmatched() {
	for _, k := range f.known {
		if k.matched == 0 {
			fmt.Fprintf(f.out, "never seen: %s\n", k.reason)
		}
	}
}
