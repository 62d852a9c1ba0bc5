package main

import "strings"

// A command is a command line of ip.
type command struct {
	Words []string // behind ip
	Stdin string   // the lines of a batch
	Reads bool     // it changes nothing
}

// String returns the command as one types it.
func (c command) String() string {
	words := []string{"ip"}
	for _, w := range c.Words {
		words = append(words, quote(w))
	}
	s := strings.Join(words, " ")
	if c.Stdin == "" {
		return s
	}
	lines := "printf '%s\\n'"
	for _, line := range strings.Split(strings.TrimSuffix(c.Stdin, "\n"), "\n") {
		lines += " " + quote(line)
	}
	return lines + " | " + s
}

func quote(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
