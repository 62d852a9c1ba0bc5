//go:build !cgo && (amd64 || arm64 || riscv64)

package kernel

//lint:file-ignore U1000 what is declared here is used by entry_GOARCH.s

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// These are for a message where a limit or a filter stops the runtime's own calls. Without it the
// runtime would print a traceback, or die of a fault.
var (
	running bool // the runtime has started: packages are being initialised
	wrote   bool // the runtime has printed a line, usually a panic
	told    bool // the reason has been printed

	firstLine  [160]byte // of what the runtime wants to print
	lineLength int
)

// overrideWrite prints panics and fatal errors for the runtime, which calls it if it is set.
//
//go:linkname overrideWrite runtime.overrideWrite
var overrideWrite = runtimeWrite

// runtimeWrite reads the first line that the runtime prints. If it knows the cause, it prints the
// cause in one line instead, and ends this process. It also ends a process whose runtime has not
// started.
//
//go:nosplit
func runtimeWrite(fd uintptr, text unsafe.Pointer, size int32) int32 {
	n := int32(0)
	for !wrote {
		if n == size {
			return size
		}
		b := *(*byte)(unsafe.Add(text, n))
		if b == '\n' || lineLength == len(firstLine) {
			tellCause()
			wrote = true
			rawCall(unix.SYS_WRITE, fd, uintptr(unsafe.Pointer(&firstLine)), uintptr(lineLength))
			break
		}
		firstLine[lineLength] = b
		lineLength++
		n++
	}
	rawCall(unix.SYS_WRITE, fd, uintptr(text)+uintptr(n), uintptr(size-n))
	return size
}

// tellCause prints the cause and ends this process. It returns for a panic, which the user has to
// see.
//
//go:nosplit
func tellCause() {
	if prepared != nil {
		die() // the work is done, and a filter refuses the end
	}
	tellRefused()
	line := unsafe.String(&firstLine[0], lineLength)
	switch {
	case begins(line, "runtime: failed to create new OS thread"),
		begins(line, "fatal error: runtime: cannot allocate"), begins(line, "fatal error: runtime: out of memory"),
		begins(line, "runtime: cannot allocate"), begins(line, "runtime: out of memory"),
		begins(line, "fatal error: failed to reserve"), begins(line, "fatal error: out of memory"):
		say(limitReached, "", "")
	case running:
		return
	default:
		say(": cannot start: ", line, "")
	}
	die()
}

// die ends this process with all its threads.
//
//go:nosplit
func die() {
	rawCall(unix.SYS_EXIT_GROUP, exitFailure, 0, 0)
	id, _ := rawCall(unix.SYS_GETPID, 0, 0, 0)
	rawCall(unix.SYS_KILL, id, uintptr(unix.SIGKILL), 0) // where a filter refuses exit_group(2)
}

const limitReached = ": cannot start: a limit on processes (ulimit -u, pids.max) or memory (ulimit -v, ulimit -d) is too low for the runtime"

//go:nosplit
func begins(text, with string) bool {
	if len(text) < len(with) {
		return false
	}
	for n := range len(with) {
		if text[n] != with[n] {
			return false
		}
	}
	return true
}

// A basicCall is a system call that the runtime needs, with harmless arguments and the kernel's
// usual result for them.
type basicCall struct {
	name    string
	nr      uintptr
	args    [4]uintptr
	scratch int // which argument is an address, counted from 1
	usual   syscall.Errno
}

var basicCalls = [...]basicCall{
	{name: "getpid", nr: unix.SYS_GETPID},
	{name: "gettid", nr: unix.SYS_GETTID},
	{name: "rt_sigprocmask", nr: unix.SYS_RT_SIGPROCMASK, args: [4]uintptr{unix.SIG_BLOCK, 0, 0, 8}, scratch: 3},
	{name: "rt_sigaction", nr: unix.SYS_RT_SIGACTION, args: [4]uintptr{uintptr(unix.SIGUSR1), 0, 0, 8}, scratch: 3},
	{name: "sigaltstack", nr: unix.SYS_SIGALTSTACK, scratch: 2},
	{name: "munmap", nr: unix.SYS_MUNMAP, args: [4]uintptr{1, 4096}, usual: unix.EINVAL},
	{name: "clone", nr: unix.SYS_CLONE, args: [4]uintptr{unix.CLONE_THREAD}, usual: unix.EINVAL}, // wants CLONE_SIGHAND
	{name: "futex", nr: unix.SYS_FUTEX, args: [4]uintptr{0, 1 | 128, 1}, scratch: 1},             // FUTEX_WAKE_PRIVATE
	{name: "fcntl", nr: unix.SYS_FCNTL, args: [4]uintptr{^uintptr(0), unix.F_GETFD}, usual: unix.EBADF},
	{name: "epoll_ctl", nr: unix.SYS_EPOLL_CTL, args: [4]uintptr{^uintptr(0), unix.EPOLL_CTL_DEL, 0, 0}, usual: unix.EBADF},
	{name: "epoll_pwait", nr: unix.SYS_EPOLL_PWAIT, args: [4]uintptr{^uintptr(0), 0, 1, 0}, scratch: 2, usual: unix.EBADF},
	{name: "epoll_create1", nr: unix.SYS_EPOLL_CREATE1, args: [4]uintptr{unix.EPOLL_CLOEXEC}}, // opens a file
	{name: "eventfd2", nr: unix.SYS_EVENTFD2, args: [4]uintptr{0, unix.EFD_CLOEXEC}},          // opens a file
}

// scratch receives the results of the basic calls.
var scratch [32]uint64

// tellRefused tries each basic call. If one is refused, it names the call and ends this process.
//
//go:nosplit
func tellRefused() {
	_, errno := rawCall6(unix.SYS_MMAP, 0, 4096, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS, ^uintptr(0), 0)
	if errno != 0 && errno != unix.ENOMEM {
		refused("mmap", errno)
	}
	for n := range basicCalls {
		c := &basicCalls[n]
		if c.scratch != 0 {
			c.args[(c.scratch-1)&3] = uintptr(unsafe.Pointer(&scratch))
		}
		_, errno := rawCall6(c.nr, c.args[0], c.args[1], c.args[2], c.args[3], 0, 0)
		if errno == unix.EMFILE && !running {
			continue // see limitDescriptors
		}
		if errno != c.usual {
			refused(c.name, errno)
		}
	}
	if errno := exitRefused(); errno != 0 {
		refused("exit_group", errno)
	}
}

// exitRefused has a child call exit_group(2), and returns the error if a filter refuses it.
//
//go:nosplit
func exitRefused() syscall.Errno {
	id, errno := rawCall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if errno != 0 {
		return 0
	}
	if id == 0 {
		_, errno := rawCall(unix.SYS_EXIT_GROUP, 0, 0, 0)
		for {
			rawCall(unix.SYS_EXIT, uintptr(errno), 0, 0)
		}
	}
	status := int32(0)
	for errno = unix.EINTR; errno == unix.EINTR; {
		_, errno = rawCall6(unix.SYS_WAIT4, id, uintptr(unsafe.Pointer(&scratch)), unix.WALL, 0, 0, 0)
	}
	if errno == 0 {
		status = *(*int32)(unsafe.Pointer(&scratch))
	}
	return syscall.Errno(status >> 8 & 0xff)
}

// refused prints that a system call was refused, and ends this process.
//
//go:nosplit
func refused(call string, errno syscall.Errno) {
	what := ": cannot start: "
	if running {
		what = ": cannot go on: "
	}
	why := ""
	switch errno {
	case 0:
		why = ": not what the kernel says"
	case unix.EPERM:
		why = ": Operation not permitted"
	case unix.EACCES:
		why = ": Permission denied"
	case unix.ENOSYS:
		why = ": Function not implemented"
	case unix.EMFILE:
		why = ": Too many open files"
	case unix.ENFILE:
		why = ": Too many open files in system"
	case unix.ENOMEM:
		why = ": Cannot allocate memory"
	case unix.EAGAIN:
		why = ": Resource temporarily unavailable"
	}
	if errno == unix.EPERM || errno == unix.EACCES || errno == unix.ENOSYS {
		if mode, _ := rawCall(unix.SYS_PRCTL, unix.PR_GET_SECCOMP, 0, 0); mode == 2 {
			switch errno {
			case unix.EPERM:
				why = ": Operation not permitted (a seccomp filter is in force)"
			case unix.EACCES:
				why = ": Permission denied (a seccomp filter is in force)"
			default:
				why = ": Function not implemented (a seccomp filter is in force)"
			}
		}
	}
	say(what, call, why)
	die()
}

// say writes a line that begins with the program's name, in one call.
//
//go:nosplit
func say(text, more, end string) {
	told = true
	newline := byte('\n')
	name, length := startName()
	iov := [...][2]uintptr{
		{name, length},
		{uintptr(unsafe.Pointer(unsafe.StringData(text))), uintptr(len(text))},
		{uintptr(unsafe.Pointer(unsafe.StringData(more))), uintptr(len(more))},
		{uintptr(unsafe.Pointer(unsafe.StringData(end))), uintptr(len(end))},
		{uintptr(unsafe.Pointer(&newline)), 1},
	}
	rawCall(unix.SYS_WRITEV, 2, uintptr(unsafe.Pointer(&iov)), uintptr(len(iov)))
}

// startName returns the program's name for messages: the last element of the first word, or of
// the third word if a relay has started this process (see package terminal).
//
//go:nosplit
func startName() (at, length uintptr) {
	count, ok := startCount()
	if !ok || count == 0 {
		return 0, 0
	}
	s := startWord(0)
	if count > 2 && isWord(s, "nstools-pty") {
		s = startWord(2)
	}
	name := s
	for ; *s != 0; s = (*byte)(unsafe.Add(unsafe.Pointer(s), 1)) {
		if *s == '/' {
			name = (*byte)(unsafe.Add(unsafe.Pointer(s), 1))
		}
	}
	return uintptr(unsafe.Pointer(name)), uintptr(unsafe.Pointer(s)) - uintptr(unsafe.Pointer(name))
}

//go:nosplit
func isWord(s *byte, word string) bool {
	for n := range len(word) {
		if *(*byte)(unsafe.Add(unsafe.Pointer(s), n)) != word[n] {
			return false
		}
	}
	return *(*byte)(unsafe.Add(unsafe.Pointer(s), len(word))) == 0
}

// The assembly writes these where wait4(2) is refused, and cannot report the planner's end.
var (
	plannerID  uintptr
	waitResult int64 // what wait4(2) has returned
	stackKept  uintptr
	spareStack [8192]byte
)

// waitOtherwise waits for the planner with waitid(2), because wait4(2) is refused. If it cannot, it
// ends the planner and this process. It must not use g, which the planner may be using.
//
//go:nosplit
func waitOtherwise() {
	status, errno := waitByID(plannerID, unix.WEXITED|unix.WALL)
	if errno == 0 {
		waitStatus = status
		return
	}
	rawCall(unix.SYS_KILL, plannerID, uintptr(unix.SIGKILL), 0)
	errno = syscall.Errno(0)
	if waitResult < 0 {
		errno = syscall.Errno(-waitResult)
	}
	refused("wait4", errno)
}
