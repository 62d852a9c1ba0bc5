package tool

import (
	"errors"
	"io"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/hint"
	"nstools/internal/kernel"
	"nstools/internal/opt"
	"nstools/internal/plan"
	"nstools/internal/terminal"
)

// A Tool is one program between its command line and its plan.
type Tool struct {
	// Common is what Read sets.
	Common *Common
	// Read parses a command line.
	Read func(argv []string) error
	// Table returns the table of options, from which help and completion are made.
	Table func() *opt.Table
	// Instead does what replaces a plan, such as printing a list, and reports whether it did
	// so; nil for none.
	Instead func(stdout, stderr io.Writer) (done bool, err error)
	// Compile returns the plan of what Read has read.
	Compile func(env []string) (*plan.Plan, error)
	// Origin says where the namespaces of the command come from.
	Origin plan.Origin
	// Childless is the hint where no process can be started in a PID namespace.
	Childless string
}

// Main parses, compiles, and explains or runs. It returns the exit status where it ran
// nothing.
func (t Tool) Main(argv []string, stdout, stderr io.Writer) int {
	socket, argv := terminal.ParseStart(argv)
	name := diag.Name(argv)
	if status, done := Begin(argv, name, stderr); done {
		return status
	}
	t.Common.Name, t.Common.relay = name, socket
	err := t.Read(argv)
	if usage := (*opt.UsageError)(nil); errors.As(err, &usage) {
		return diag.PrintUsage(stderr, argv[0], name, err)
	}
	if err == nil {
		err = t.do(argv, stdout, stderr)
	}
	if err != nil {
		return diag.Print(stderr, name, err)
	}
	return 0
}

// Begin is what a program calls first. It refuses the privileges of an executable file. It
// looks for a hint if the process was started to do so. Where done is true, one of the two
// was the case, and the program has to end with the status.
func Begin(argv []string, name string, stderr io.Writer) (status int, done bool) {
	if kernel.Privileged() {
		return diag.Print(stderr, name, Failure("refusing to run with the privileges of a set-user-ID, set-group-ID or file capability program")), true
	}
	if f, ok := kernel.Failed(argv); ok {
		hint.Print(f)
		return 0, true
	}
	return 0, false
}

func (t Tool) do(argv []string, stdout, stderr io.Writer) error {
	c := t.Common
	if c.Answered() {
		text, err := c.text(t.Table())
		if err != nil {
			return err
		}
		return Print(stdout, text)
	}
	if t.Instead != nil {
		if done, err := t.Instead(stdout, stderr); done || err != nil {
			return err
		}
	}
	env := kernel.Environ()
	p, err := t.plan(argv, env)
	switch {
	case err != nil:
		return err
	case c.Explain == "json":
		return Print(stdout, p.JSON())
	case c.Explain != "":
		return Print(stdout, p.Text())
	}
	return kernel.Run(p, kernel.Reporter{
		Name: c.Name, Env: env, HintEnv: hintEnv(p), Childless: t.Childless, Origin: t.Origin, Reasons: diag.ErrorTexts(),
	})
}

// plan compiles what this process is to do. With --pty on a terminal it is to relay, unless
// a relay has started it. Without a terminal the option changes nothing.
func (t Tool) plan(argv, env []string) (p *plan.Plan, err error) {
	c := t.Common
	switch {
	case !c.wantsPty:
	case c.Explain != "":
		c.Pty = terminal.ExplainPty(c.Name)
		p, err = t.Compile(env)
		if err != nil {
			return nil, err
		}
		whole := terminal.ExplainRelay(argv, env)
		whole.Add("--pty", c.Pty.Opened()...)
		whole.Steps = append(whole.Steps, p.Steps...)
		return whole, nil
	case c.relay >= 0:
		if c.Pty, err = terminal.Open(c.relay, c.Name); err != nil {
			return nil, err
		}
	default:
		caller, err := terminal.FindCaller()
		if err != nil {
			return nil, err
		}
		if caller.Any() {
			return terminal.Relay(caller, argv, env)
		}
	}
	return t.Compile(env)
}

// hintEnv returns the environment of a plan's command that the search for a cause needs.
func hintEnv(p *plan.Plan) []string {
	if x, ok := p.Steps[len(p.Steps)-1].Op.(plan.Exec); ok {
		return HintEnv(x)
	}
	return nil
}

// HintEnv returns the environment in which the cause is looked for where a command cannot be
// run: PATH, which was searched for it, and HOME, where its shell has aliases.
func HintEnv(x plan.Exec) []string {
	home, _ := Getenv(x.Env, "HOME")
	return []string{"PATH=" + searchPath(x.Env), "HOME=" + home}
}

// Print writes text to standard output. Errors: see [WriteError].
func Print(w io.Writer, text string) error {
	_, err := io.WriteString(w, text)
	return WriteError(err)
}

// WriteError returns the failure of a write to standard output: a script that cannot read
// the answer has to know. It returns nil for a reader that went away, and for a standard
// output that is closed: nobody reads the message then.
func WriteError(err error) error {
	if err != nil && !errors.Is(err, unix.EPIPE) && !errors.Is(err, unix.EBADF) {
		return Failure("write error: " + diag.Reason(err))
	}
	return nil
}
