package ip

import (
	"cmp"
	"io"

	"nstools/internal/diag"
	"nstools/internal/iproute"
	"nstools/internal/tool"
)

// A job is the command of --jobs in one namespace. Its output is buffered until its turn
// comes, as far as memory allows.
type job struct {
	name           string
	stdout, stderr outputBuffer
	start, end     error         // why it did not start, and how it ended
	ended          chan struct{} // closed when its output is complete
}

// maxWaiting is how many jobs may have ended and wait for their turn, besides those that run.
const maxWaiting = 64

// runJobs runs a command in several namespaces at a time, and prints their output in the order
// of the names. It fails if one of them fails.
//
// Standard input is empty: several commands would each get parts of it.
func (r *run) runJobs(names, args []string) error {
	workers := min(r.Opt.JobsAtATime(), len(names))
	if workers == 0 {
		return nil
	}
	pool := newWorkerPool(workers)
	defer pool.close()
	var err error
	done := make(chan struct{})
	go func() {
		err = r.showJobs(r.startJobs(pool, names, args, workers))
		close(done)
	}()
	pool.serve(done)
	return err
}

// startJobs starts a job whenever a worker is free, and passes the jobs on in their order. It
// starts no more when stop is closed.
func (r *run) startJobs(pool *workerPool, names, args []string, workers int) (queue <-chan *job, stop chan<- struct{}) {
	slots := make(chan struct{}, workers)
	jobs, end := make(chan *job, maxWaiting), make(chan struct{})
	budget := &outputBudget{left: sharedBytes}
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
			v := j.prepare(r.childArgs(name, args), budget)
			go func() {
				j.run(pool, v)
				<-slots
			}()
			jobs <- j
		}
	}()
	return jobs, end
}

// showJobs prints the output of each job in turn.
func (r *run) showJobs(queue <-chan *job, stop chan<- struct{}) error {
	var unwritten error // then no job is started, and running ones are waited for
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

// prepare makes the buffers of a job's output. The execution is nil if that fails.
func (j *job) prepare(self []string, budget *outputBudget) *execution {
	for _, k := range []*outputBuffer{&j.stdout, &j.stderr} {
		if err := k.open(budget); err != nil {
			j.start = iproute.Fail("cannot keep the output: " + diag.Reason(err))
			return nil
		}
	}
	const first = 4 // behind NAME netns exec NAMESPACE
	return &execution{name: j.name, args: self[first:], self: self, stdout: j.stdout.in, stderr: j.stderr.in, ended: make(chan struct{})}
}

// run executes the command and waits for it.
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

// showJob prints the output of a job when it has ended, or as soon as its buffer is full. It
// returns when the job has ended.
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

// show prints until the job has ended. The error is a writer's.
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
