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
	ours     string // the file of gonetns under the name ip
	tools    string // a PATH on which there is no ip
	seed     uint64
	session  int // the only one to be run; -1 for all
	commands int
	every    int           // commands between two looks at the state
	limit    time.Duration // after which no command is begun; 0 for none
	most     int           // differences, after which it ends
	known    []*known
	out      io.Writer

	compared, passing int
	seen              map[string]int // by what people would call the same difference
}

// aSession is how many commands a pair of boxes lasts.
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
	f.ours, f.tools = filepath.Join(dir, "dropin", "ip"), filepath.Join(dir, "tools")
	for _, d := range []string{filepath.Dir(f.ours), f.tools} {
		if err := os.Mkdir(d, 0o755); err != nil {
			return nil, err
		}
	}
	if err := os.Symlink(program, f.ours); err != nil {
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

// run compares and returns how many differences there were that are not known.
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
	g := newGenerator(f.seed, session)
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
		if !more { // what follows is another beginning
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
	if p.theirs, err = newBox(setting{f.original, f.original, path}); err != nil {
		return nil, err
	}
	if p.ours, err = newBox(setting{f.original, f.ours, path}); err != nil {
		p.theirs.close()
	}
	return p, err
}

// again runs commands from the beginning and returns how the last one differs, if it does.
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

// quoted are the words of messages that are about what was typed.
var quoted = regexp.MustCompile(`"[^"]*"|'[^']*'|\d+`)

// report prints a difference with the fewest commands that still show it, once for each
// that looks alike.
func (f *fuzz) report(session int, commands []command, d *difference) error {
	key := d.kind() + quoted.ReplaceAllString(d.theirs.stderr+d.ours.stderr, "")
	if d.theirs.stderr+d.ours.stderr == "" {
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

// both is what the two made of a command.
func bothTexts(d *difference) string {
	indent := func(s string) string {
		return "        " + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n        ") + "\n"
	}
	return "    theirs\n" + indent(d.theirs.text()) + "    ours\n" + indent(d.ours.text())
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

// unmatched tells of known differences that were not seen.
func (f *fuzz) unmatched() {
	for _, k := range f.known {
		if k.matched == 0 {
			fmt.Fprintf(f.out, "never seen: %s\n", k.reason)
		}
	}
}
