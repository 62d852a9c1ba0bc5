package ip

import (
	"errors"
	"os"
	"os/exec"

	"nstools/internal/diag"
	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/kernel"
	"nstools/internal/netns"
	"nstools/internal/plan"
	"nstools/internal/tool"
)

// exec runs a command in one namespace, in place of this process. With -all or in a batch it
// runs it as a child.
func (r *run) exec(args []string) error {
	if r.Opt.All {
		return r.execAll(args)
	}
	switch len(args) {
	case 0:
		return noName()
	case 1:
		return iproute.Fail("No command specified")
	}
	if r.InBatch {
		return r.child(args[0], args[1:])
	}
	if r.Opt.Explain != "" {
		return r.explain(args[0], args[1:])
	}
	if os.Geteuid() != 0 {
		// An ordinary user may get a hint here at another way, which the kernel cannot give.
		if _, err := netns.OpenEnterable(args[0]); err != nil {
			return err
		}
	}
	p, err := netns.Enter(args[0])
	if err != nil {
		return err
	}
	return r.handOver(p, tool.Command(args[1:], session.Environ()))
}

// explain prints what exec would do.
func (r *run) explain(name string, argv []string) error {
	p, err := netns.Enter(name)
	if err != nil {
		return err
	}
	p.Add("", tool.Command(argv, session.Environ()))
	if r.Opt.Explain == "json" {
		return r.Print(p.JSON())
	}
	return r.Print(p.Text())
}

// handOver carries out a plan that ends with a command.
func (r *run) handOver(p *plan.Plan, x plan.Exec) error {
	x.Fail, x.Status = cannotExec+x.Name+`" failed`, iproute.StatusFailed
	p.Add("", x)
	return kernel.Run(p, kernel.Reporter{Name: r.Name, NoPrefix: true, Origin: plan.OriginName, Env: x.Env, HintEnv: tool.HintEnv(x), Reasons: diag.ErrorTexts()})
}

// execAll runs the command in one namespace after the other. Like ip it ignores the commands'
// statuses, and stops when a signal has killed one.
func (r *run) execAll(args []string) error {
	if len(args) == 0 {
		return iproute.Fail("No command specified")
	}
	names, err := netns.Names()
	if err != nil {
		return err
	}
	r.batched.endNext() // its output comes first, and its parent thread will end
	kernel.RejoinProcess()
	if r.Opt.Jobs != nil && r.Opt.Explain == "" {
		return r.runJobs(names, args)
	}
	pool := newWorkerPool(1)
	defer pool.close()
	for _, name := range names {
		if r.Opt.Explain != "json" {
			if err := r.Print(heading(name)); err != nil {
				return err
			}
		}
		err := error(nil)
		if r.Opt.Explain != "" {
			err = r.explain(name, args)
		} else {
			err = r.execute(pool, name, args)
		}
		if errors.Is(err, errKilled) {
			return err
		}
		if err != nil {
			r.Report(err)
		}
	}
	return nil
}

// execute runs the command in a namespace.
func (r *run) execute(c *workerPool, name string, args []string) error {
	v := &execution{name: name, args: args, self: r.childArgs(name, args), stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, ended: make(chan struct{})}
	c.queue <- v
	c.serve(v.ended)
	switch status := v.status(); {
	case v.start != nil:
		return iproute.Fail("fork failed: " + diag.Reason(v.start))
	case status < 0:
		return errKilled
	case status != 0:
		return iproute.Fail("")
	}
	return nil
}

func heading(name string) string { return "\nnetns: " + name + "\n" }

// errKilled ends -all exec and a batch at once, even with -force.
var errKilled = iproute.Fail("")

// child runs exec for one name in a child process, which reports its failures itself.
func (r *run) child(name string, args []string) error {
	if r.Opt.Explain != "" {
		return r.explain(name, args)
	}
	status, err := r.runProgram(withStandardFiles(kernel.Self, r.childArgs(name, args), session.Environ()))
	switch {
	case err != nil:
		return iproute.Fail("fork failed: " + diag.Reason(err))
	case status < 0:
		return errKilled
	case status != 0:
		return iproute.Fail("")
	}
	return nil
}

func (r *run) childArgs(name string, args []string) []string {
	return append([]string{r.Argv[0], "netns", "exec", name}, args...)
}

// runProgram runs a program and returns its exit status, -1 after a signal. The error says why
// it could not be started.
func (r *run) runProgram(cmd *exec.Cmd) (status int, err error) {
	r.batched.endNext() // its output comes first
	if err := kernel.Start(cmd); err != nil {
		return 0, err
	}
	err = cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// withStandardFiles returns a command with the standard files of this process.
func withStandardFiles(path string, argv, env []string) *exec.Cmd {
	return &exec.Cmd{Path: path, Args: argv, Env: env, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
}
