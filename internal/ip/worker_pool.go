package ip

import (
	"errors"
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/kernel"
	"nstools/internal/netns"
	"nstools/internal/tool"
)

// A crew runs commands in named namespaces, several at a time, each member of it one
// after the other on a [netns.Stage]. The stage is for the next command as well if the
// last one has left nothing there: no mount has changed, and no process lives on.
//
// To know of processes that live on, we take the place of the init that adopts them. The
// kernel gives them to our first thread, whose own children they are for wait4(2), and to
// which alone: so whether there are any is asked there, see [crew.attend].
type workerPool struct {
	queue     chan *execution
	questions chan chan bool // a member wants to know whether nobody is left behind
	subreaper bool
}

// A visit is a command in one namespace.
type execution struct {
	name                  string
	args                  []string
	self                  []string // the arguments with which we do it as a child of our own
	stdin, stdout, stderr *os.File
	ended                 chan struct{}
	start, end            error // how it was started, and how it ended
}

// newCrew is called where [crew.attend] will be. Who has left the main thread gets a crew
// that does without what can be asked there only.
func newWorkerPool(members int) *workerPool {
	runtime.LockOSThread() // until dismiss
	c := &workerPool{queue: make(chan *execution), questions: make(chan chan bool)}
	c.subreaper = unix.Gettid() == unix.Getpid() && unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == nil
	for range members {
		go c.worker()
	}
	return c
}

// dismiss ends it, when all visits have ended.
func (c *workerPool) close() {
	close(c.queue)
	if c.subreaper {
		unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
	}
	runtime.UnlockOSThread()
}

// attend answers members until done is closed.
func (c *workerPool) serve(done <-chan struct{}) {
	for {
		select {
		case answer := <-c.questions:
			answer <- c.subreaper && hasNoChildren()
		case <-done:
			return
		}
	}
}

// nobodyLeft tells whether the calling thread has no children, after those that have
// ended are buried.
func hasNoChildren() bool {
	for {
		var status unix.WaitStatus
		switch pid, err := unix.Wait4(-1, &status, unix.WNOHANG|unix.WALL|unix.WNOTHREAD, nil); {
		case err == unix.EINTR:
		case err != nil:
			return err == unix.ECHILD
		case pid == 0:
			return false
		}
	}
}

// member takes visits on a thread that ends with it. That is never the main thread, which
// does not end, and whose namespaces are those of the process for whoever looks.
func (c *workerPool) worker() {
	runtime.LockOSThread()
	if unix.Gettid() != unix.Getpid() {
		c.takeExecs()
		return
	}
	started := make(chan struct{})
	go func() { // on another thread, as long as this one is taken
		runtime.LockOSThread()
		close(started)
		c.takeExecs()
	}()
	<-started
	runtime.UnlockOSThread()
}

func (c *workerPool) takeExecs() {
	var stage *netns.Stage
	for v := range c.queue {
		if stage == nil {
			stage, _ = netns.NewStage() // where there is none, nothing is shown
		}
		if !v.runOnStage(stage) {
			v.runInChild()
		}
		clean := stage != nil && !stage.MountsChanged()
		if clean {
			answer := make(chan bool)
			c.questions <- answer
			clean = <-answer
		}
		close(v.ended)
		if !clean {
			if stage != nil {
				stage.Close()
			}
			go c.worker() // on a thread that has nothing of this one's
			return
		}
	}
}

// on runs the command of a visit on a stage. It is false where that does not start: why
// not, [visit.alone] will tell.
func (v *execution) runOnStage(stage *netns.Stage) bool {
	if stage == nil || stage.Enter(v.name) != nil {
		return false
	}
	command := tool.Command(v.args, kernel.Environ())
	for _, path := range command.Paths {
		if unix.Access(path, unix.X_OK) != nil {
			continue
		}
		cmd := v.command(path, v.args)
		if kernel.Start(cmd) != nil {
			return false
		}
		v.end = cmd.Wait()
		return true
	}
	return false
}

// alone runs it in a child of our own that becomes the command, and says what fails.
func (v *execution) runInChild() {
	done := make(chan struct{})
	go func() { // on a thread that is nowhere else
		defer close(done)
		cmd := v.command(kernel.Self, v.self)
		if v.start = kernel.Start(cmd); v.start == nil {
			v.end = cmd.Wait()
		}
	}()
	<-done
}

func (v *execution) command(path string, argv []string) *exec.Cmd {
	cmd := &exec.Cmd{Path: path, Args: argv, Env: session.Environ(), Stdout: v.stdout, Stderr: v.stderr}
	if v.stdin != nil {
		cmd.Stdin = v.stdin
	}
	return cmd
}

// status is the exit status of the command, -1 after a signal.
func (v *execution) status() int {
	if exit := (*exec.ExitError)(nil); errors.As(v.end, &exit) {
		return exit.ExitCode()
	}
	return 0
}
