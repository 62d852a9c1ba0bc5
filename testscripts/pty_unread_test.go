package testscripts

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A terminal that nobody reads takes some 12 kB, and so does the pty. Output of a size
// between one and both is written, and cannot be shown.
const (
	betweenOneAndTwo = `yes | head -c 14000`
	linesOfIt        = 7000
)

// children returns the PIDs of a process's children.
func children(pid int) []string {
	var found []string
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, file := range threads {
		text, _ := os.ReadFile(file)
		found = append(found, strings.Fields(string(text))...)
	}
	return found
}

// TestPtyUnreadSignal: a signal ends a command whose terminal nobody reads, and the processes
// between the two.
func TestPtyUnreadSignal(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{unix.SIGTERM, unix.SIGHUP, unix.SIGINT} {
		t.Run(unix.SignalName(sig), func(t *testing.T) {
			t.Parallel()
			s := newPtyPair(t)
			cmd := s.run("gounshare", "--pty", "sh", "-c", "echo $$ >pid; exec yes")
			yes := s.pid("pid")
			awaitSteady(t, "yes", func() string {
				text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/io", yes))
				wrote, _, _ := strings.Cut(string(text), "syscr")
				return wrote
			})
			mustBeIdle(t, cmd.Process.Pid)
			cmd.Process.Signal(sig)
			if end := s.waitEnd(cmd).Sys().(syscall.WaitStatus); end.Signal() != sig {
				t.Errorf("it ended with %v; want %v", end.Signal(), sig)
			}
		})
	}
}

// TestPtyUnreadEnd: a command has ended, and its output waits for a reader, without a busy
// processor. Then a reader comes, or a signal ends the wait.
func TestPtyUnreadEnd(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T) (*ptyPair, int, func() *os.ProcessState) {
		t.Parallel()
		s := newPtyPair(t)
		cmd := s.run("gounshare", "--pty", "sh", "-c", "echo $$ >pid; "+betweenOneAndTwo+"; exit 7")
		s.pid("pid")
		relay := cmd.Process.Pid
		await(t, "the command's end", func() bool { return len(children(relay)) == 1 }) // the guard
		return s, relay, func() *os.ProcessState { return s.waitEnd(cmd) }
	}
	t.Run("read", func(t *testing.T) {
		s, relay, ended := start(t)
		mustBeIdle(t, relay)
		lines := s.count(0)
		await(t, "every line", func() bool { return lines.Load() == linesOfIt })
		if status := ended().ExitCode(); status != 7 {
			t.Errorf("the status is %d; want 7", status)
		}
	})
	t.Run("signal", func(t *testing.T) {
		_, relay, ended := start(t)
		unix.Kill(relay, unix.SIGTERM)
		if status := ended().ExitCode(); status != 7 {
			t.Errorf("the status is %d; want 7", status)
		}
	})
}

// stoppingCommand is a command that waits for a file go, writes between one and two buffers,
// and stops. After a file on comes fg.
const stoppingCommand = `
	sh -c 'echo $$ >pid; exec gounshare --pty sh -c "
		until test -e go; do sleep 0.01; done
		` + betweenOneAndTwo + `
		kill -STOP \$\$
		exit 7"'
	until test -e on; do sleep 0.01; done
	fg >fg`

func hasStopped(pid int) bool {
	fields := procStat(pid)
	return len(fields) > 0 && fields[0] == "T"
}

// count reads a terminal at some pace, and counts the lines of the command's output without
// those of the shell.
func (s *ptyPair) count(pace time.Duration) *atomic.Int64 {
	lines := new(atomic.Int64)
	go func() {
		for b := make([]byte, 512); ; time.Sleep(pace) {
			n, err := s.master.Read(b)
			lines.Add(int64(strings.Count(string(b[:n]), "y")))
			if err != nil {
				return
			}
		}
	}()
	return lines
}

// TestPtyUnreadStop: a command that stops while nobody reads stops the job, and its output is
// shown later. The caller's descriptor of the terminal has O_NONBLOCK.
func TestPtyUnreadStop(t *testing.T) {
	t.Parallel()
	s := newPtyPair(t)
	cmd := s.run("sh", "-mc", stoppingCommand)
	relay := s.pid("pid")
	if err := unix.SetNonblock(int(s.slave.Fd()), true); err != nil {
		t.Fatal(err)
	}
	s.create("go")
	await(t, "the relay's stop", func() bool { return hasStopped(relay) })

	lines := s.count(0)
	s.create("on")
	if status := s.waitEnd(cmd).ExitCode(); status != 7 {
		t.Errorf("the status is %d; want 7", status)
	}
	await(t, "every line", func() bool { return lines.Load() == linesOfIt })
}

// TestPtySlowStop: a terminal that takes a little at a time shows all output before the job
// stops.
func TestPtySlowStop(t *testing.T) {
	t.Parallel()
	s := newPtyPair(t)
	s.run("sh", "-mc", stoppingCommand)
	relay := s.pid("pid")
	s.create("go")
	lines := s.count(20 * time.Millisecond)
	await(t, "the relay's stop", func() bool { return hasStopped(relay) })
	await(t, "every line", func() bool { return lines.Load() == linesOfIt })
}
