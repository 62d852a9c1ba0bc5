package ip

import (
	"errors"
	"os"
	"os/exec"

	"nstools/internal/diag"
	"nstools/internal/iproute"
	"nstools/internal/kernel"
	"nstools/internal/netns"
	"nstools/internal/plan"
	"nstools/internal/tool"
)

// exec runs a command in one namespace, in the place of this process, or in every
// one or from a batch as a child.
func (r *run) exec(args []string) error {
	if r.opt.all {
		return r.execAll(args)
	}
	switch len(args) {
	case 0:
		return noName()
	case 1:
		return iproute.Fail("No command specified")
	}
	if r.inBatch {
		return r.child(args[0], args[1:])
	}
	p, err := netns.Enter(args[0])
	if err != nil {
		return err
	}
	return r.become(p, args[1:])
}

// become ends a plan with a command and hands it over, or explains it.
func (r *run) become(p *plan.Plan, argv []string) error {
	x := tool.Command(argv, kernel.Environ())
	if r.opt.explain == "" {
		return r.handOver(p, x)
	}
	p.Add("", x)
	if r.opt.explain == "json" {
		return r.print(p.JSON())
	}
	return r.print(p.Text())
}

// handOver has a plan carried out that ends with a command.
func (r *run) handOver(p *plan.Plan, x plan.Exec) error {
	x.Fail, x.Status = `exec of "`+x.Name+`" failed`, iproute.StatusFailed
	p.Add("", x)
	return kernel.Run(p, kernel.Reporter{Name: r.name, Bare: true, Env: x.Env, Strerror: diag.Word})
}

// execAll runs the command in one namespace after the other. Whatever becomes of it,
// the status is 0, which is ip's.
func (r *run) execAll(args []string) error {
	if len(args) == 0 {
		return iproute.Fail("No command specified")
	}
	names, err := netns.Names()
	if err != nil {
		return err
	}
	kernel.Join()
	for _, name := range names {
		if err := r.print("\nnetns: " + name + "\n"); err != nil {
			return err
		}
		if err := r.child(name, args); err != nil {
			r.report(err)
		}
	}
	return nil
}

// child runs exec for one name in a child of our own, which says itself what fails.
func (r *run) child(name string, args []string) error {
	status, err := r.start(kernel.Self, append([]string{r.argv[0], "netns", "exec", name}, args...))
	switch {
	case err != nil:
		return iproute.Fail("fork failed: " + diag.Reason(err))
	case status != 0:
		return iproute.Fail("")
	}
	return nil
}

// start runs a program with our standard files and waits for its exit status, which is
// -1 after a signal. The error tells that it could not be started.
func (r *run) start(path string, argv []string) (status int, err error) {
	cmd := exec.Cmd{Path: path, Args: argv, Env: kernel.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	if err := kernel.Start(cmd.Start); err != nil {
		return 0, err
	}
	err = cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}
