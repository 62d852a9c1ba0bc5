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

	"golang.org/x/sys/unix"
)

// command is the path of the command that the programs run; see newCommand.
var command = "/bin/true"

// A row is a command line for an original and its replacement, and the greatest quotient of
// their times that is allowed.
type row struct {
	title, args string
	user        *syscall.Credential // nil: the caller
	goal        float64             // 0: no goal
}

var unshareRows = []row{
	{title: "no namespace", goal: 0.40},
	{title: "-Ur", args: "-Ur", goal: 0.40},
	{title: "-n", args: "-n", goal: 0.60}, // the kernel's own work
	{title: "-m", args: "-m", goal: 0.40},
	{title: "-pf --mount-proc", args: "-pf --mount-proc", goal: 0.40},
	{title: "all at once", args: "-muinpCTUrf --mount-proc", goal: 0.60},
	{title: "a name: the long way", args: "--map-user=root"},
}

func nsenterRows(container, sandbox string, user *syscall.Credential) []row {
	return []row{
		{title: "-n", args: "-t " + container + " -n", goal: 0.35},
		{title: "-a", args: "-t " + container + " -a", goal: 0.35},
		{title: "-muinp", args: "-t " + container + " -m -u -i -n -p", goal: 0.35},
		{title: "-n FILE", args: "--net=/proc/" + container + "/ns/net", goal: 0.35},
		{title: "-Un, ordinary user", args: "-t " + sandbox + " -U -n --preserve-credentials", user: user, goal: 0.35},
		{title: "-S 00: the long way", args: "-t " + container + " -n -S 00"},
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
	case os.Getenv(insideVariable) != "":
		err = compareNetns(*runs, flag.Arg(0))
	default:
		if err = compareAll(*runs, flag.Arg(0)); err == nil {
			err = runInside()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func compareAll(runs int, bin string) error {
	runtime.LockOSThread() // Pdeathsig means this thread
	path, remove, err := newCommand()
	if err != nil {
		return err
	}
	defer remove()
	command = path
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
	container, err := target(unshare.replacement, row{args: "-muinpCTf --mount-proc --kill-child"})
	if err != nil {
		return err
	}
	user := &syscall.Credential{Uid: 65533, Gid: 65533}
	sandbox, err := target(unshare.replacement, row{args: "-Urn", user: user})
	if err != nil {
		return err
	}
	fmt.Println()
	return nsenter.compare(runs, nsenterRows(container, sandbox, user), "-t "+container+" -p")
}

// A pair is an original and its replacement, with busybox's where that is installed.
type pair struct {
	original, replacement program
	busybox               *program
}

type program struct {
	name, path string
	open       string // the path by descriptor, which an ordinary user can execute in any directory
}

func newPair(bin, original, replacement string) (p pair, err error) {
	path, err := exec.LookPath(original)
	if err != nil {
		return p, err
	}
	if p.original, err = open(original, path); err != nil {
		return p, err
	}
	if path, err := exec.LookPath("busybox"); err == nil {
		if b, err := open(original, path); err == nil { // busybox selects the applet by argv[0]
			p.busybox = &b
		}
	}
	p.replacement, err = open(replacement, filepath.Join(bin, replacement))
	return p, err
}

func open(name, path string) (program, error) {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	return program{name, path, fmt.Sprintf("/proc/self/fd/%d", fd)}, err
}

// compare prints a table: times, memory under options that make them wait, sizes.
func (p pair) compare(runs int, rows []row, waiting string) error {
	for _, x := range []program{p.original, p.replacement} {
		version, err := exec.Command(x.path, "--version").Output()
		if err != nil {
			return err
		}
		os.Stdout.Write(version)
	}
	fmt.Printf("start to end of a command of three instructions, median of %d alternating runs\n\n", runs)
	alone, err := commandAlone(runs)
	if err != nil {
		return err
	}
	fmt.Printf("the command alone: %d us\n", alone.Microseconds())
	fmt.Printf("%-26s %12s %12s %12s %8s %8s %6s\n", "options", p.original.name, "busybox", p.replacement.name, "ratio", "to bb", "goal")
	for _, r := range rows {
		times, err := p.alternate(runs, r)
		if err != nil {
			return fmt.Errorf("%s: %w", r.title, err)
		}
		print(r, times)
	}
	// A file that has just been built is not on disk yet, and its pages count as dirty.
	unix.Sync()
	for _, figure := range []string{"Rss", "Private_Dirty"} {
		measure := func(x program) (int, error) { return memory(x, row{args: waiting}, figure) }
		if err := p.report(figure+" while waiting", measure); err != nil {
			return err
		}
	}
	return p.report("size of the file", size)
}

// commandAlone returns the median time of the command without any of the programs. All
// figures include it.
func commandAlone(runs int) (time.Duration, error) {
	var times []time.Duration
	for range runs {
		d, err := run(program{name: command, open: command}, row{}, 2)
		if err != nil {
			return 0, err
		}
		times = append(times, d)
	}
	return median(times), nil
}

// print prints the row of an original, busybox, which may be 0, and the replacement.
func print(r row, times [3]time.Duration) {
	original, busybox, replacement := times[0], times[1], times[2]
	ratio := float64(replacement) / float64(original)
	other, toOther := "-", "-"
	if busybox != 0 {
		other, toOther = fmt.Sprintf("%d us", busybox.Microseconds()), fmt.Sprintf("%.2fx", float64(replacement)/float64(busybox))
	}
	goal := ""
	if r.goal != 0 {
		goal = fmt.Sprintf("%.2f", r.goal)
		if ratio > r.goal {
			goal += " not met"
		}
	}
	fmt.Printf("%-26s %9d us %12s %9d us %7.2fx %8s %6s\n", r.title, original.Microseconds(), other, replacement.Microseconds(), ratio, toOther, goal)
}

// alternate runs the programs in turn and returns the medians: of the original, of busybox, or
// 0 where it lacks an option, and of the replacement.
func (p pair) alternate(runs int, r row) (medians [3]time.Duration, err error) {
	programs := []*program{&p.original, p.busybox, &p.replacement}
	if p.busybox != nil {
		null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			return medians, err
		}
		defer null.Close()
		if _, err := run(*p.busybox, r, null.Fd()); err != nil {
			programs[1] = nil
		}
	}
	var times [3][]time.Duration
	for range runs {
		for i, x := range programs {
			if x == nil {
				continue
			}
			d, err := once(*x, r)
			if err != nil {
				return medians, err
			}
			times[i] = append(times[i], d)
		}
	}
	for i := range times {
		if len(times[i]) > 0 {
			medians[i] = median(times[i])
		}
	}
	return medians, nil
}

// once runs a program, and returns how long it took.
func once(x program, r row) (time.Duration, error) { return run(x, r, 2) }

func run(x program, r row, stderr uintptr) (time.Duration, error) {
	argv := append(append([]string{x.name}, strings.Fields(r.args)...), command)
	attr := &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, stderr}, Sys: &syscall.SysProcAttr{Credential: r.user}}
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
	a, err := measure(p.original)
	if err != nil {
		return err
	}
	b, err := measure(p.replacement)
	if err != nil {
		return err
	}
	fmt.Printf("%-26s %9d kB %12s %9d kB\n", title, a, "", b)
	return nil
}

func size(x program) (int, error) {
	info, err := os.Stat(x.path)
	if err != nil {
		return 0, err
	}
	return int(info.Size() / 1000), nil
}

// memory returns a figure of smaps_rollup in kB, of a program that waits for a command that
// runs. See: proc(5).
func memory(x program, r row, figure string) (int, error) {
	cmd, end, err := shell(x, r, "echo; read line")
	if err != nil {
		return 0, err
	}
	defer end()
	time.Sleep(10 * time.Millisecond) // the program frees memory once the command runs
	rollup, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	var kb int
	for line := range strings.Lines(string(rollup)) {
		fmt.Sscanf(line, figure+": %d kB", &kb) // other lines do not match
	}
	return kb, nil
}

// target starts a process to enter, which ends with this process.
func target(x program, r row) (pid string, err error) {
	cmd, _, err := shell(x, r, "echo; exec sleep infinity")
	if err != nil {
		return "", err
	}
	pid = fmt.Sprint(cmd.Process.Pid)
	children, err := os.ReadFile("/proc/" + pid + "/task/" + pid + "/children")
	if child := strings.Fields(string(children)); len(child) > 0 {
		pid = child[0] // the parent is outside of the PID namespace
	}
	return pid, err
}

// shell has a program run a script, and returns once the script has written a line.
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
