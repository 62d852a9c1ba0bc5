package ip

import (
	"errors"
	"io"
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

// become ends a plan with a command and hands it over.
func (r *run) become(p *plan.Plan, argv []string) error {
	env := kernel.Environ()
	x := tool.Command(argv, env)
	x.Fail, x.Status = `exec of "`+argv[0]+`" failed`, iproute.StatusFailed
	p.Add("", x)
	switch r.opt.explain {
	case "json":
		return r.print([]byte(p.JSON()))
	case "text":
		return r.print([]byte(p.Text()))
	}
	return kernel.Run(p, kernel.Reporter{Name: r.name, Bare: true, Env: env, Strerror: diag.Word})
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
		if err := r.print([]byte("\nnetns: " + name + "\n")); err != nil {
			return err
		}
		r.child(name, args)
	}
	return nil
}

// child runs exec for one name in a child of our own, and waits.
func (r *run) child(name string, args []string) error {
	cmd := exec.Command(kernel.Self())
	cmd.Args = append([]string{r.argv0, "netns", "exec", name}, args...)
	cmd.Env = kernel.Environ()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := kernel.Start(cmd.Start)
	if err == nil {
		err = cmd.Wait()
	}
	if exit := (*exec.ExitError)(nil); err == nil || errors.As(err, &exit) {
		if err != nil {
			return iproute.Fail("")
		}
		return nil
	}
	io.WriteString(r.stderr, "fork failed: "+diag.Reason(err)+"\n")
	return iproute.Fail("")
}
