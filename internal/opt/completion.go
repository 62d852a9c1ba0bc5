package opt

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// signals has the names offered for a signal: those that every architecture has.
const signals = "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM " +
	"CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"

// Completion returns a script by which shell, one of "bash", "zsh" and "fish",
// completes the options of command, the values that have a [Complete], and the
// command line that the operands make.
//
// Errors: shell is another one; command has characters that are special to a shell.
func (t *Table) Completion(shell, command string) (string, error) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
	if strings.Trim(command, letters+".+-") != "" || strings.Trim(command, "-") == "" {
		return "", errors.New("cannot complete a command named " + strconv.Quote(command))
	}
	function := "_" + strings.Map(func(r rune) rune {
		if strings.ContainsRune(letters, r) {
			return r
		}
		return '_'
	}, command)
	switch shell {
	case "bash":
		return t.bash(command, function), nil
	case "zsh":
		return t.zsh(command, function), nil
	case "fish":
		return t.fish(command, function), nil
	}
	return "", errors.New("no completion for " + strconv.Quote(shell) + ", only for bash, zsh and fish")
}

// words returns what a flag that completes Words or Signals offers, separated by blanks.
func (f *Flag) words() string {
	if f.Complete == Signals {
		return signals
	}
	return strings.ReplaceAll(f.Metavar, "|", " ")
}

// summary returns the first line of the help, for the shells that show one.
func (f *Flag) summary() string {
	line, _, _ := strings.Cut(f.Help, "\n")
	return line
}

// shorts returns the short options that take a value as arg says, as the inside of a bracket
// expression. An empty set is "-", which is never a short option: a bracket expression
// cannot be empty.
func (t *Table) shorts(args ...Arg) string {
	var set []byte
	for i := range t.Flags {
		flag := &t.Flags[i]
		if flag.Short != 0 && slices.Contains(args, flag.ShortArg) {
			set = append(set, flag.Short)
		}
	}
	if len(set) == 0 {
		return "-"
	}
	return string(set)
}

// requiredLongs returns the long options whose value may be the next word.
func (t *Table) requiredLongs() []string {
	var names []string
	for i := range t.Flags {
		if t.Flags[i].Arg == Required {
			names = append(names, "--"+t.Flags[i].Long)
		}
	}
	return names
}
