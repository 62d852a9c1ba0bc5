package nsenter

import (
	"io"

	"nstools/internal/opt"
	"nstools/internal/plan"
	"nstools/internal/tool"
)

// Main is gonsenter. It returns the exit status where there was nothing to run.
func Main(argv []string, stdout, stderr io.Writer) int {
	o := new(Options)
	t := tool.Tool{
		Common: &o.Common,
		Read: func(argv []string) error {
			err := o.parse(argv)
			if err != nil {
				// The original opens files while it reads the command line.
				if _, early := openNamed(o); early != nil {
					err = early
				}
			}
			return err
		},
		Table:   func() *opt.Table { return Table(o) },
		Instead: o.printInstead,
		Compile: func(env []string) (*plan.Plan, error) {
			opened, err := openAll(o)
			if err != nil {
				return nil, err
			}
			opened.warnOfProc(stderr)
			return compile(opened, env), nil
		},
		Origin:    plan.OriginProcess,
		Childless: childless,
	}
	return t.Main(argv, stdout, stderr)
}

// childless is the hint for a PID namespace in which nothing can be started.
const childless = "the first process of the PID namespace has ended, and Linux starts nothing more in it"

// checkPrintInstead refuses a command beside an option that runs none.
func (o *Options) checkPrintInstead() error {
	switch {
	case o.Which != nil && o.Targets:
		return tool.Failure("mutually exclusive arguments: --which --targets")
	case o.Which != nil && len(o.Command) > 0:
		return tool.Failure("--which runs no command")
	case o.Targets && len(o.Command) > 0:
		return tool.Failure("--targets runs no command")
	}
	return nil
}

// printInstead prints what is asked for in the place of a plan.
func (o *Options) printInstead(stdout, stderr io.Writer) (done bool, err error) {
	var text, warning string
	if err := o.checkPrintInstead(); err != nil {
		return true, err
	}
	switch {
	case o.List.wanted:
		return true, o.list(stdout, stderr)
	case o.Which != nil:
		text, err = lookUp(*o.Which)
	case o.Targets:
		text, warning, err = listTargets()
	default:
		return false, nil
	}
	if err != nil {
		return true, err
	}
	if err := tool.Print(stdout, text); err != nil {
		return true, err
	}
	if warning != "" {
		// Without standard error nothing can be reported.
		io.WriteString(stderr, o.Name+": "+warning+"\n")
	}
	return true, nil
}
