package testscripts

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	ossignal "os/signal"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// rootRefused is in the environment of tests that root started, and says why they are
// not root's.
const rootRefused = "NSTOOLS_TEST_ROOT_REFUSED"

// watch runs the tests in a process of its own, and is there for what they leave: it
// takes in orphans, since process 1 may be one that never waits for a child; it ends
// what still runs after the tests have ended, in whichever way.
func watch(dir string) (int, error) {
	// The child is killed when the thread that made it ends.
	runtime.LockOSThread()
	// What make was given open, as flock(1) does, is nothing that the tests' commands have
	// to do with: they count descriptors. A kernel before 5.11 leaves it.
	unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC)
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return 1, fmt.Errorf("take in orphans: %w", err)
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), insideBox+"="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() == 0 {
		own := syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC}
		trial := exec.Command("true")
		trial.SysProcAttr = &own
		if err := trial.Run(); err == nil {
			cmd.SysProcAttr.Unshareflags = own.Unshareflags
		} else {
			cmd.Env = append(cmd.Env, rootRefused+"=root has no mount namespace of his own, so that scripts run as an ordinary user: "+err.Error())
			if err := os.Chown(dir, userID, userID); err != nil {
				return 1, err
			}
			cmd.SysProcAttr.Credential = &syscall.Credential{Uid: userID, Gid: userID}
		}
	}
	signals := make(chan os.Signal, 8)
	// SIGPIPE is caught, not ignored, which would reach the tests: nobody may be reading
	// any more, and still there is something to be removed.
	ossignal.Notify(signals, unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT, unix.SIGPIPE)
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	tests := cmd.Process.Pid
	go func() {
		for s := range signals {
			switch s {
			case unix.SIGPIPE:
			case unix.SIGQUIT: // of which Go's runtime tells what it was doing
				unix.Kill(tests, unix.SIGQUIT)
			default:
				unix.Kill(tests, unix.SIGKILL)
			}
		}
	}()
	status := waitFor(tests)
	endRest()
	return status, nil
}

// waitFor waits for every child until the one has ended, and returns its exit status.
func waitFor(child int) int {
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, 0, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return 1
		case pid == child && status.Exited():
			return status.ExitStatus()
		case pid == child:
			fmt.Fprintln(os.Stderr, "testscripts: the tests were ended by", status.Signal())
			return 1
		}
	}
}

// endRest kills what is left: children, and what they leave when they have ended.
func endRest() {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		for {
			pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
			if err == unix.ECHILD {
				return
			}
			if pid <= 0 {
				break
			}
		}
		for _, child := range children(os.Getpid()) {
			if pid, err := strconv.Atoi(child); err == nil {
				unix.Kill(pid, unix.SIGKILL)
			}
		}
	}
}

// TestRoot says in the list of what could not run why nothing of root's could.
func TestRoot(t *testing.T) {
	if why := os.Getenv(rootRefused); why != "" {
		t.Skip(why)
	}
}
