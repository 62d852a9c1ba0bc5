// Bench prints start-up times side by side with the installed originals:
// medians of alternating runs, because a machine's speed drifts by more than the
// difference within minutes. Only the ratios mean anything elsewhere.
//
//	go run ./internal/bench [-runs N] BIN-DIRECTORY
//
// With -names it reads what to compare, for scripts/runtimes/bench.sh, which has
// containers to enter.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const command = "/bin/true"

// A row is a command line for an original and for ours.
type row struct {
	title, args string
	user        *syscall.Credential // nil: the caller
}

var unshareRows = []row{
	{title: "no namespace"},
	{title: "-Ur", args: "-Ur"},
	{title: "-n", args: "-n"},
	{title: "-m", args: "-m"},
	{title: "-pf --mount-proc", args: "-pf --mount-proc"},
	{title: "all at once", args: "-muinpCTUrf --mount-proc"},
}

func nsenterRows(container, sandbox string, user *syscall.Credential) []row {
	return []row{
		{title: "-a", args: "-t " + container + " -a"},
		{title: "-n FILE", args: "--net=/proc/" + container + "/ns/net"},
		{title: "-U, ordinary user", args: "-t " + sandbox + " -U --preserve-credentials", user: user},
	}
}

func main() {
	runs := flag.Int("runs", 400, "runs of each program and row")
	byName := flag.Bool("names", false, "compare the commands on standard input: TITLE, THEIRS, OURS... with tabs between")
	flag.Parse()
	err := fmt.Errorf("usage: bench [-runs N] BIN-DIRECTORY")
	switch {
	case *byName:
		err = compareNames(*runs, os.Stdin)
	case flag.NArg() != 1:
	case os.Getenv(inside) != "":
		err = compareNetns(*runs, flag.Arg(0))
	default:
		if err = compareAll(*runs, flag.Arg(0)); err == nil {
			err = apart()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func compareAll(runs int, bin string) error {
	runtime.LockOSThread() // Pdeathsig means this thread
	unshare, err := newPair(bin, "unshare", "gounshare")
	if err != nil {
		return err
	}
	nsenter, err := newPair(bin, "nsenter", "gonsenter")
	if err != nil {
		return err
	}
	if err := unshare.compare(runs, unshareRows, "--fork"); err != nil {
		return err
	}
	container, err := target(unshare.ours, row{args: "-muinpCTf --mount-proc --kill-child"})
	if err != nil {
		return err
	}
	user := &syscall.Credential{Uid: 65533, Gid: 65533}
	sandbox, err := target(unshare.ours, row{args: "-Ur", user: user})
	if err != nil {
		return err
	}
	fmt.Println()
	return nsenter.compare(runs, nsenterRows(container, sandbox, user), "-t "+container+" -p")
}

// A pair is an original and ours.
type pair struct{ theirs, ours program }

type program struct {
	name, path string
	open       string // the same by descriptor: within reach of an ordinary user, wherever it is
}

func newPair(bin, theirs, ours string) (p pair, err error) {
	path, err := exec.LookPath(theirs)
	if err != nil {
		return p, err
	}
	if p.theirs, err = open(theirs, path); err != nil {
		return p, err
	}
	p.ours, err = open(ours, filepath.Join(bin, ours))
	return p, err
}

func open(name, path string) (program, error) {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	return program{name, path, fmt.Sprintf("/proc/self/fd/%d", fd)}, err
}

// compare prints a table: times, memory under options that make them wait, sizes.
func (p pair) compare(runs int, rows []row, waiting string) error {
	for _, x := range []program{p.theirs, p.ours} {
		version, err := exec.Command(x.path, "--version").Output()
		if err != nil {
			return err
		}
		os.Stdout.Write(version)
	}
	fmt.Printf("start to end of %s, median of %d alternating runs\n\n", command, runs)
	fmt.Printf("%-20s %12s %12s %8s\n", "options", p.theirs.name, p.ours.name, "ratio")
	for _, r := range rows {
		a, b, err := p.alternate(runs, r)
		if err != nil {
			return fmt.Errorf("%s: %w", r.title, err)
		}
		fmt.Printf("%-20s %9d us %9d us %7.2fx\n", r.title, a.Microseconds(), b.Microseconds(), float64(b)/float64(a))
	}
	resident := func(x program) (int, error) { return resident(x, row{args: waiting}) }
	if err := p.report("resident while waiting", resident); err != nil {
		return err
	}
	return p.report("size of the file", size)
}

// alternate runs both in turn and returns the medians.
func (p pair) alternate(runs int, r row) (time.Duration, time.Duration, error) {
	times := [2][]time.Duration{}
	for range runs {
		for i, x := range []program{p.theirs, p.ours} {
			d, err := once(x, r)
			if err != nil {
				return 0, 0, err
			}
			times[i] = append(times[i], d)
		}
	}
	return median(times[0]), median(times[1]), nil
}

func once(x program, r row) (time.Duration, error) {
	argv := append(append([]string{x.name}, strings.Fields(r.args)...), command)
	attr := &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{Credential: r.user}}
	start := time.Now()
	pid, err := syscall.ForkExec(x.open, argv, attr)
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

// report prints a figure of both, in kB.
func (p pair) report(title string, measure func(program) (int, error)) error {
	a, err := measure(p.theirs)
	if err != nil {
		return err
	}
	b, err := measure(p.ours)
	if err != nil {
		return err
	}
	fmt.Printf("%-20s %9d kB %9d kB\n", title, a, b)
	return nil
}

func size(x program) (int, error) {
	info, err := os.Stat(x.path)
	if err != nil {
		return 0, err
	}
	return int(info.Size() / 1000), nil
}

// resident is VmRSS of the program once the command that it waits for has said that it runs.
func resident(x program, r row) (int, error) {
	cmd, end, err := shell(x, r, "echo; read line")
	if err != nil {
		return 0, err
	}
	defer end()
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

// target starts a process to enter, which ends when we do.
func target(x program, r row) (pid string, err error) {
	cmd, _, err := shell(x, r, "echo; exec sleep infinity")
	if err != nil {
		return "", err
	}
	pid = fmt.Sprint(cmd.Process.Pid)
	children, err := os.ReadFile("/proc/" + pid + "/task/" + pid + "/children")
	if child := strings.Fields(string(children)); len(child) > 0 {
		pid = child[0] // a parent is outside of the PID namespace
	}
	return pid, err
}

// shell has a program run a script, and returns once that has written a line.
func shell(x program, r row, script string) (cmd *exec.Cmd, end func(), err error) {
	cmd = &exec.Cmd{
		Path:        x.open,
		Args:        append(append([]string{x.name}, strings.Fields(r.args)...), "sh", "-c", script),
		Stderr:      os.Stderr,
		SysProcAttr: &syscall.SysProcAttr{Credential: r.user, Pdeathsig: syscall.SIGKILL},
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	end = func() {
		stdin.Close()
		cmd.Wait() // its status says nothing here
	}
	if _, err := stdout.Read(make([]byte, 1)); err != nil {
		end()
		return nil, nil, fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	return cmd, end, nil
}
