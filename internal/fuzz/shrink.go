package main

import (
	"slices"
	"strings"
)

// shorter returns the shortest list of commands for which shows is true, nil if it is true of
// none. Most differences need only the last command, or what every session begins with. From
// other lists it removes ever smaller parts. In the end it removes lines and words of the last
// command.
func shorter(commands []command, shows func([]command) bool) []command {
	last := commands[len(commands)-1]
	begin := commands[:min(foundingCommands, len(commands)-1)]
	switch few := append(append([]command(nil), begin...), last); {
	case shows([]command{last}):
		commands = []command{last}
	case shows(few):
		commands = few
	case !shows(commands):
		return nil
	}
	for size := len(commands) / 2; size > 0; {
		left := false
		for from := 0; from < len(commands)-1; {
			to := min(from+size, len(commands)-1)
			less := append(append([]command(nil), commands[:from]...), commands[to:]...)
			if shows(less) {
				commands, left = less, true
			} else {
				from = to
			}
		}
		if !left || size > 1 {
			size /= 2
		}
	}
	return fewerWords(fewerLines(commands, shows), shows)
}

// fewerLines removes lines of a batch.
func fewerLines(commands []command, shows func([]command) bool) []command {
	last := len(commands) - 1
	for i := 0; ; {
		c := commands[last]
		lines := strings.SplitAfter(c.Stdin, "\n")
		if i >= len(lines)-1 {
			return commands
		}
		c.Stdin = strings.Join(slices.Delete(lines, i, i+1), "")
		less := append(append([]command(nil), commands[:last]...), c)
		if c.Stdin != "" && shows(less) {
			commands = less
		} else {
			i++
		}
	}
}

// fewerWords removes words of the last command.
func fewerWords(commands []command, shows func([]command) bool) []command {
	last := len(commands) - 1
	for i := 0; i < len(commands[last].Words); {
		c := commands[last]
		c.Words = append(append([]string(nil), c.Words[:i]...), c.Words[i+1:]...)
		less := append(append([]command(nil), commands[:last]...), c)
		if len(c.Words) > 0 && shows(less) {
			commands = less
		} else {
			i++
		}
	}
	return commands
}
