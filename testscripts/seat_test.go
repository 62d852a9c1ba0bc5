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

// A seat is a terminal of which the test is the other side: it is read when the test
// reads it.
type seat struct {
	t     *testing.T
	dir   string
	other console.Console // what a terminal emulator has
	end   *os.File
}

func sitDown(t *testing.T) *seat {
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
	return &seat{t: t, dir: t.TempDir(), other: other, end: end}
}

// run starts a command whose terminal this is, in a directory of its own, with our
// programs on its PATH.
func (s *seat) run(argv ...string) *exec.Cmd {
	s.t.Helper()
	cmd := exec.Command("env", argv...) // which looks for it on that PATH
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "PATH="+box.bin+":"+os.Getenv("PATH"))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.end, s.end, s.end
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { cmd.Process.Kill() })
	return cmd
}

// file is the text of a file that the command writes, "" as long as there is none.
func (s *seat) file(name string) string {
	text, _ := os.ReadFile(filepath.Join(s.dir, name))
	return string(text)
}

// create makes an empty file, for which the command may wait.
func (s *seat) create(name string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), nil, 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// pid waits for the number in a file.
func (s *seat) pid(name string) (pid int) {
	s.t.Helper()
	await(s.t, "a PID in "+name, func() bool {
		var err error
		pid, err = strconv.Atoi(strings.TrimSuffix(s.file(name), "\n"))
		return err == nil && strings.HasSuffix(s.file(name), "\n")
	})
	return pid
}

// ended waits for the end of a command, and returns how it was.
func (s *seat) ended(cmd *exec.Cmd) *os.ProcessState {
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

// patience is for what happens soon, if it does at all.
const patience = 30 * time.Second

func await(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !happened(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not to be seen within %v: %s", patience, what)
		}
	}
}

// awaitRest waits until a value has not changed for a second.
func awaitRest(t *testing.T, what string, value func() string) {
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

// stat are the fields of proc_pid_stat(5) from the third on, state; none for a process
// that has gone.
func stat(pid int) []string {
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, after, _ := strings.Cut(string(text), ") ")
	return strings.Fields(after)
}

// cpu is the processor time that a process has had.
func cpu(t *testing.T, pid int) time.Duration {
	t.Helper()
	const utime, tick = 14 - 3, time.Second / 100 // USER_HZ
	fields := stat(pid)
	if len(fields) < utime+2 {
		t.Fatalf("no process %d", pid)
	}
	user, _ := strconv.Atoi(fields[utime])
	system, _ := strconv.Atoi(fields[utime+1])
	return time.Duration(user+system) * tick
}

// mustRest fails where a process keeps a processor busy: of two seconds, one that
// loops gets far more than a tenth, whatever else is running.
func mustRest(t *testing.T, pid int) {
	t.Helper()
	before := cpu(t, pid)
	time.Sleep(2 * time.Second)
	if took := cpu(t, pid) - before; took > 200*time.Millisecond {
		t.Errorf("process %d took %v of two seconds", pid, took)
	}
}
