package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
)

// A comparison is a command line of a runtime, and replacements that do the same.
type comparison struct {
	title       string
	original    string
	replacement []string
}

// readComparisons reads lines of a title, an original and its replacements, with tabs between.
func readComparisons(r io.Reader) (list []comparison, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		w := strings.Split(lines.Text(), "\t")
		if len(w) < 3 {
			return nil, fmt.Errorf("not a title and two commands: %q", lines.Text())
		}
		list = append(list, comparison{w[0], w[1], w[2:]})
	}
	return list, lines.Err()
}

// compareNames prints a row for each replacement in the comparisons that it reads, beside the
// original in the same runs.
func compareNames(runs int, r io.Reader) error {
	list, err := readComparisons(r)
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

func (c comparison) compare(runs int) error {
	commands := append([]string{c.original}, c.replacement...)
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
	original := median(times[0])
	fmt.Printf("\n%s (%d)\n%-42s %9d us\n", c.title, runs, short(c.original), original.Microseconds())
	for i, command := range c.replacement {
		replacement := median(times[i+1])
		fmt.Printf("%-42s %9d us %7.2fx\n", short(command), replacement.Microseconds(), float64(replacement)/float64(original))
	}
	return nil
}

// short returns a command line without the command that it runs, and with ids cut as
// runtimes print them.
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
