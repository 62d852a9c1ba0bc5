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

// RejoinProcess puts the planner back into the process's group, so that it shares the terminal. It
// is for a tool that works long in the planner, or starts programs. The planner then ignores the
// signals that the process ignores, except for SIGCHLD, and may run on all of the process's
// processors.
func RejoinProcess() {
	if !planner {
		return
	}
	// With a single processor, the runtime passes it to another thread in every longer system call,
	// which takes a third of a batch's time.
	runtime.GOMAXPROCS(2)
	if group, err := unix.Getpgid(int(process)); err == nil && group != 0 { // see leaveProcessGroup
		unix.Setpgid(0, group)
	}
	ignored, _ := signals("SigIgn")
	for n := unix.Signal(1); n <= 31; n++ {
		if ignored>>(n-1)&1 == 1 && n != unix.SIGCHLD { // else wait4(2) could not return a program's status
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

// Outlive lets the planner go on when the process is killed, for a tool that has to complete what
// it has begun. After the call the tool may take only a moment, and must not start or wait for
// anything. The caller has to run on the main thread; else the call does nothing.
func Outlive() {
	if planner && unix.Gettid() == unix.Getpid() {
		unix.Prctl(unix.PR_SET_PDEATHSIG, 0, 0, 0, 0) // the attribute belongs to the thread
	}
}

// liftedKinds has the limits that the planner raises for itself. lifted has their former values,
// zero for a limit that was not raised. See liftMemoryLimits.
var (
	liftedKinds = [...]uintptr{unix.RLIMIT_AS, unix.RLIMIT_DATA}
	lifted      [len(liftedKinds)]syscall.Rlimit
)

// Start starts a program with the signal mask and the limits of the process. Call [RejoinProcess]
// first.
func Start(cmd *exec.Cmd) error {
	set, ok := signals("SigBlk")
	if !ok {
		return cmd.Start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var caller, own unix.Sigset_t
	*(*uint64)(unsafe.Pointer(&caller)) = set // the kernel has 64 signals; the C library's set is larger
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &caller, &own); err != nil {
		return err
	}
	defer unix.PthreadSigmask(unix.SIG_SETMASK, &own, nil)
	if lifted == [len(lifted)]syscall.Rlimit{} {
		return cmd.Start()
	}
	return startLimited(cmd)
}

// startLimited starts a program with the former values of the limits that the planner has raised.
// The program stops before its first instruction, as for a debugger, and gets them there. If it
// may not be traced, as below strace(1), it gets them a moment later.
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

// signals returns a set of signals from the status of the process that waits for this planner. It
// returns false without such a process.
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

// IsPlanner reports whether this is the planner, and not the process that the user started.
func IsPlanner() bool { return planner }

// Self is the path by which this program can be started again.
const Self = "/proc/self/exe"

// Ending notes that the tool itself ends the planner. It has to be called before an exit with
// status 2, with which a runtime that cannot start ends, too.
func Ending() { ending = true }
