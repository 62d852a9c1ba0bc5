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

// A workerPool runs commands in named namespaces, several at a time. Each worker runs one
// command after the other on a [netns.Stage]. It keeps the stage if the last command left
// nothing there: no mount has changed, and no process lives on.
//
// To see such processes, this process is their subreaper. The kernel makes them children of
// the main thread. wait4(2) with __WNOTHREAD sees them only there, so workers ask the main
// thread; see [workerPool.serve].
type workerPool struct {
	queue     chan *execution
	questions chan chan bool // a worker asks whether a process was left behind
	subreaper bool
}

// An execution is a command in one namespace.
type execution struct {
	name                  string
	args                  []string
	self                  []string // the arguments to run it as a child of this program
	stdin, stdout, stderr *os.File
	ended                 chan struct{}
	start, end            error // why it did not start, and how it ended
}

// newWorkerPool is called on the thread that will call [workerPool.serve]. On another thread
// than the main one it can see no processes left behind, and keeps no stage.
func newWorkerPool(workers int) *workerPool {
	runtime.LockOSThread() // until close
	c := &workerPool{queue: make(chan *execution), questions: make(chan chan bool)}
	c.subreaper = unix.Gettid() == unix.Getpid() && unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == nil
	for range workers {
		go c.worker()
	}
	return c
}

// close ends the workers, when all executions have ended.
func (c *workerPool) close() {
	close(c.queue)
	if c.subreaper {
		unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
	}
	runtime.UnlockOSThread()
}

// serve answers the workers until done is closed.
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

// hasNoChildren reaps ended children of the calling thread, and reports whether none are left.
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

// worker runs executions on a thread that ends with the goroutine. It avoids the main thread,
// which does not end, and whose namespaces stand for the process in /proc.
func (c *workerPool) worker() {
	runtime.LockOSThread()
	if unix.Gettid() != unix.Getpid() {
		c.runExecutions()
		return
	}
	started := make(chan struct{})
	go func() { // gets another thread, since this one is locked
		runtime.LockOSThread()
		close(started)
		c.runExecutions()
	}()
	<-started
	runtime.UnlockOSThread()
}

func (c *workerPool) runExecutions() {
	var stage *netns.Stage
	for v := range c.queue {
		if stage == nil {
			stage, _ = netns.NewStage() // nil if refused: no command runs on a stage then
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
			go c.worker() // on a new thread
			return
		}
	}
}

// runOnStage runs the command on a stage. It returns false if that cannot start, and
// [execution.runInChild] will report why.
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

// runInChild runs it in a child of this program, which becomes the command and reports
// failures.
func (v *execution) runInChild() {
	done := make(chan struct{})
	go func() { // on a thread in the namespaces of the process
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

// status returns the exit status of the command, -1 after a signal.
func (v *execution) status() int {
	if exit := (*exec.ExitError)(nil); errors.As(v.end, &exit) {
		return exit.ExitCode()
	}
	return 0
}
