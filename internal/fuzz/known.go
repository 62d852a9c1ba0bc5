package main

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

//go:embed known.txt
var knownText string

// A known difference is intended, and has a reason. All of its patterns have to match.
type known struct {
	reason   string
	patterns map[string]*regexp.Regexp // command, stdin, original, gonetns, more
	next     string                    // yes or no; "" for both
	matched  int
}

// readKnown reads entries with empty lines between them. The first line of an entry is the
// reason. The others are "command: PATTERN" and the like, or "next: yes". The pattern of more
// is for what gonetns prints behind all that the original prints. Lines that begin with # are
// comments.
func readKnown(text string) (list []*known, err error) {
	var k *known
	for number, line := range strings.Split(text, "\n") {
		word, value, ok := strings.Cut(line, ": ")
		switch {
		case strings.HasPrefix(line, "#"):
		case line == "":
			k = nil
		case k == nil:
			k = &known{reason: line, patterns: make(map[string]*regexp.Regexp)}
			list = append(list, k)
		case !ok:
			return nil, fmt.Errorf("known differences, line %d: no pattern: %q", number+1, line)
		case word == "next" && (value == "yes" || value == "no"):
			k.next = value
		case slices.Contains([]string{"command", "stdin", "original", "gonetns", "more"}, word):
			if k.patterns[word], err = regexp.Compile("(?m)" + value); err != nil {
				return nil, fmt.Errorf("known differences, line %d: %w", number+1, err)
			}
		default:
			return nil, fmt.Errorf("known differences, line %d: %q is none of command, stdin, original, gonetns, more, next", number+1, word)
		}
	}
	for _, k := range list {
		if len(k.patterns) < 2 {
			return nil, fmt.Errorf("known differences: %q has to say at least two of command, stdin, original, gonetns and more", k.reason)
		}
	}
	return list, nil
}

// matches reports whether a difference is this one.
func (k *known) matches(d *difference) bool {
	if k.next != "" && (k.next == "yes") != d.next {
		return false
	}
	text := map[string]string{
		"command": strings.Join(d.command.Words, " "), "stdin": d.command.Stdin, "original": d.original.text(), "gonetns": d.gonetns.text(),
		"more": d.more(),
	}
	for where, pattern := range k.patterns {
		if !pattern.MatchString(text[where]) {
			return false
		}
	}
	return true
}

// find returns the entry for a difference, or nil.
func find(list []*known, d *difference) *known {
	for _, k := range list {
		if k.matches(d) {
			return k
		}
	}
	return nil
}
