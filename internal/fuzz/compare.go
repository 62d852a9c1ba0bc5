package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A pair is a box for the original and one for ours.
type pair struct {
	theirs, ours *box
	next         bool // ours has the original to hand commands to
}

// A difference is what the two made of one command, after those that were run before it.
type difference struct {
	command      command
	next         bool
	theirs, ours result
}

// A result is what a command did, made comparable.
type result struct {
	status         int
	stdout, stderr string
	state          string // "" unless it differs
}

// text is all of a result, for people and for the patterns of known differences.
func (r result) text() string {
	s := fmt.Sprintf("status %d\n", r.status)
	if r.status == timedOut {
		s = "did not end\n"
	}
	for _, part := range []struct{ mark, text string }{{"out: ", r.stdout}, {"err: ", r.stderr}, {"state: ", r.state}} {
		for line := range strings.Lines(part.text) {
			s += part.mark + strings.TrimSuffix(line, "\n") + "\n"
		}
	}
	return s
}

// more is what ours says behind all that the original says; "" if it says something else.
func (d *difference) more() string {
	out, ok := strings.CutPrefix(d.ours.stdout, d.theirs.stdout)
	if !ok {
		return ""
	}
	err, ok := strings.CutPrefix(d.ours.stderr, d.theirs.stderr)
	if !ok {
		return ""
	}
	return result{status: d.ours.status, stdout: out, stderr: err, state: d.ours.state}.text()
}

// kind is what of a command differs, for the search for a shorter way to it.
func (d *difference) kind() string {
	var parts []string
	for _, p := range []struct {
		name    string
		differs bool
	}{
		{fmt.Sprintf("status %d, %d", d.theirs.status, d.ours.status), d.theirs.status != d.ours.status},
		{"stdout", d.theirs.stdout != d.ours.stdout},
		{"stderr", d.theirs.stderr != d.ours.stderr},
		{"state", d.theirs.state != d.ours.state},
	} {
		if p.differs {
			parts = append(parts, p.name)
		}
	}
	return strings.Join(parts, ", ")
}

func (p *pair) close() {
	p.theirs.close()
	p.ours.close()
}

// both has two boxes do the same at a time.
func (p *pair) doBoth(o order) (theirs, ours answer, err error) {
	failed := make(chan error)
	go func() {
		var err error
		theirs, err = p.theirs.do(o)
		failed <- err
	}()
	ours, err = p.ours.do(o)
	if err2 := <-failed; err == nil {
		err = err2
	}
	return theirs, ours, err
}

// refusal is our hint where a command is not known and there is no other ip.
const refusal = "there is no other ip on PATH"

// compare runs a command in both boxes and returns how they differ; nil if they do not.
// What only the original knows is refused by ours where it has no next ip: then nothing may
// have changed, and the original does it in our box, too. more is false where that cannot
// be, so that what follows would not be the same.
func (p *pair) compare(c command, look bool) (d *difference, more bool, err error) {
	theirs, ours, err := p.doBoth(order{Words: c.Words, Stdin: c.Stdin})
	if err != nil {
		return nil, false, err
	}
	if !p.next && strings.Contains(ours.Stderr, refusal) {
		if c.Stdin != "" { // some of its lines have been carried out
			return nil, false, nil
		}
		if _, err := p.ours.do(order{Words: c.Words, Original: true}); err != nil {
			return nil, false, err
		}
		ours = theirs
	}
	d = &difference{command: c, next: p.next, theirs: comparable(c, theirs), ours: comparable(c, ours)}
	for wait := 20 * time.Millisecond; c.Reads && d.kind() != "" && wait < time.Second; wait *= 3 {
		time.Sleep(wait)
		if theirs, ours, err = p.doBoth(order{Words: c.Words, Stdin: c.Stdin}); err != nil {
			return nil, false, err
		}
		d.theirs, d.ours = comparable(c, theirs), comparable(c, ours)
	}
	if look {
		if d.theirs.state, d.ours.state, err = p.states(); err != nil {
			return nil, false, err
		}
	}
	if d.kind() == "" {
		return nil, true, nil
	}
	return d, d.theirs.state == d.ours.state, nil
}

// kept is what the original prints of devices in a batch for addr show as well, once link
// show has been there: gonetns(8), COMPATIBILITY.
var cachedDevices = regexp.MustCompile(` mode [A-Z]+|"linkmode": ?"[A-Z]+",|[\\\n]    alias [^\n\\]*|"ifalias": ?"[^"]*",?`)

func comparable(c command, a answer) result {
	r := result{status: a.Status, stdout: normalize(a.Stdout), stderr: normalize(a.Stderr)}
	if c.Stdin != "" {
		r.stdout = cachedDevices.ReplaceAllString(r.stdout, "")
	}
	return r
}

// states are the lines in which the states of the boxes differ. What the kernel notices
// later is waited for.
func (p *pair) states() (theirs, ours string, err error) {
	for wait := 10 * time.Millisecond; ; wait *= 3 {
		a, b, err := p.doBoth(order{State: true})
		if err != nil {
			return "", "", err
		}
		theirs, ours = unequal(a.State, b.State)
		if theirs == ours || wait > time.Second {
			return theirs, ours, nil
		}
		time.Sleep(wait)
	}
}

// unequal are the lines of either that the other has not.
func unequal(a, b []view) (onlyA, onlyB string) {
	lines := func(views []view) (list []string) {
		for _, v := range views {
			var neighbours []string // come as they lie in a table whose order is the kernel's secret
			for line := range strings.Lines(normalizeState(v.Text)) {
				switch {
				case line == "\n":
				case strings.Contains(line, `"lladdr":`):
					neighbours = append(neighbours, "in "+v.Name+": "+line)
				default:
					list = append(list, "in "+v.Name+": "+line)
				}
			}
			slices.Sort(neighbours)
			list = append(list, neighbours...)
		}
		return list
	}
	x, y := lines(a), lines(b)
	if strings.Join(x, "") == strings.Join(y, "") {
		return "", ""
	}
	onlyA, onlyB = missingFrom(x, y), missingFrom(y, x)
	if onlyA == "" && onlyB == "" {
		return "in this order:\n" + strings.Join(x, ""), "in this order:\n" + strings.Join(y, "")
	}
	return onlyA, onlyB
}

// without are the lines of a that b has not, as often.
func missingFrom(a, b []string) string {
	count := make(map[string]int)
	for _, line := range b {
		count[line]++
	}
	var left strings.Builder
	for _, line := range a {
		if count[line]--; count[line] < 0 {
			left.WriteString(line)
		}
	}
	return left.String()
}
