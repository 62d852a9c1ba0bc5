package tool

import (
	"errors"
	"slices"
	"strings"

	"nstools/internal/diag"
	"nstools/internal/opt"
	"nstools/internal/terminal"
)

// About holds the options that every tool has and answers on standard output.
type About struct {
	Explain string // "", "text" or "json"
	answer  answer
	shell   string // for answerCompletion

	Pty      *terminal.Pty // on which this process is to put its command; nil for none
	wantsPty bool
	relay    int // socket to the relay that has started us, or -1
}

type answer uint8

const (
	answerNone answer = iota
	answerHelp
	answerVersion
	answerCompletion
)

// errAnswered stops the parser where the original would print and exit.
var errAnswered = errors.New("answered")

// Failure is an error of the caller's making, worded as the original words it.
func Failure(text string) error { return &diag.Error{Text: text} }

// Parse reads a command line into what the table sets, and returns the operands.
// The error is an *opt.UsageError or a *diag.Error.
func (a *About) Parse(t *opt.Table, argv []string) ([]string, error) {
	operands, err := t.Parse(argv)
	if errors.Is(err, errAnswered) {
		return nil, nil
	}
	return operands, err
}

// Answered tells whether nothing but an answer was asked for.
func (a *About) Answered() bool { return a.answer != answerNone }

// HelpFlags are --help and --version. How they and the others of this file are written, the
// tool's own table says.
func (a *About) HelpFlags(group int) []opt.Flag {
	return []opt.Flag{
		{Long: "help", Group: group, Help: "display this help",
			Set: func(string, bool) error { return a.ask(answerHelp) }},
		{Long: "version", Group: group, Help: "display version",
			Set: func(string, bool) error { return a.ask(answerVersion) }},
	}
}

// OwnFlags are --explain and --completion.
func (a *About) OwnFlags(group int) []opt.Flag {
	return []opt.Flag{
		{Long: "explain", Metavar: "text|json", Complete: opt.Words, Group: group,
			Help: "print what would be done, and do nothing",
			Set:  func(format string, given bool) error { return a.setExplain(format, given) }},
		{Long: "completion", Metavar: "bash|zsh|fish", Complete: opt.Words, Group: group,
			Help: "print the completion script of a shell",
			Set:  func(shell string, _ bool) error { a.shell = shell; return a.ask(answerCompletion) }},
	}
}

// PtyFlag is --pty. The tool may want to look at it, too.
func (a *About) PtyFlag(group int, help string, also func() error) opt.Flag {
	return opt.Flag{Long: "pty", Group: group, Help: help,
		Set: func(string, bool) error { a.wantsPty = true; return also() }}
}

// WantsPty tells whether --pty was given.
func (a *About) WantsPty() bool { return a.wantsPty }

func (a *About) ask(what answer) error {
	a.answer = what
	return errAnswered
}

func (a *About) setExplain(format string, given bool) error {
	switch {
	case !given || format == "text":
		a.Explain = "text"
	case format == "json":
		a.Explain = "json"
	default:
		return Failure("unsupported --explain argument '" + format + "'")
	}
	return nil
}

func (a *About) text(t *opt.Table, name string) (string, error) {
	switch a.answer {
	case answerVersion:
		return name + " from nstools " + Version + " (options of util-linux " + Compatible + ")\n", nil
	case answerCompletion:
		text, err := t.Completion(a.shell, name)
		if err != nil {
			return "", Failure(err.Error())
		}
		return text, nil
	}
	return t.Usage(name), nil
}

// Join adds an option to a list of those that asked for a step, once.
func Join(list, option string) string {
	switch {
	case list == "":
		return option
	case slices.Contains(strings.Fields(list), option):
		return list
	}
	return list + " " + option
}
