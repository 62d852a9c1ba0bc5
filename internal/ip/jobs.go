package ip

import (
	"cmp"
	"io"

	"nstools/internal/diag"
	"nstools/internal/iproute"
	"nstools/internal/tool"
)

// A job is the command of --jobs in one namespace. What it prints is kept until its
// turn comes, as far as there is room.
type job struct {
	name           string
	stdout, stderr outputBuffer
	start, end     error         // how the command was started, and how it ended
	ended          chan struct{} // closed when nothing more comes
}

// ahead is how many jobs may have ended and wait for their turn, besides those that
// run.
const maxWaiting = 64

// runJobs runs a command in several namespaces at a time, and prints what each has
// printed in the order of the names. The status tells whether all went well.
//
// Standard input is empty: several who read from one would get parts of it.
func (r *run) runJobs(names, args []string) error {
	members := min(r.Opt.JobsAtATime(), len(names))
	if members == 0 {
		return nil
	}
	pool := newWorkerPool(members)
	defer pool.close()
	var err error
	done := make(chan struct{})
	go func() {
		err = r.showJobs(r.startJobs(pool, names, args, members))
		close(done)
	}()
	pool.serve(done)
	return err
}

// startJobs begins jobs, one for each member of a crew that is free, and hands them over
// in their order. It begins no more when stop is closed.
func (r *run) startJobs(pool *workerPool, names, args []string, members int) (queue <-chan *job, stop chan<- struct{}) {
	slots := make(chan struct{}, members)
	jobs, end := make(chan *job, maxWaiting), make(chan struct{})
	room := &outputBudget{left: sharedBytes}
	go func() {
		defer close(jobs)
		for _, name := range names {
			slots <- struct{}{}
			select {
			case <-end:
				return
			default:
			}
			j := &job{name: name, ended: make(chan struct{})}
			v := j.prepare(r.childArgs(name, args), room)
			go func() {
				j.run(pool, v)
				<-slots
			}()
			jobs <- j
		}
	}()
	return jobs, end
}

// showJobs prints what each has printed.
func (r *run) showJobs(queue <-chan *job, stop chan<- struct{}) error {
	var unwritten error // then no more are started, and those that run are waited for
	failed := false
	for j := range queue {
		if unwritten != nil {
			j.show(io.Discard, io.Discard)
		} else if unwritten = r.showJob(j); unwritten != nil {
			close(stop)
		}
		failed = failed || j.start != nil || j.end != nil
	}
	switch {
	case unwritten != nil:
		return unwritten
	case failed:
		return iproute.Fail("")
	}
	return nil
}

// begin makes what the command prints to. The visit is nil where that fails.
func (j *job) prepare(self []string, room *outputBudget) *execution {
	for _, k := range []*outputBuffer{&j.stdout, &j.stderr} {
		if err := k.open(room); err != nil {
			j.start = iproute.Fail("cannot keep the output: " + diag.Reason(err))
			return nil
		}
	}
	const first = 4 // of the arguments: NAME netns exec NAMESPACE
	return &execution{name: j.name, args: self[first:], self: self, stdout: j.stdout.in, stderr: j.stderr.in, ended: make(chan struct{})}
}

// run has the command run, and waits for it.
func (j *job) run(pool *workerPool, v *execution) {
	if v != nil {
		pool.queue <- v
		<-v.ended
		j.end = v.end
		if v.start != nil {
			j.start = iproute.Fail("fork failed: " + diag.Reason(v.start))
		}
	}
	for _, k := range []*outputBuffer{&j.stdout, &j.stderr} {
		k.closeInput()
		k.finish()
	}
	close(j.ended)
}

// showJob prints what a job would have printed, when it has ended or as soon as it
// prints more than can be kept. It returns when the job has ended.
func (r *run) showJob(j *job) error {
	select {
	case <-j.ended:
	case <-j.stdout.full:
	case <-j.stderr.full:
	}
	unwritten := r.Print(heading(j.name))
	if unwritten != nil {
		j.show(io.Discard, io.Discard)
		return unwritten
	}
	err := j.show(r.Stdout, r.Stderr)
	if j.start != nil {
		r.Report(j.start)
		return nil
	}
	return tool.WriteError(err)
}

// show prints until the job has ended. The error is that of a writer.
func (j *job) show(stdout, stderr io.Writer) error {
	fullOut, fullErr := j.stdout.full, j.stderr.full
	for waits := true; waits; {
		select {
		case <-j.ended:
			waits = false
		case <-fullOut:
			j.stdout.sink <- stdout
			fullOut = nil
		case <-fullErr:
			j.stderr.sink <- stderr
			fullErr = nil
		}
	}
	return cmp.Or(j.stdout.replay(stdout), j.stderr.replay(stderr))
}
