//go:build !cgo && (amd64 || arm64 || riscv64)

package kernel

//lint:file-ignore U1000 what is declared here is used by entry_GOARCH.s

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// entry is the hook, in assembly. See the package comment.
//
//go:linkname entry nstools_entry
var entry byte

//go:linkname _cgo_init _cgo_init
var _cgo_init = &entry

// The hook writes these before the runtime exists, so they are plain memory.
var (
	threadLocal [8]uintptr // where amd64 code finds g before the runtime has an m
	noG         [8]uintptr // replaces a g: its stack guard of 0 passes every check
	waitStatus  int32      // of the planner, from wait4(2)
	descriptors syscall.Rlimit
)

// split clones the planner and returns 0 in it. In the process that the user started it does not
// return: it sleeps until the planner has ended, and goes on in resume. It uses no stack meanwhile,
// because the planner runs on it. It returns a negative errno if clone(2) failed.
func split(flags uintptr) int

// begin runs before the runtime, in the process and then in the planner.
//
//go:nosplit
func begin() {
	id, errno := rawCall(unix.SYS_GETPID, 0, 0, 0)
	if errno != 0 {
		refused("getpid", errno)
	}
	process = id
	fillStandard()
	takeShortWay()
	turnSettings()
	var action sigaction
	rawCall6(unix.SYS_RT_SIGACTION, uintptr(unix.SIGPIPE), 0, uintptr(unsafe.Pointer(&action)), 8, 0, 0)
	ignoresSIGPIPE = action[0] == 1 // SIG_IGN
	deferPIDForChildren()
	errno = syscall.Errno(-split(unix.CLONE_VM | unix.CLONE_FILES))
	if errno == unix.ENOMEM && leavePIDForChildren() {
		errno = syscall.Errno(-split(unix.CLONE_VM | unix.CLONE_FILES))
	}
	switch errno {
	case 0:
	case unix.ENOMEM, unix.EAGAIN:
		// The runtime could not make threads either, and would die with a stack dump.
		refuse(errno)
	default:
		restorePIDForChildren()
		return
	}
	planner = true
	// The planner ends if the process is killed. That may have happened before this call. From
	// another PID namespace the process's id is 0.
	rawCall(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0)
	if parent, errno := rawCall(unix.SYS_GETPPID, 0, 0, 0); errno == 0 && parent != process && parent != 0 {
		exit(exitFailure)
	}
	leaveProcessGroup()
	pinToCPU()
	liftMemoryLimits()
	growStack()
	limitDescriptors()
}

// fillStandard opens an empty file for each of standard input, output and error that the caller
// closed. Otherwise a file opened later could get that number: a message written to a gate would
// wake a helper. The files are close-on-exec: the command finds the numbers closed, as the caller
// left them. The runtime would open /dev/null there, and leave it open.
//
//go:nosplit
func fillStandard() {
	for fd := uintptr(0); fd < 3; fd++ {
		if _, errno := rawCall(unix.SYS_FCNTL, fd, unix.F_GETFD, 0); errno != unix.EBADF {
			continue
		}
		var name byte
		if _, errno := rawCall(unix.SYS_MEMFD_CREATE, uintptr(unsafe.Pointer(&name)), unix.MFD_CLOEXEC, 0); errno != 0 {
			rawCall6(unix.SYS_OPENAT, atCwd, uintptr(unsafe.Pointer(&null)), unix.O_RDWR|unix.O_CLOEXEC, 0, 0, 0)
		}
	}
}

// deferPIDForChildren leaves a PID namespace for children that has no process yet (unshare --pid
// without --fork, then this program). The planner would become its first process, and its end would
// end the namespace. With the privilege for it, the process gives its children its own namespace
// again, and makes a new one in resume. No process can have seen the first one.
//
// In a process that looks for a hint, /proc may be hostile, and no file of it is opened.
//
//go:nosplit
func deferPIDForChildren() {
	if isHint() {
		return
	}
	var b byte
	_, errno := rawCall6(unix.SYS_READLINKAT, atCwd, uintptr(unsafe.Pointer(&childrenNamespace)), uintptr(unsafe.Pointer(&b)), 1, 0, 0)
	if errno != unix.ENOENT { // the error for a namespace without a first process, since Linux 4.12
		return
	}
	fd, errno := openPath(&pidNamespace[0])
	if errno != 0 {
		return
	}
	_, errno = rawCall(unix.SYS_SETNS, fd, unix.CLONE_NEWPID, 0)
	deferred = errno == 0
	rawCall(unix.SYS_CLOSE, fd, 0, 0)
}

// leavePIDForChildren leaves a PID namespace for children whose first process has ended, if it has
// the privilege, and reports whether it did. The planner cannot run there. The process returns
// after the planner's end.
//
//go:nosplit
func leavePIDForChildren() bool {
	if isHint() {
		return false
	}
	was, errno := openPath(&childrenNamespace[0])
	if errno != 0 {
		return false
	}
	own, errno := openPath(&pidNamespace[0])
	if errno != 0 {
		return false
	}
	_, errno = rawCall(unix.SYS_SETNS, own, unix.CLONE_NEWPID, 0)
	rawCall(unix.SYS_CLOSE, own, 0, 0)
	leftForPlanner = errno == 0
	children = was
	return leftForPlanner
}

// restorePIDForChildren undoes what deferPIDForChildren or leavePIDForChildren did. It tries again
// for a while: the kernel counts the first namespace against the limit until a moment after its
// end.
//
//go:nosplit
func restorePIDForChildren() {
	if leftForPlanner {
		if _, errno := rawCall(unix.SYS_SETNS, children, unix.CLONE_NEWPID, 0); errno != 0 {
			abandon()
		}
		rawCall(unix.SYS_CLOSE, children, 0, 0)
	}
	if !deferred {
		return
	}
	for range 2000 {
		_, errno := rawCall(unix.SYS_UNSHARE, unix.CLONE_NEWPID, 0, 0)
		if errno == 0 {
			return
		}
		if errno != unix.ENOSPC {
			break
		}
		millisecond := unix.Timespec{Nsec: 1e6}
		rawCall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&millisecond)), 0, 0)
	}
	abandon()
}

//go:nosplit
func abandon() {
	say(": cannot make the PID namespace for children again", "", "")
	exit(exitFailure)
}

// leaveProcessGroup takes the planner out of the process group. The runtime catches signals
// that the caller ignores or blocks, and dies of some with a stack dump. Signals that a terminal
// or kill(2) sends to the group are for the process. A write to a terminal must not stop the
// planner for being in the background.
//
// The planner stays in a group whose leader is outside of this PID namespace (its number is 0 here,
// as below unshare --pid --fork): it could not return there, which [RejoinProcess] has to do.
//
//go:nosplit
func leaveProcessGroup() {
	if group, _ := rawCall(unix.SYS_GETPGID, 0, 0, 0); group != 0 {
		rawCall(unix.SYS_SETPGID, 0, 0, 0)
	}
	set := uint64(1) << (unix.SIGTTOU - 1)
	rawCall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_BLOCK, uintptr(unsafe.Pointer(&set)), 0, 8, 0, 0)
}

// liftMemoryLimits raises the planner's soft limits on memory: the runtime reserves far more
// than it uses. The command inherits the caller's limits, which the process has kept. Programs
// that the planner starts get them from [Start].
//
//go:nosplit
func liftMemoryLimits() {
	for n, kind := range liftedKinds {
		limit := &lifted[n]
		at := uintptr(unsafe.Pointer(limit))
		if _, errno := rawCall6(unix.SYS_PRLIMIT64, 0, kind, 0, at, 0, 0); errno != 0 || limit.Cur == limit.Max {
			*limit = syscall.Rlimit{}
			continue
		}
		most := syscall.Rlimit{Cur: limit.Max, Max: limit.Max}
		rawCall6(unix.SYS_PRLIMIT64, 0, kind, uintptr(unsafe.Pointer(&most)), 0, 0, 0)
	}
}

// growStack makes the stack as large as the runtime assumes. Where the caller's limit is lower, it
// raises the limit for a moment, if it may: a stack keeps its size.
//
//go:nosplit
func growStack() {
	limit := stackLimit()
	if limit.Cur >= enoughStack {
		return
	}
	at := uintptr(unsafe.Pointer(&limit))
	more := syscall.Rlimit{Cur: enoughStack, Max: max(enoughStack, limit.Max)}
	if _, errno := rawCall6(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_STACK, uintptr(unsafe.Pointer(&more)), 0, 0, 0); errno != 0 {
		return
	}
	below := at - supposedStack
	**(**byte)(unsafe.Pointer(&below)) = 0
	rawCall6(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_STACK, at, 0, 0, 0)
}

const (
	supposedStack = 64<<10 + 4<<10 // bytes that runtime.rt0_go assumes, and a page
	enoughStack   = 8 * supposedStack
)

// stackLimit returns the caller's limit on the stack, or a sufficient one if it cannot be read.
//
//go:nosplit
func stackLimit() syscall.Rlimit {
	var limit syscall.Rlimit
	if _, errno := rawCall6(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_STACK, 0, uintptr(unsafe.Pointer(&limit)), 0, 0); errno != 0 {
		limit.Cur = enoughStack
	}
	return limit
}

// refuse ends a process that cannot have children, with a message. The usual reason is a PID
// namespace for children whose first process has ended (ENOMEM), or a limit on processes (EAGAIN).
//
//go:nosplit
func refuse(errno syscall.Errno) {
	text := ": cannot start: Cannot allocate memory: the PID namespace for our children has lost its first process, or memory is short"
	if errno == unix.EAGAIN {
		text = ": cannot start: Resource temporarily unavailable: a limit on processes is reached (ulimit -u, pids.max)"
	}
	say(text, "", "")
	exit(exitFailure)
}

// pinToCPU pins the planner to the processor that it runs on, so that the runtime counts one
// processor and starts fewer threads: this saves 80 µs of a start of 1,500. The process keeps
// its own affinity. Errors cost only time.
//
//go:nosplit
func pinToCPU() {
	var cpu uint32
	if _, errno := rawCall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&cpu)), 0, 0); errno != 0 {
		return
	}
	var set cpuSet
	if !set.add(uintptr(cpu)) {
		return
	}
	rawCall(unix.SYS_SCHED_SETAFFINITY, 0, unsafe.Sizeof(set), uintptr(unsafe.Pointer(&set)))
}

// limitDescriptors sets the planner's soft limit of descriptors to 0. The runtime then skips the
// files by which it sizes its scheduler at each start, such as mountinfo and the cgroup's. The
// planner lives for a millisecond: this saves 90 µs of 1,600. GODEBUG settings only make the
// runtime ignore what it has read. restoreDescriptorLimit undoes it.
//
//go:nosplit
func limitDescriptors() {
	if _, errno := rawCall6(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_NOFILE, 0, uintptr(unsafe.Pointer(&descriptors)), 0, 0); errno != 0 {
		return
	}
	none := descriptors
	none.Cur = 0
	rawCall6(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_NOFILE, uintptr(unsafe.Pointer(&none)), 0, 0, 0)
}

// restoreDescriptorLimit undoes limitDescriptors. It also informs package syscall, which would give
// programs started here the limit of 0.
func restoreDescriptorLimit() {
	if descriptors.Max != 0 {
		syscall.Setrlimit(unix.RLIMIT_NOFILE, &descriptors) // lowering cannot fail
	}
}

func init() {
	running = true
	showSettings()
	restoreDescriptorLimit()
}

// resume carries out the program in the process, after the planner's end.
func resume() {
	restorePIDForChildren()
	if prepared == nil {
		if told {
			exit(exitFailure)
		}
		if !running {
			tellRefused() // after some refusals the runtime dies without a message
		}
		const runtimeDied = 2 << 8 // a tool that exits 2 calls Ending
		if waitStatus == runtimeDied && !ending && !wrote {
			say(limitReached, "", "")
			exit(exitFailure)
		}
		if waitStatus&0x7f == int32(unix.SIGSEGV) && !ending && stackLimit().Cur < supposedStack {
			say(": cannot start: the limit on the stack (ulimit -s) is too low for the runtime", "", "")
			exit(exitFailure)
		}
		endAs(waitStatus)
	}
	prepared.run(first)
}
