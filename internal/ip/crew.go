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
type crew struct {
	work   chan *visit
	asked  chan chan bool // a member wants to know whether nobody is left behind
	adopts bool
}

// A visit is a command in one namespace.
type visit struct {
	name                  string
	args                  []string
	self                  []string // the arguments with which we do it as a child of our own
	stdin, stdout, stderr *os.File
	ended                 chan struct{}
	start, end            error // how it was started, and how it ended
}

// newCrew is called where [crew.attend] will be. Who has left the main thread gets a crew
// that does without what can be asked there only.
func newCrew(members int) *crew {
	runtime.LockOSThread() // until dismiss
	c := &crew{work: make(chan *visit), asked: make(chan chan bool)}
	c.adopts = unix.Gettid() == unix.Getpid() && unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == nil
	for range members {
		go c.member()
	}
	return c
}

// dismiss ends it, when all visits have ended.
func (c *crew) dismiss() {
	close(c.work)
	if c.adopts {
		unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
	}
	runtime.UnlockOSThread()
}

// attend answers members until done is closed.
func (c *crew) attend(done <-chan struct{}) {
	for {
		select {
		case answer := <-c.asked:
			answer <- c.adopts && nobodyLeft()
		case <-done:
			return
		}
	}
}

// nobodyLeft tells whether the calling thread has no children, after those that have
// ended are buried.
func nobodyLeft() bool {
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
func (c *crew) member() {
	runtime.LockOSThread()
	if unix.Gettid() != unix.Getpid() {
		c.take()
		return
	}
	elsewhere := make(chan struct{})
	go func() { // on another thread, as long as this one is taken
		runtime.LockOSThread()
		close(elsewhere)
		c.take()
	}()
	<-elsewhere
	runtime.UnlockOSThread()
}

func (c *crew) take() {
	var stage *netns.Stage
	for v := range c.work {
		if stage == nil {
			stage, _ = netns.NewStage() // where there is none, nothing is shown
		}
		if !v.on(stage) {
			v.alone()
		}
		clean := stage != nil && !stage.Changed()
		if clean {
			answer := make(chan bool)
			c.asked <- answer
			clean = <-answer
		}
		close(v.ended)
		if !clean {
			if stage != nil {
				stage.Close()
			}
			go c.member() // on a thread that has nothing of this one's
			return
		}
	}
}

// on runs the command of a visit on a stage. It is false where that does not start: why
// not, [visit.alone] will tell.
func (v *visit) on(stage *netns.Stage) bool {
	if stage == nil || stage.Show(v.name) != nil {
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
func (v *visit) alone() {
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

func (v *visit) command(path string, argv []string) *exec.Cmd {
	cmd := &exec.Cmd{Path: path, Args: argv, Env: session.Environ(), Stdout: v.stdout, Stderr: v.stderr}
	if v.stdin != nil {
		cmd.Stdin = v.stdin
	}
	return cmd
}

// status is the exit status of the command, -1 after a signal.
func (v *visit) status() int {
	if exit := (*exec.ExitError)(nil); errors.As(v.end, &exit) {
		return exit.ExitCode()
	}
	return 0
}
