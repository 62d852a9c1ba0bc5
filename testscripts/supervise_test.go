package testscripts

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	ossignal "os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// rootRefused is in the environment of tests that root started, and says why they do not run
// as root.
const rootRefused = "NSTOOLS_TEST_ROOT_REFUSED"

// superviseTests runs the tests in a process of their own and cleans up after them. It adopts
// orphans, because process 1 may be one that never waits for a child. It kills what still
// runs after the tests, however they have ended.
func superviseTests(dir string) (int, error) {
	// The child is killed when the thread that made it ends.
	runtime.LockOSThread()
	// Descriptors that make has inherited, as from flock(1), are kept from the tests'
	// commands, which count descriptors. A kernel before 5.11 does not do this.
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
	// SIGPIPE is caught: ignored, it would be ignored in the tests, too. After it there are
	// still files to be removed.
	ossignal.Notify(signals, unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT, unix.SIGPIPE)
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	tests := cmd.Process.Pid
	go func() {
		for s := range signals {
			switch s {
			case unix.SIGPIPE:
			case unix.SIGQUIT: // Go's runtime prints what it was doing
				unix.Kill(tests, unix.SIGQUIT)
			default:
				fmt.Fprintln(os.Stderr, "testscripts: told to end:", s)
				unix.Kill(tests, unix.SIGKILL)
			}
		}
	}()
	status := waitFor(tests)
	killLeftovers()
	removeGroups(dir)
	return status, nil
}

// waitFor waits for all children until the given one has ended, and returns its exit status.
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

// killLeftovers kills the children that are left, and those that they leave.
func killLeftovers() {
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

// groupPrefix returns what the names of the scripts' cgroups begin with. It has the random
// number of the box's directory: cgroups of another test run on this machine, maybe with
// processes of another PID namespace, have another one.
func groupPrefix(dir string) string {
	return "nstools-test-" + strings.TrimPrefix(filepath.Base(dir), "nstools") + "-"
}

// removeGroups removes the cgroups of scripts that were killed before they could do it.
func removeGroups(dir string) {
	for _, parent := range []string{"/sys/fs/cgroup/", "/sys/fs/cgroup/*/"} {
		groups, _ := filepath.Glob(parent + groupPrefix(dir) + "*")
		for _, group := range groups {
			var below []string
			filepath.WalkDir(group, func(path string, entry os.DirEntry, err error) error {
				if err == nil && entry.IsDir() {
					below = append(below, path)
				}
				return nil
			})
			for _, path := range slices.Backward(below) {
				unix.Rmdir(path)
			}
		}
	}
}

// TestRoot is skipped with the reason why tests for root did not run.
func TestRoot(t *testing.T) {
	if why := os.Getenv(rootRefused); why != "" {
		t.Skip(why)
	}
}
