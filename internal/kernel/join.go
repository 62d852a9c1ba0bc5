package kernel

import (
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Join is for a tool that does its work in the planner and may take long over it,
// or starts programs. It puts the planner back into the process's group, so that
// the terminal is its own as well, lets it ignore what the process ignores, and
// lets it run on all the process's processors.
func Join() {
	if !planner {
		return
	}
	if group, err := unix.Getpgid(int(process)); err == nil {
		unix.Setpgid(0, group)
	}
	status, err := os.ReadFile("/proc/" + strconv.Itoa(int(process)) + "/status")
	if err == nil {
		ignored := signalSet(string(status), "SigIgn")
		for n := unix.Signal(1); n <= 31; n++ {
			if ignored>>(n-1)&1 == 1 {
				signal.Ignore(n)
			}
		}
	}
	var cpus unix.CPUSet
	if unix.SchedGetaffinity(int(process), &cpus) != nil {
		return
	}
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	for _, t := range threads {
		if id, err := strconv.Atoi(t.Name()); err == nil {
			unix.SchedSetaffinity(id, &cpus)
		}
	}
}

// Start calls a function that starts a program, with the signal mask that the
// process has. [Join] comes first.
func Start(start func() error) error {
	if !planner {
		return start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(int(process)) + "/status")
	if err != nil {
		return start()
	}
	var ours unix.Sigset_t
	theirs := sigset(signalSet(string(status), "SigBlk"))
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &theirs, &ours); err != nil {
		return err
	}
	defer unix.PthreadSigmask(unix.SIG_SETMASK, &ours, nil)
	return start()
}

// Self is the path by which our own program can be started again.
func Self() string { return "/proc/self/exe" }

func signalSet(status, name string) uint64 {
	_, rest, ok := strings.Cut(status, "\n"+name+":\t")
	if !ok {
		return 0
	}
	digits, _, _ := strings.Cut(rest, "\n")
	set, _ := strconv.ParseUint(digits, 16, 64)
	return set
}

func sigset(bits uint64) (set unix.Sigset_t) {
	for n := range syscall.Signal(64) {
		if bits>>n&1 == 1 {
			words := set.Val[:]
			size := 64
			if strconv.IntSize == 32 {
				size = 32
			}
			words[int(n)/size] |= 1 << (uint(n) % uint(size))
		}
	}
	return set
}

// Over is called before a tool ends with status 2, with which the runtime ends, too,
// where it cannot start.
func Over() { over = true }
