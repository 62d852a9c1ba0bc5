// Bench prints start-up times side by side with the installed originals:
// medians of alternating runs, because a machine's speed drifts by more than the
// difference within minutes. Only the ratios mean anything elsewhere.
//
//	go run ./internal/bench [-runs N] BIN-DIRECTORY
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

const command = "/bin/true"

var sets = []struct{ title, args string }{
	{"no namespace", ""},
	{"-Ur", "-Ur"},
	{"-n", "-n"},
	{"-m", "-m"},
	{"-pf --mount-proc", "-pf --mount-proc"},
	{"all at once", "-muinpCTUrf --mount-proc"},
}

func main() {
	runs := flag.Int("runs", 400, "runs of each program and row")
	flag.Parse()
	if flag.NArg() != 1 {
		fail(fmt.Errorf("usage: bench [-runs N] BIN-DIRECTORY"))
	}
	ours := filepath.Join(flag.Arg(0), "gounshare")
	theirs, err := exec.LookPath("unshare")
	if err != nil {
		fail(err)
	}
	version, err := exec.Command(theirs, "--version").Output()
	if err != nil {
		fail(err)
	}
	fmt.Printf("start to end of %s, median of %d alternating runs; %s\n", command, *runs, version)
	fmt.Printf("%-20s %12s %12s %8s\n", "options", "unshare", "gounshare", "ratio")
	for _, set := range sets {
		args := append(strings.Fields(set.args), command)
		a, b, err := alternate(*runs, append([]string{theirs}, args...), append([]string{ours}, args...))
		if err != nil {
			fail(fmt.Errorf("%s: %w", set.title, err))
		}
		fmt.Printf("%-20s %9d us %9d us %7.2fx\n", set.title, a.Microseconds(), b.Microseconds(), float64(b)/float64(a))
	}
	report("resident while waiting under --fork", residents, theirs, ours)
	report("size of the file", sizes, theirs, ours)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "bench:", err)
	os.Exit(1)
}

// alternate runs two commands in turn and returns the medians.
func alternate(runs int, a, b []string) (time.Duration, time.Duration, error) {
	times := [2][]time.Duration{}
	for range runs {
		for i, argv := range [][]string{a, b} {
			d, err := once(argv)
			if err != nil {
				return 0, 0, err
			}
			times[i] = append(times[i], d)
		}
	}
	slices.Sort(times[0])
	slices.Sort(times[1])
	return times[0][runs/2], times[1][runs/2], nil
}

func once(argv []string) (time.Duration, error) {
	start := time.Now()
	pid, err := syscall.ForkExec(argv[0], argv, &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}})
	if err != nil {
		return 0, err
	}
	var status syscall.WaitStatus
	for {
		_, err = syscall.Wait4(pid, &status, 0, nil)
		if err != syscall.EINTR {
			break
		}
	}
	took := time.Since(start)
	if err == nil && status != 0 {
		err = fmt.Errorf("%s: wait status %#x", strings.Join(argv, " "), uint32(status))
	}
	return took, err
}

// report prints a figure of both programs, in kB.
func report(title string, measure func(string) (int, error), theirs, ours string) {
	a, err := measure(theirs)
	if err != nil {
		fail(err)
	}
	b, err := measure(ours)
	if err != nil {
		fail(err)
	}
	fmt.Printf("%-36s unshare %5d kB, gounshare %5d kB\n", title, a, b)
}

func sizes(program string) (int, error) {
	info, err := os.Stat(program)
	if err != nil {
		return 0, err
	}
	return int(info.Size() / 1000), nil
}

// residents is VmRSS of the parent once the command has said that it runs.
func residents(program string) (int, error) {
	cmd := exec.Command(program, "--fork", "sh", "-c", "echo; read line")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return 0, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer cmd.Wait() // its status says nothing here
	defer stdin.Close()
	if _, err := stdout.Read(make([]byte, 1)); err != nil {
		return 0, err
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	var kb int
	for line := range strings.Lines(string(status)) {
		fmt.Sscanf(line, "VmRSS: %d kB", &kb) // other lines do not match
	}
	return kb, nil
}
