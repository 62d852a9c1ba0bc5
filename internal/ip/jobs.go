package ip

import (
	"io"
	"os/exec"
	"strconv"

	"nstools/internal/diag"
	"nstools/internal/iproute"
	"nstools/internal/kernel"
	"nstools/internal/tool"
)

// A job is the command of --jobs in one namespace. What it prints is kept until its
// turn comes.
type job struct {
	name           string
	cmd            *exec.Cmd
	stdout, stderr kept
	start, end     error         // how the command was started, and how it ended
	ended          chan struct{} // closed when nothing more comes
}

// ahead is how many jobs may have ended and wait for their turn, besides those that
// run: each has descriptors.
const ahead = 64

// checkJobs tells whether --jobs, where it is given, makes sense.
func (o *options) checkJobs() error {
	switch {
	case o.jobs == nil:
		return nil
	case o.jobsAtATime() == 0:
		return iproute.Invalid("--jobs takes a decimal number from 1", *o.jobs)
	case !o.all:
		return iproute.Usage("--jobs is for -all exec")
	}
	return nil
}

// jobsAtATime is the value of --jobs, or 0.
func (o *options) jobsAtATime() int {
	n, err := strconv.ParseUint(*o.jobs, 10, 31)
	if err != nil {
		return 0
	}
	return int(n)
}

// runJobs runs a command in several namespaces at a time, and prints what each has
// printed in the order of the names. The status tells whether all went well.
//
// Standard input is empty: several who read from one would get parts of it.
func (r *run) runJobs(names, args []string) error {
	slots := make(chan struct{}, min(r.opt.jobsAtATime(), len(names)))
	queue := make(chan *job, ahead)
	stop := make(chan struct{})
	go func() {
		defer close(queue)
		for _, name := range names {
			slots <- struct{}{}
			select {
			case <-stop:
				return
			default:
			}
			j := &job{name: name, ended: make(chan struct{})}
			j.begin(r.childArgs(name, args))
			go func() {
				j.wait()
				<-slots
			}()
			queue <- j
		}
	}()
	var unwritten error // then no more are started, and those that run are waited for
	failed := false
	for j := range queue {
		<-j.ended
		failed = failed || j.start != nil || j.end != nil
		if unwritten == nil {
			if unwritten = r.showJob(j); unwritten != nil {
				close(stop)
			}
		}
		j.stdout.drop()
		j.stderr.drop()
	}
	switch {
	case unwritten != nil:
		return unwritten
	case failed:
		return iproute.Fail("")
	}
	return nil
}

func (j *job) begin(argv []string) {
	defer j.stdout.begun()
	defer j.stderr.begun()
	for _, k := range []*kept{&j.stdout, &j.stderr} {
		if err := k.open(); err != nil {
			j.start = iproute.Fail("cannot keep the output: " + diag.Reason(err))
			return
		}
	}
	j.cmd = &exec.Cmd{Path: kernel.Self, Args: argv, Env: environ(), Stdout: j.stdout.in, Stderr: j.stderr.in}
	if err := kernel.Start(j.cmd.Start); err != nil {
		j.start = iproute.Fail("fork failed: " + diag.Reason(err))
	}
}

func (j *job) wait() {
	if j.start == nil {
		j.end = j.cmd.Wait()
	}
	j.stdout.end()
	j.stderr.end()
	close(j.ended)
}

// showJob prints what a job that has ended would have printed.
func (r *run) showJob(j *job) error {
	if err := r.print(heading(j.name)); err != nil {
		return err
	}
	if j.start != nil {
		r.report(j.start)
		return nil
	}
	for _, o := range []struct {
		to   io.Writer
		from *kept
	}{{r.stdout, &j.stdout}, {r.stderr, &j.stderr}} {
		if err := tool.Written(o.from.replay(o.to)); err != nil {
			return err
		}
	}
	return nil
}
