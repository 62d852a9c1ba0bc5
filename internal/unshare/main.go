package unshare

import (
	"io"
	"strconv"

	"nstools/internal/facts"
	"nstools/internal/kernel"
	"nstools/internal/opt"
	"nstools/internal/plan"
	"nstools/internal/tool"
)

// Main is gounshare. It returns the exit status where there was nothing to run.
func Main(argv []string, stdout, stderr io.Writer) int {
	o := new(Options)
	t := tool.Tool{
		Common: &o.Common,
		Read:   o.parse,
		Table:  func() *opt.Table { return Table(o) },
		Compile: func(env []string) (*plan.Plan, error) {
			f := facts.Snapshot{Ids: facts.Current(), PID: kernel.PID(), Env: env}
			f.Self = strconv.Itoa(f.PID)
			if o.Explain != "" {
				f.Self = "PID"
			}
			f.Read(o.Needs())
			return Compile(o, &f)
		},
		Childless: childless,
	}
	return t.Main(argv, stdout, stderr)
}

// childless is the hint for a PID namespace in which nothing can be started.
const childless = "a PID namespace was made for this process's children before (--pid without --fork), " +
	"and its first process has ended: Linux makes no second one and starts nothing in it; use --fork with the first"
