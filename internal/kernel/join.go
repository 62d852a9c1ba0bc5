package kernel

import (
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"nstools/internal/files"
	"nstools/internal/proc"
)

// Join is for a tool that does its work in the planner and may take long over it,
// or starts programs. It puts the planner back into the process's group, so that
// the terminal is its own as well, lets it ignore what the process ignores but for the
// end of programs, and lets it run on all the process's processors.
func Join() {
	if !planner {
		return
	}
	// With one only, the runtime hands it to another thread in every longer system call:
	// a third of the time of a batch.
	runtime.GOMAXPROCS(2)
	if group, err := unix.Getpgid(int(process)); err == nil && group != 0 { // see standAside
		unix.Setpgid(0, group)
	}
	ignored, _ := signals("SigIgn")
	for n := unix.Signal(1); n <= 31; n++ {
		if ignored>>(n-1)&1 == 1 && n != unix.SIGCHLD { // else nobody could tell how a program ended
			signal.Ignore(n)
		}
	}
	var cpus unix.CPUSet
	if unix.SchedGetaffinity(int(process), &cpus) != nil {
		return
	}
	threads, err := files.Names("/proc/self/task")
	if err != nil {
		return
	}
	for _, t := range threads {
		if id, err := strconv.Atoi(t); err == nil {
			unix.SchedSetaffinity(id, &cpus)
		}
	}
}

// Outlive is for a tool whose work is to end as it should once it has begun: the
// planner goes on where the process is killed. From then on it has to take only a
// moment, start nothing and wait for nothing. The caller has to run on the main thread, or else nothing
// changes.
func Outlive() {
	if planner && unix.Gettid() == unix.Getpid() {
		unix.Prctl(unix.PR_SET_PDEATHSIG, 0, 0, 0, 0) // which is the thread's
	}
}

// liftedKinds are the limits that the planner lifts for itself, and lifted what they were,
// zero where nothing was lifted. See growFreely.
var (
	liftedKinds = [...]uintptr{unix.RLIMIT_AS, unix.RLIMIT_DATA}
	lifted      [len(liftedKinds)]syscall.Rlimit
)

// Start starts a program with the signal mask and the limits that the process has. [Join]
// comes first.
func Start(cmd *exec.Cmd) error {
	set, ok := signals("SigBlk")
	if !ok {
		return cmd.Start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var theirs, ours unix.Sigset_t
	*(*uint64)(unsafe.Pointer(&theirs)) = set // the kernel's signals are 64, the C library's set is larger
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &theirs, &ours); err != nil {
		return err
	}
	defer unix.PthreadSigmask(unix.SIG_SETMASK, &ours, nil)
	if lifted == [len(lifted)]syscall.Rlimit{} {
		return cmd.Start()
	}
	return startLimited(cmd)
}

// startLimited starts a program with the limits that the planner has lifted for itself. It
// has them before its first instruction: it stops there, as for a debugger. Where it may not
// be traced, as below strace(1), it has them a moment later.
func startLimited(cmd *exec.Cmd) error {
	untraced := *cmd
	attr := syscall.SysProcAttr{}
	if cmd.SysProcAttr != nil {
		attr = *cmd.SysProcAttr
	}
	attr.Ptrace = true
	cmd.SysProcAttr = &attr
	err := cmd.Start()
	traced := err == nil
	if !traced {
		*cmd = untraced
		err = cmd.Start()
	}
	if err != nil {
		return err
	}
	pid := cmd.Process.Pid
	if traced {
		unix.Wait4(pid, nil, unix.WALL, nil)
	}
	for n, kind := range liftedKinds {
		if lifted[n] != (syscall.Rlimit{}) {
			limit := unix.Rlimit(lifted[n])
			unix.Prlimit(pid, int(kind), &limit, nil)
		}
	}
	if traced {
		unix.PtraceDetach(pid)
	}
	return nil
}

// signals is a set of signals from the status of the process that waits for this
// planner; false where there is none.
func signals(name string) (set uint64, ok bool) {
	if !planner {
		return 0, false
	}
	status, err := files.Read("/proc/" + strconv.Itoa(int(process)) + "/status")
	if err != nil {
		return 0, false
	}
	set, _ = strconv.ParseUint(proc.Field(string(status), name), 16, 64)
	return set, true
}

// IsPlanner tells whether os.Getpid is not the process that the user started.
func IsPlanner() bool { return planner }

// Self is the path by which our own program can be started again.
const Self = "/proc/self/exe"

// Over is called before a tool ends with status 2, with which the runtime ends, too,
// where it cannot start.
func Over() { over = true }
