package kernel

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sigaction is larger than the kernel's struct on every architecture. Its zero value is the default
// action with an empty mask.
type sigaction [8]uint64

// reap waits for a helper, and ends as the helper did if it failed. The helper has reported its
// failure; the cause of another program's failure is looked for here.
func (p *program) reap(i *instr) {
	status, errno := waitFor(uintptr(p.slots[i.slot]), 0)
	if errno != 0 {
		p.report(&i.fail, errno)
		exit(exitFailure)
	}
	if status == exitFailure<<8 {
		p.explain(&i.hint, unix.EPERM)
	}
	if status != 0 {
		p.end(status)
	}
}

// supervise waits for the child of --fork, then ends as the child did.
func (p *program) supervise(i *instr) {
	p.trim()
	pid := uintptr(p.slots[i.slot])
	flags := uintptr(0)
	if i.forward {
		flags |= unix.WNOHANG
	}
	if i.stops {
		flags |= unix.WUNTRACED
	}
	for {
		status, errno := waitFor(pid, flags)
		switch {
		case errno != 0:
			p.fail(i, errno, exitFailure)
		case status < 0:
			if errno := forward(pid, 1<<(unix.SIGCHLD-1)|1<<(unix.SIGINT-1)|1<<(unix.SIGTERM-1)); errno != 0 {
				p.reportSigtimedwait(errno)
				exit(exitFailure)
			}
		case status&0xff == 0x7f:
			stopWith(pid)
		case i.stops:
			endAs(status)
			exit(exitFailure)
		default:
			p.end(status)
		}
	}
}

// stopWith stops this process after its child has stopped. SIGCONT to this process continues
// the child, too. ^Z on a terminal stops both. When this process sees the child's stop, fg may
// have continued both: to stop again would stop the user's job once more.
func stopWith(pid uintptr) {
	// SIGCONT drops a stop signal of the terminal that comes after the check.
	stops := uint64(1<<(unix.SIGTSTP-1) | 1<<(unix.SIGTTIN-1) | 1<<(unix.SIGTTOU-1))
	var mask uint64
	rawCall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_BLOCK, uintptr(unsafe.Pointer(&stops)), uintptr(unsafe.Pointer(&mask)), 8, 0, 0)
	if !hasContinued(pid) {
		self, _ := rawCall(unix.SYS_GETPID, 0, 0, 0)
		rawCall(unix.SYS_KILL, self, uintptr(unix.SIGSTOP), 0)
		rawCall(unix.SYS_KILL, pid, uintptr(unix.SIGCONT), 0)
	}
	rawCall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&mask)), 0, 8, 0, 0)
}

// hasContinued reports whether a child that had stopped was continued since, or has ended.
func hasContinued(pid uintptr) bool {
	var info [128 / 4]int32 // siginfo_t; si_signo is the first
	const pPID = 1          // P_PID of waitid(2)
	_, errno := rawCall6(unix.SYS_WAITID, pPID, pid, uintptr(unsafe.Pointer(&info)), unix.WCONTINUED|unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, 0, 0)
	return errno == 0 && info[0] != 0
}

// waitFor waits as waitpid(2) does, again after a signal, and returns the status. With WNOHANG the
// status is -1 for a child that still lives.
func waitFor(pid, flags uintptr) (status int32, errno syscall.Errno) {
	for {
		r, errno := rawCall6(unix.SYS_WAIT4, pid, uintptr(unsafe.Pointer(&status)), flags, 0, 0, 0)
		switch {
		case errno == unix.EINTR:
		case errno == 0 && r == pid, errno == unix.ECHILD:
			return status, errno
		case errno == 0 && flags&unix.WNOHANG != 0:
			return -1, 0
		default: // a filter
			status, second := waitByID(pid, flags|unix.WEXITED)
			if second != 0 || status < 0 && flags&unix.WNOHANG == 0 {
				return status, max(errno, unix.EPERM)
			}
			return status, 0
		}
	}
}

// waitByID waits with waitid(2) as wait4(2) does, where a filter refuses wait4(2). The status is -1
// for a child without a change.
//
//go:nosplit
func waitByID(pid, flags uintptr) (status int32, errno syscall.Errno) {
	const (
		pPID                     = 1 // P_PID
		exited, dumped           = 1, 3
		trapped, stopped         = 4, 5
		siCode                   = 2
		siPID                    = 3 + unsafe.Sizeof(uintptr(0))/8 // what follows is aligned to a word
		siStatus, wordsOfSiginfo = siPID + 2, 128 / 4
	)
	for {
		var info [wordsOfSiginfo]int32 // siginfo_t
		_, errno := rawCall6(unix.SYS_WAITID, pPID, pid, uintptr(unsafe.Pointer(&info)), flags, 0, 0)
		if errno == unix.EINTR {
			continue
		}
		switch info[siCode] {
		case exited:
			status = info[siStatus] << 8
		case dumped:
			status = info[siStatus] | 0x80
		case stopped, trapped:
			status = info[siStatus]<<8 | 0x7f
		default:
			status = info[siStatus]
		}
		if errno == 0 && info[siPID] == 0 { // also where a filter lets the call do nothing
			return -1, 0
		}
		return status, errno
	}
}

func (p *program) reportSigtimedwait(errno syscall.Errno) {
	what := phrase{CharsOf("sigtimedwait failed")}
	p.report(&what, errno)
}

// forward sleeps until a signal of a set comes, and sends it to the child, except for SIGCHLD. The
// plan has blocked the set.
func forward(pid uintptr, set uint64) syscall.Errno {
	sig, errno := rawCall6(unix.SYS_RT_SIGTIMEDWAIT, uintptr(unsafe.Pointer(&set)), 0, 0, 8, 0, 0)
	if errno == 0 && sig != uintptr(unix.SIGCHLD) {
		rawCall(unix.SYS_KILL, pid, sig, 0)
	}
	if errno == unix.EINTR || errno == unix.EAGAIN {
		return 0
	}
	return errno
}

// end ends this process as a wait status says: with an exit status, or by a signal, so that
// the shell sees what it would see of the child. Where the signal cannot kill this process
// (PID 1 of a namespace), it reports and exits 1.
func (p *program) end(status int32) {
	endAs(status)
	p.tell(CharsOf("child exit failed"))
	exit(exitFailure)
}

// endAs ends this process as a wait status says. It returns only where a signal cannot kill this
// process.
func endAs(status int32) {
	sig := uintptr(status & 0x7f)
	if sig == 0 {
		exit(uintptr(status>>8) & 0xff)
	}
	restoreDefault(sig)
	self, _ := rawCall(unix.SYS_GETPID, 0, 0, 0)
	rawCall(unix.SYS_KILL, self, sig, 0)
}

// restoreDefault gives a signal its default action, and unblocks it.
func restoreDefault(sig uintptr) {
	var dfl sigaction
	rawCall6(unix.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&dfl)), 0, 8, 0, 0)
	set := uint64(1) << (sig - 1)
	rawCall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_UNBLOCK, uintptr(unsafe.Pointer(&set)), 0, 8, 0, 0)
}

// checkParent ends this child if the pidfd of its parent is readable: the parent has died, and the
// signal asked for will never come.
func (p *program) checkParent(i *instr) {
	pfd := unix.PollFd{Fd: int32(p.slots[i.slot]), Events: unix.POLLIN}
	var now unix.Timespec
	n, errno := rawCall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&pfd)), 1, uintptr(unsafe.Pointer(&now)), 0, 8, 0)
	if errno != 0 {
		p.fail(i, errno, exitFailure)
	}
	if n != 0 {
		exit(exitFailure)
	}
}
