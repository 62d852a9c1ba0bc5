package testscripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/containerd/console"
)

// A ptyPair is a terminal whose master the test has: its output is read when the test reads
// it.
type ptyPair struct {
	t      *testing.T
	dir    string
	master console.Console // the side of a terminal emulator
	slave  *os.File
}

func newPtyPair(t *testing.T) *ptyPair {
	t.Helper()
	other, path, err := console.NewPty()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	end, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end.Close() })
	return &ptyPair{t: t, dir: t.TempDir(), master: other, slave: end}
}

// run starts a command on this terminal, in a directory of its own, with the tools on its
// PATH.
func (s *ptyPair) run(argv ...string) *exec.Cmd {
	s.t.Helper()
	cmd := exec.Command("env", argv...) // env searches the PATH below
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "PATH="+box.bin+":"+os.Getenv("PATH"))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.slave, s.slave, s.slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { cmd.Process.Kill() })
	return cmd
}

// file returns the text of a file that the command writes, "" before it exists.
func (s *ptyPair) file(name string) string {
	text, _ := os.ReadFile(filepath.Join(s.dir, name))
	return string(text)
}

// create makes an empty file. The command may wait for it.
func (s *ptyPair) create(name string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), nil, 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// pid waits for a number in a file and returns it.
func (s *ptyPair) pid(name string) (pid int) {
	s.t.Helper()
	await(s.t, "a PID in "+name, func() bool {
		var err error
		pid, err = strconv.Atoi(strings.TrimSuffix(s.file(name), "\n"))
		return err == nil && strings.HasSuffix(s.file(name), "\n")
	})
	return pid
}

// waitEnd waits for the end of a command, and returns its state.
func (s *ptyPair) waitEnd(cmd *exec.Cmd) *os.ProcessState {
	s.t.Helper()
	done := make(chan struct{})
	go func() {
		cmd.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(patience):
		s.t.Fatalf("%v does not end", cmd)
	}
	return cmd.ProcessState
}

// patience is how long a test waits for what usually happens at once.
const patience = 30 * time.Second

func await(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !happened(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not to be seen within %v: %s", patience, what)
		}
	}
}

// awaitSteady waits until a value has not changed for a second.
func awaitSteady(t *testing.T, what string, value func() string) {
	t.Helper()
	last, since := "", time.Now()
	await(t, what+" at rest", func() bool {
		now := value()
		if now != last {
			last, since = now, time.Now()
		}
		return now != "" && time.Since(since) > time.Second
	})
}

// procStat returns the fields of proc_pid_stat(5) from the third on, which is the state. It
// returns none for a process that does not exist.
func procStat(pid int) []string {
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, after, _ := strings.Cut(string(text), ") ")
	return strings.Fields(after)
}

// processorTime returns the processor time that a process has used.
func processorTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	const utime, tick = 14 - 3, time.Second / 100 // USER_HZ
	fields := procStat(pid)
	if len(fields) < utime+2 {
		t.Fatalf("no process %d", pid)
	}
	user, _ := strconv.Atoi(fields[utime])
	system, _ := strconv.Atoi(fields[utime+1])
	return time.Duration(user+system) * tick
}

// mustBeIdle fails the test where a process keeps a processor busy: a process that loops gets
// far more than a tenth of two seconds, whatever else is running.
func mustBeIdle(t *testing.T, pid int) {
	t.Helper()
	before := processorTime(t, pid)
	time.Sleep(2 * time.Second)
	if took := processorTime(t, pid) - before; took > 200*time.Millisecond {
		t.Errorf("process %d took %v of two seconds", pid, took)
	}
}
