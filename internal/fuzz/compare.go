package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A pair is a box for the original and one for gonetns.
type pair struct {
	original, gonetns *box
	next              bool // gonetns finds the original as the next ip
}

// A difference is how the results of one command differ, after the commands before it.
type difference struct {
	command           command
	next              bool
	original, gonetns result
}

// A result is what a command did, made comparable.
type result struct {
	status         int
	stdout, stderr string
	state          string // "" if the states are equal
}

// text returns the whole result, for people and for the patterns of known differences.
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

// more returns what gonetns prints behind all that the original prints, "" if it prints
// something else.
func (d *difference) more() string {
	out, ok := strings.CutPrefix(d.gonetns.stdout, d.original.stdout)
	if !ok {
		return ""
	}
	err, ok := strings.CutPrefix(d.gonetns.stderr, d.original.stderr)
	if !ok {
		return ""
	}
	return result{status: d.gonetns.status, stdout: out, stderr: err, state: d.gonetns.state}.text()
}

// kind returns which parts differ. A shorter list of commands has to keep it.
func (d *difference) kind() string {
	var parts []string
	for _, p := range []struct {
		name    string
		differs bool
	}{
		{fmt.Sprintf("status %d, %d", d.original.status, d.gonetns.status), d.original.status != d.gonetns.status},
		{"stdout", d.original.stdout != d.gonetns.stdout},
		{"stderr", d.original.stderr != d.gonetns.stderr},
		{"state", d.original.state != d.gonetns.state},
	} {
		if p.differs {
			parts = append(parts, p.name)
		}
	}
	return strings.Join(parts, ", ")
}

func (p *pair) close() {
	p.original.close()
	p.gonetns.close()
}

// doBoth has both boxes carry out an order at the same time.
func (p *pair) doBoth(o order) (original, gonetns answer, err error) {
	failed := make(chan error)
	go func() {
		var err error
		original, err = p.original.do(o)
		failed <- err
	}()
	gonetns, err = p.gonetns.do(o)
	if err2 := <-failed; err == nil {
		err = err2
	}
	return original, gonetns, err
}

// refusal is gonetns' hint at an unknown command without another ip.
const refusal = "there is no other ip on PATH"

// compare runs a command in both boxes and returns how they differ, nil if they do not.
// Without a next ip, gonetns refuses what only the original knows. It may have changed nothing
// then, and the original runs the command in that box as well. more is false if the boxes
// differ from now on.
func (p *pair) compare(c command, look bool) (d *difference, more bool, err error) {
	original, gonetns, err := p.doBoth(order{Words: c.Words, Stdin: c.Stdin})
	if err != nil {
		return nil, false, err
	}
	if !p.next && strings.Contains(gonetns.Stderr, refusal) {
		if c.Stdin != "" { // some lines may have been carried out
			return nil, false, nil
		}
		if _, err := p.gonetns.do(order{Words: c.Words, Original: true}); err != nil {
			return nil, false, err
		}
		gonetns = original
	}
	d = &difference{command: c, next: p.next, original: comparable(c, original), gonetns: comparable(c, gonetns)}
	for wait := 20 * time.Millisecond; c.Reads && d.kind() != "" && wait < time.Second; wait *= 3 {
		time.Sleep(wait)
		if original, gonetns, err = p.doBoth(order{Words: c.Words, Stdin: c.Stdin}); err != nil {
			return nil, false, err
		}
		d.original, d.gonetns = comparable(c, original), comparable(c, gonetns)
	}
	if look {
		if d.original.state, d.gonetns.state, err = p.states(); err != nil {
			return nil, false, err
		}
	}
	if d.kind() == "" {
		return nil, true, nil
	}
	return d, d.original.state == d.gonetns.state, nil
}

// cachedDevices matches what the original prints of devices for addr show in a batch, if link
// show ran before. See: gonetns(8), COMPATIBILITY.
var cachedDevices = regexp.MustCompile(` mode [A-Z]+|"linkmode": ?"[A-Z]+",|[\\\n]    alias [^\n\\]*|"ifalias": ?"[^"]*",?`)

func comparable(c command, a answer) result {
	r := result{status: a.Status, stdout: normalize(a.Stdout), stderr: normalize(a.Stderr)}
	if asksForNeighbours.MatchString(strings.Join(c.Words, " ") + "\n" + c.Stdin) {
		r.stdout = sortNeighbours(r.stdout)
	}
	if c.Stdin != "" {
		r.stdout = cachedDevices.ReplaceAllString(r.stdout, "")
	}
	return r
}

// asksForNeighbours matches commands that may print neighbours.
var asksForNeighbours = regexp.MustCompile(`(?m)(^| )n(e|ei|eig|eigh\w*)?( |$)`)

// ownNeighbours matches the entries that the kernel makes for groups of IPv6, some time later.
var ownNeighbours = regexp.MustCompile(`(?m)^.*\bff02::.*\n?`)

// neighbour matches a line about a neighbour.
var neighbour = regexp.MustCompile(`^(\{"dst":|[0-9a-f:.]+ )`)

var betweenLines = regexp.MustCompile(` *\n *`)

// sortNeighbours sorts the lines about neighbours that follow each other. The kernel lists them
// in the order of a hash table, which differs between devices.
func sortNeighbours(text string) string {
	if strings.HasPrefix(text, "[ {") { // -pretty
		text = betweenLines.ReplaceAllString(text, "")
	}
	text = strings.NewReplacer("[ {", "[\n{", "} ]", "},\n]", "[{", "[\n{", "},{", "},\n{", "}]", "},\n]").Replace(text)
	lines := strings.SplitAfter(ownNeighbours.ReplaceAllString(text, ""), "\n")
	for i := 0; i < len(lines); i++ {
		end := i
		for end < len(lines) && neighbour.MatchString(lines[end]) {
			end++
		}
		slices.Sort(lines[i:end])
		i = max(i, end)
	}
	return strings.Join(lines, "")
}

// states returns the lines in which the states of the boxes differ. It waits for what the
// kernel notices later.
func (p *pair) states() (original, gonetns string, err error) {
	for wait := 10 * time.Millisecond; ; wait *= 3 {
		a, b, err := p.doBoth(order{State: true})
		if err != nil {
			return "", "", err
		}
		original, gonetns = unequal(a.State, b.State)
		if original == gonetns || wait > time.Second {
			return original, gonetns, nil
		}
		time.Sleep(wait)
	}
}

// unequal returns the lines of each that the other lacks.
func unequal(a, b []view) (onlyA, onlyB string) {
	lines := func(views []view) (list []string) {
		for _, v := range views {
			var neighbours []string // the kernel lists them in the order of a hash table
			for line := range strings.Lines(normalizeState(v.Text)) {
				switch {
				case line == "\n":
				case strings.Contains(line, `"lladdr":`), strings.Contains(line, `"proxy":`):
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

// missingFrom returns the lines of a that b lacks, counted.
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
