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
	stdout, stderr kept
	start, end     error         // how the command was started, and how it ended
	ended          chan struct{} // closed when nothing more comes
}

// ahead is how many jobs may have ended and wait for their turn, besides those that
// run.
const ahead = 64

// runJobs runs a command in several namespaces at a time, and prints what each has
// printed in the order of the names. The status tells whether all went well.
//
// Standard input is empty: several who read from one would get parts of it.
func (r *run) runJobs(names, args []string) error {
	members := min(r.Opt.JobsAtATime(), len(names))
	if members == 0 {
		return nil
	}
	crew := newCrew(members)
	defer crew.dismiss()
	var err error
	done := make(chan struct{})
	go func() {
		err = r.showJobs(r.startJobs(crew, names, args, members))
		close(done)
	}()
	crew.attend(done)
	return err
}

// startJobs begins jobs, one for each member of a crew that is free, and hands them over
// in their order. It begins no more when stop is closed.
func (r *run) startJobs(crew *crew, names, args []string, members int) (queue <-chan *job, stop chan<- struct{}) {
	slots := make(chan struct{}, members)
	jobs, end := make(chan *job, ahead), make(chan struct{})
	room := &room{left: sharedRoom}
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
			v := j.begin(r.childArgs(name, args), room)
			go func() {
				j.run(crew, v)
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
func (j *job) begin(self []string, room *room) *visit {
	for _, k := range []*kept{&j.stdout, &j.stderr} {
		if err := k.open(room); err != nil {
			j.start = iproute.Fail("cannot keep the output: " + diag.Reason(err))
			return nil
		}
	}
	const first = 4 // of the arguments: NAME netns exec NAMESPACE
	return &visit{name: j.name, args: self[first:], self: self, stdout: j.stdout.in, stderr: j.stderr.in, ended: make(chan struct{})}
}

// run has the command run, and waits for it.
func (j *job) run(crew *crew, v *visit) {
	if v != nil {
		crew.work <- v
		<-v.ended
		j.end = v.end
		if v.start != nil {
			j.start = iproute.Fail("fork failed: " + diag.Reason(v.start))
		}
	}
	for _, k := range []*kept{&j.stdout, &j.stderr} {
		k.begun()
		k.end()
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
			j.stdout.to <- stdout
			fullOut = nil
		case <-fullErr:
			j.stderr.to <- stderr
			fullErr = nil
		}
	}
	return cmp.Or(j.stdout.replay(stdout), j.stderr.replay(stderr))
}
