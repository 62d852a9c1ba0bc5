package tool

import (
	"errors"
	"slices"
	"strings"

	"nstools/internal/diag"
	"nstools/internal/opt"
	"nstools/internal/terminal"
)

// Common holds the options that every tool has.
type Common struct {
	Name    string // of the program, as its messages give it
	Explain string // "", "text" or "json"
	answer  answer
	shell   string // for answerCompletion

	Pty      *terminal.Pty // on which this process is to put its command; nil for none
	wantsPty bool
	relay    int // socket to the relay that started this process, or -1
}

type answer uint8

const (
	answerNone answer = iota
	answerHelp
	answerVersion
	answerCompletion
)

// errAnswered stops the parser where the original prints and exits.
var errAnswered = errors.New("answered")

// Failure returns an error with the original's words.
func Failure(text string) error { return &diag.Error{Text: text} }

// Parse reads a command line, has the table set what is asked for, and returns the operands.
// Errors: *opt.UsageError, *diag.Error.
func (c *Common) Parse(t *opt.Table, argv []string) ([]string, error) {
	operands, err := t.Parse(argv)
	if errors.Is(err, errAnswered) {
		return nil, nil
	}
	return operands, err
}

// Answered reports whether the command line asks for help, the version or completion.
func (c *Common) Answered() bool { return c.answer != answerNone }

// HelpFlags returns --help and --version. The tool's own table says how the flags of this
// file are written.
func (c *Common) HelpFlags(group int) []opt.Flag {
	return []opt.Flag{
		{Long: "help", Group: group, Help: "display this help",
			Set: func(string, bool) error { return c.ask(answerHelp) }},
		{Long: "version", Group: group, Help: "display version",
			Set: func(string, bool) error { return c.ask(answerVersion) }},
	}
}

// OwnFlags returns --explain and --completion.
func (c *Common) OwnFlags(group int) []opt.Flag {
	return []opt.Flag{
		{Long: "explain", Metavar: "text|json", Complete: opt.Words, Group: group,
			Help: "print what would be done, and do nothing",
			Set:  func(format string, given bool) error { return c.setExplain(format, given) }},
		{Long: "completion", Metavar: "bash|zsh|fish", Complete: opt.Words, Group: group,
			Help: "print the completion script of a shell",
			Set:  func(shell string, _ bool) error { c.shell = shell; return c.ask(answerCompletion) }},
	}
}

// PtyFlag returns --pty. Its Set calls also, for what the tool has to set.
func (c *Common) PtyFlag(group int, help string, also func() error) opt.Flag {
	return opt.Flag{Long: "pty", Group: group, Help: help,
		Set: func(string, bool) error { c.wantsPty = true; return also() }}
}

// WantsPty reports whether --pty was given.
func (c *Common) WantsPty() bool { return c.wantsPty }

func (c *Common) ask(what answer) error {
	c.answer = what
	return errAnswered
}

func (c *Common) setExplain(format string, given bool) error {
	switch {
	case !given || format == "text":
		c.Explain = "text"
	case format == "json":
		c.Explain = "json"
	default:
		return Failure("unsupported --explain argument '" + format + "'")
	}
	return nil
}

func (c *Common) text(t *opt.Table) (string, error) {
	switch c.answer {
	case answerVersion:
		return c.Name + " from nstools " + Version + " (options of util-linux " + Compatible + ")\n", nil
	case answerCompletion:
		text, err := t.Completion(c.shell, c.Name)
		if err != nil {
			return "", Failure(err.Error())
		}
		return text, nil
	}
	return t.Usage(c.Name), nil
}

// AddOption returns the list of options that asked for a step, with one more. Each is in it
// once, with blanks between.
func AddOption(list, option string) string {
	switch {
	case list == "":
		return option
	case slices.Contains(strings.Fields(list), option):
		return list
	}
	return list + " " + option
}
