package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
)

// A contest is a command line of a runtime, and ours that do the same.
type contest struct {
	title  string
	theirs string
	ours   []string
}

// readContests reads lines of a title, their command and ours, with tabs between them.
func readContests(r io.Reader) (list []contest, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		w := strings.Split(lines.Text(), "\t")
		if len(w) < 3 {
			return nil, fmt.Errorf("not a title and two commands: %q", lines.Text())
		}
		list = append(list, contest{w[0], w[1], w[2:]})
	}
	return list, lines.Err()
}

// compareNames prints rows for the contests that are read: one of ours each, beside the
// same runs of theirs.
func compareNames(runs int, r io.Reader) error {
	list, err := readContests(r)
	if err != nil {
		return err
	}
	for _, c := range list {
		if err := c.compare(runs); err != nil {
			return fmt.Errorf("%s: %w", c.title, err)
		}
	}
	return nil
}

func (c contest) compare(runs int) error {
	commands := append([]string{c.theirs}, c.ours...)
	times := make([][]time.Duration, len(commands))
	for range runs {
		for i, command := range commands {
			d, err := timed(command, "")
			if err != nil {
				return err
			}
			times[i] = append(times[i], d)
		}
	}
	theirs := median(times[0])
	fmt.Printf("\n%s (%d)\n%-42s %9d us\n", c.title, runs, short(c.theirs), theirs.Microseconds())
	for i, command := range c.ours {
		ours := median(times[i+1])
		fmt.Printf("%-42s %9d us %7.2fx\n", short(command), ours.Microseconds(), float64(ours)/float64(theirs))
	}
	return nil
}

// short is a command line without the command that it runs, and with ids cut as runtimes
// print them.
func short(command string) string {
	words := strings.Fields(command)
	words = words[:len(words)-1]
	for i, w := range words {
		kind, id, ok := strings.Cut(w, ":")
		if !ok {
			kind, id = "", w
		}
		if len(id) == 64 {
			words[i] = strings.TrimPrefix(kind+":"+id[:12], ":")
		}
	}
	return strings.Join(words, " ")
}
