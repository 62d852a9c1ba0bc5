package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// insideVariable is set for a start of this program that has namespaces of its own.
const insideVariable = "NSTOOLS_BENCH_INSIDE"

// runInside runs this program again, in a mount and a network namespace of its own, so that
// a benchmark shares no names, devices and processes with others.
func runInside() error {
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), insideVariable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWPID, Unshareflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL,
	}
	return cmd.Run()
}

// A job is the same work for ip(8) and for gonetns: commands, one after the other.
type job struct {
	title                 string
	runs                  int
	original, replacement []string
	stdin                 string // of each command
	before, after         []string
}

const (
	names     = 1000
	processes = 1000
)

func jobs(runs int) []job {
	few := max(runs/20, 5)
	const addNames, deleteNames = "netns add n%d\n", "netns delete n%d\n"
	return []job{
		{title: "no names", runs: runs, original: []string{"ip netns"}, replacement: []string{"gonetns"}},
		{title: "exec NAME true", runs: runs, original: []string{"ip netns exec x true"}, replacement: []string{"gonetns exec x true"},
			before: []string{"ip netns add x"}},
		{title: "link show, addr show", runs: runs, original: []string{"ip link", "ip addr"}, replacement: []string{"gonetns link", "gonetns addr"}},
		{title: "the tutorial: 6 commands, or connect", runs: runs,
			original: []string{
				"ip link add veth-host type veth peer name veth-ns",
				"ip link set veth-ns netns x",
				"ip addr add 10.0.0.1/24 dev veth-host",
				"ip link set veth-host up",
				"ip netns exec x ip addr add 10.0.0.2/24 dev veth-ns",
				"ip netns exec x ip link set veth-ns up",
			},
			replacement: []string{"gonetns connect host:veth-host=10.0.0.1/24 x:veth-ns=10.0.0.2/24"},
			after:       []string{"ip link delete veth-host"}},
		{title: "-batch: add 1,000 and delete them", runs: few, original: []string{"ip -batch -"}, replacement: []string{"gonetns -batch -"},
			stdin: many(addNames) + many(deleteNames)},
		// The processes stay, and with them many mount namespaces that would be copies of
		// all names: those come last.
		{title: "pids among 1,000 processes", runs: few, original: []string{"ip netns pids x"}, replacement: []string{"gonetns pids x"}},
		{title: "lsns, or gonsenter --list, among them", runs: few, original: []string{"lsns"}, replacement: []string{"gonsenter --list"}},
		{title: "list 1,000 with ids", runs: few, original: []string{"ip netns"}, replacement: []string{"gonetns"},
			before: []string{"ip -batch " + batchFile}},
	}
}

// batchFile holds the commands that make names with ids.
const batchFile = "/run/names"

func many(line string) string {
	var b strings.Builder
	for i := range names {
		fmt.Fprintf(&b, line, i)
	}
	return b.String()
}

// compareNetns prints the table of gonetns. It runs in the process of runInside.
func compareNetns(runs int, bin string) error {
	if err := setUp(bin); err != nil {
		return err
	}
	version, err := exec.Command("ip", "-V").Output()
	if err != nil {
		return err
	}
	fmt.Printf("\n%sgonetns\nmedians of alternating runs, as many as in brackets\n\n", version)
	fmt.Printf("%-42s %12s %12s %8s\n", "work", "ip", "gonetns", "ratio")
	for _, j := range jobs(runs) {
		if strings.HasPrefix(j.title, "pids") {
			if err := startProcesses(); err != nil {
				return err
			}
		}
		if err := j.compare(); err != nil {
			return fmt.Errorf("%s: %w", j.title, err)
		}
	}
	return nil
}

// setUp mounts a /run for names, and puts gonetns on PATH.
func setUp(bin string) error {
	if err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make / private: %w", err)
	}
	if err := syscall.Mount("none", "/run", "tmpfs", 0, ""); err != nil {
		return fmt.Errorf("mount /run: %w", err)
	}
	if err := syscall.Mount("none", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	bin, err := filepath.Abs(bin)
	if err != nil {
		return err
	}
	os.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	var b strings.Builder
	for i := range names {
		fmt.Fprintf(&b, "netns add n%d\nnetns set n%d %d\n", i, i, names+i) // low ones may be taken
	}
	return os.WriteFile(batchFile, []byte(b.String()), 0o600)
}

// startProcesses starts processes, a tenth of them in the namespace x. They end with this
// process.
func startProcesses() error {
	for i := range processes {
		argv := []string{"sleep", "infinity"}
		if i%10 == 0 {
			argv = append([]string{"ip", "netns", "exec", "x"}, argv...)
		}
		if err := exec.Command(argv[0], argv[1:]...).Start(); err != nil {
			return err
		}
	}
	return nil
}

func (j job) compare() error {
	for _, c := range j.before {
		if _, err := timed(c, ""); err != nil {
			return err
		}
	}
	var times [2][]time.Duration
	for range j.runs {
		for i, commands := range [][]string{j.original, j.replacement} {
			var sum time.Duration
			for _, c := range commands {
				d, err := timed(c, j.stdin)
				if err != nil {
					return err
				}
				sum += d
			}
			times[i] = append(times[i], sum)
			for _, c := range j.after {
				if _, err := timed(c, ""); err != nil {
					return err
				}
			}
		}
	}
	a, b := median(times[0]), median(times[1])
	fmt.Printf("%-42s %9d us %9d us %7.2fx\n", fmt.Sprintf("%s (%d)", j.title, j.runs), a.Microseconds(), b.Microseconds(), float64(b)/float64(a))
	return nil
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// timed runs a command of plain words from its start to its end.
func timed(command, stdin string) (time.Duration, error) {
	words := strings.Fields(command)
	cmd := exec.Command(words[0], words[1:]...)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(stdin), &stderr
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start)
	if err != nil {
		return took, fmt.Errorf("%s: %w: %s", command, err, &stderr)
	}
	return took, nil
}
