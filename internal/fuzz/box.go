package main

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A setting is what a box needs to know.
type setting struct {
	Original string // the file of ip(8)
	Program  string // the file to run: the original or gonetns
	Path     string // PATH of what it runs
}

// An order is a command for a box.
type order struct {
	Words    []string // behind ip
	Stdin    string
	Original bool // run the original, in either box
	State    bool // report the state instead
}

// An answer is the result of an order.
type answer struct {
	Status         int // -1-N after signal N, timedOut after too long
	Stdout, Stderr string
	State          []view
	Error          string // failure of the box itself
}

// A view is ip's output about one namespace.
type view struct {
	Name string // "" for the box's own namespace, "@" for the process's
	Text string
}

const (
	timedOut = -1000
	patience = 10 * time.Second // limit for one command
	boxEnv   = "NSTOOLS_FUZZ_BOX"
	// processWord stands for the number of a process in an unnamed namespace, in commands and
	// in their output. The number differs between boxes.
	processWord = "PROCESS"
)

// A box is a process that runs commands one after the other. It has network, mount and PID
// namespaces of its own, and its own names in /run/netns.
type box struct {
	cmd  *exec.Cmd
	in   io.Closer
	send *gob.Encoder
	recv *gob.Decoder
}

func newBox(s setting) (*box, error) {
	b := &box{cmd: exec.Command("/proc/self/exe")}
	b.cmd.Env = append(os.Environ(), boxEnv+"=1")
	b.cmd.Stderr = os.Stderr
	b.cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWPID, Unshareflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL,
	}
	in, err := b.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot make a box: %w", err)
	}
	b.in, b.send, b.recv = in, gob.NewEncoder(in), gob.NewDecoder(out)
	if err := b.send.Encode(s); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *box) close() {
	b.in.Close()
	b.cmd.Wait() // all processes in it end with it
}

func (b *box) do(o order) (answer, error) {
	var a answer
	if err := b.send.Encode(o); err != nil {
		return a, err
	}
	err := b.recv.Decode(&a)
	if err == nil && a.Error != "" {
		err = errors.New(a.Error)
	}
	return a, err
}

// isBox reports whether this process was started as a box.
func isBox() bool { return os.Getenv(boxEnv) != "" }

// A boxProcess is a box as its own process sees it.
type boxProcess struct {
	setting
	process *exec.Cmd       // in an unnamed namespace
	calmed  map[uint64]bool // namespaces after disableAutoconf, by inode
	ownFD   int             // the box's network namespace
	former  map[string]cachedView
}

// init keeps the main thread in its namespaces, since it stands for the box in /proc. See
// within.
func init() { runtime.LockOSThread() }

// serve carries out orders until there are no more.
func serve(in io.Reader, out io.Writer) error {
	recv, send := gob.NewDecoder(in), gob.NewEncoder(out)
	b := &boxProcess{calmed: make(map[uint64]bool)}
	if err := recv.Decode(&b.setting); err != nil {
		return err
	}
	err := b.setUp()
	for {
		var o order
		if err := recv.Decode(&o); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		var a answer
		switch {
		case err != nil:
		case o.State:
			a.State, err = b.state()
		default:
			a = b.run(o)
			err = b.settle()
		}
		if err != nil {
			a.Error = "box: " + err.Error()
		}
		if err := send.Encode(a); err != nil {
			return err
		}
	}
}

// setUp makes the directory of names, and the process.
func (b *boxProcess) setUp() error {
	os.Unsetenv(boxEnv)
	if err := unix.Mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make / private: %w", err)
	}
	if err := unix.Mount("none", "/run", "tmpfs", 0, ""); err != nil {
		return fmt.Errorf("mount /run: %w", err)
	}
	if err := unix.Mount("none", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	if err := unix.Mount("none", "/sys", "sysfs", 0, ""); err != nil { // ip reads the flags of tuntap there
		return fmt.Errorf("mount /sys: %w", err)
	}
	var err error
	if b.ownFD, err = unix.Open(ownNS, unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		return err
	}
	// This number does not occur in output by chance.
	if err := os.WriteFile("/proc/sys/kernel/ns_last_pid", []byte("31336"), 0); err != nil {
		return err
	}
	b.process = exec.Command("sleep", "infinity")
	b.process.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if err := b.process.Start(); err != nil {
		return err
	}
	for _, ns := range []string{ownNS, b.processNS()} {
		if err := disableAutoconf(ns); err != nil {
			return err
		}
	}
	return nil
}

// ownNS is the namespace of the main thread, which never leaves it.
const ownNS = "/proc/self/ns/net"

func (b *boxProcess) processNS() string {
	return "/proc/" + strconv.Itoa(b.process.Process.Pid) + "/ns/net"
}

// run runs one command. It replaces processWord by the number of the process.
func (b *boxProcess) run(o order) answer {
	pid := strconv.Itoa(b.process.Process.Pid)
	argv := []string{"ip"}
	for _, w := range o.Words {
		argv = append(argv, strings.ReplaceAll(w, processWord, pid))
	}
	path := b.Program
	if o.Original {
		path = b.Original
	}
	a := b.command(path, argv, strings.ReplaceAll(o.Stdin, processWord, pid))
	a.Stdout = strings.ReplaceAll(a.Stdout, pid, processWord)
	a.Stderr = strings.ReplaceAll(a.Stderr, pid, processWord)
	return a
}

func (b *boxProcess) command(path string, argv []string, stdin string) (a answer) {
	limit, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(limit, path)
	cmd.Args = argv
	cmd.Env = []string{"PATH=" + b.Path, "LC_ALL=C"}
	cmd.Dir = "/"
	cmd.WaitDelay = time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
	err := cmd.Run()
	exit := (*exec.ExitError)(nil)
	switch {
	case limit.Err() != nil:
		a.Status = timedOut
	case errors.As(err, &exit) && exit.ExitCode() < 0:
		a.Status = -1 - int(exit.Sys().(syscall.WaitStatus).Signal())
	case errors.As(err, &exit):
		a.Status = exit.ExitCode()
	case err != nil && !errors.Is(err, unix.EPIPE): // standard input was not read
		a.Error = err.Error()
	}
	a.Stdout, a.Stderr = stdout.String(), stderr.String()
	return a
}

// stateCommands print the state of a namespace.
const stateCommands = "link show\naddress show\nroute show table all\nrule show\nneighbour show nud permanent\nneighbour show proxy\nnexthop show\n"

// state returns what ip prints about all namespaces. It asks only for those that have changed
// since the last call.
func (b *boxProcess) state() ([]view, error) {
	names, err := namesThere()
	if err != nil {
		return nil, err
	}
	there := map[string]string{"": ownNS, "@": b.processNS()}
	for _, name := range names {
		there[name] = filepath.Join(namesDir, name)
	}
	var views []view
	former := b.former
	b.former = make(map[string]cachedView)
	for _, name := range slices.Sorted(maps.Keys(there)) {
		v := cachedView{print: "none"}
		if err := within(there[name], func() error {
			var err error
			v.print, err = fingerprint()
			return err
		}); err != nil && slices.Contains([]string{"", "@"}, name) {
			return nil, err
		}
		if old, ok := former[name]; ok && old.print == v.print {
			v = old
		} else if v.print != "none" {
			within(there[name], func() error {
				a := b.command(b.Original, []string{"ip", "-j", "-d", "-force", "-b", "-"}, stateCommands)
				v.text = a.Stdout + a.Stderr
				a = b.command(b.Original, []string{"ip", "-j", "-d", "-6", "rule"}, "") // no line of a batch has options
				v.text += a.Stdout + a.Stderr
				return nil
			})
		}
		b.former[name] = v
		views = append(views, view{name, v.text})
	}
	mounts, err := mountsOfNames()
	return append(views, view{"mounts", mounts}), err
}

// A cachedView is ip's output about a namespace with that fingerprint.
type cachedView struct{ print, text string }

const namesDir = "/run/netns"

func namesThere() ([]string, error) {
	entries, err := os.ReadDir(namesDir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

func mountsOfNames() (string, error) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	var points []string
	for line := range strings.Lines(string(text)) {
		if w := strings.Fields(line); len(w) > 4 && strings.HasPrefix(w[4], namesDir) {
			points = append(points, w[4]+"\n")
		}
	}
	slices.Sort(points)
	return strings.Join(points, ""), err
}

// settle calms new namespaces. If one may have gone, it waits until the kernel has removed its
// devices, which happens later.
func (b *boxProcess) settle() error {
	names, err := namesThere()
	if err != nil {
		return err
	}
	here := make(map[uint64]bool)
	for _, name := range names {
		path := filepath.Join(namesDir, name)
		var st unix.Stat_t
		var fs unix.Statfs_t
		if unix.Stat(path, &st) != nil || unix.Statfs(path, &fs) != nil || fs.Type != unix.NSFS_MAGIC {
			continue
		}
		here[st.Ino] = true
		if !b.calmed[st.Ino] {
			if err := disableAutoconf(path); err != nil {
				return err
			}
			b.calmed[st.Ino] = true
		}
	}
	gone := false
	for inode := range b.calmed {
		if !here[inode] {
			delete(b.calmed, inode)
			gone = true
		}
	}
	if gone {
		return awaitCleanup(b.ownFD)
	}
	return nil
}
