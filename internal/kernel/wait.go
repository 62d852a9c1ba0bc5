package kernel

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sigaction is longer than the kernel's struct of any architecture; zeroed, it
// is the default action with an empty mask.
type sigaction [8]uint64

// reap waits for a helper; it has reported its failure itself. The cause of that of
// another program is looked for here.
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

// supervise waits for the child of --fork, then ends as it did.
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
				p.reportDeaf(errno)
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

// stopWith stops this process as its child has stopped; whoever lets it go on
// lets the child go on. ^Z on a terminal stops both: by the time we see of the
// child's stop, fg may have let both go on, and to stop once more would take the
// job from its user's hands again.
func stopWith(pid uintptr) {
	// A stop of the terminal's that comes after the look is dropped when we go on.
	stops := uint64(1<<(unix.SIGTSTP-1) | 1<<(unix.SIGTTIN-1) | 1<<(unix.SIGTTOU-1))
	var mask uint64
	rawCall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_BLOCK, uintptr(unsafe.Pointer(&stops)), uintptr(unsafe.Pointer(&mask)), 8, 0, 0)
	if !goesOn(pid) {
		self, _ := rawCall(unix.SYS_GETPID, 0, 0, 0)
		rawCall(unix.SYS_KILL, self, uintptr(unix.SIGSTOP), 0)
		rawCall(unix.SYS_KILL, pid, uintptr(unix.SIGCONT), 0)
	}
	rawCall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&mask)), 0, 8, 0, 0)
}

// goesOn tells whether a child that had stopped was let go on since, and may even
// have ended.
func goesOn(pid uintptr) bool {
	var info [128 / 4]int32 // siginfo_t; si_signo is the first
	const pPID = 1          // P_PID of waitid(2)
	_, errno := rawCall6(unix.SYS_WAITID, pPID, pid, uintptr(unsafe.Pointer(&info)), unix.WCONTINUED|unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, 0, 0)
	return errno == 0 && info[0] != 0
}

// waitFor is waitpid(2) that goes on after a signal. The status is -1 where
// WNOHANG was asked for and the child still lives.
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

// waitByID is wait4(2) by way of waitid(2), for where a filter refuses the first. The
// status is -1 where there was nothing to tell.
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

func (p *program) reportDeaf(errno syscall.Errno) {
	what := phrase{CharsOf("sigtimedwait failed")}
	p.report(&what, errno)
}

// forward sleeps until a signal of a set comes, which the plan has blocked, and hands
// it on unless it tells of a child.
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

// end ends this process as a wait status says: with an exit status, or by a
// signal, so that the shell above sees what a shell below would have shown. Where
// the signal cannot kill us (PID 1 of a namespace) it reports and exits 1.
func (p *program) end(status int32) {
	endAs(status)
	p.tell(CharsOf("child exit failed"))
	exit(exitFailure)
}

// endAs returns only where a signal cannot kill us.
func endAs(status int32) {
	sig := uintptr(status & 0x7f)
	if sig == 0 {
		exit(uintptr(status>>8) & 0xff)
	}
	letAct(sig)
	self, _ := rawCall(unix.SYS_GETPID, 0, 0, 0)
	rawCall(unix.SYS_KILL, self, sig, 0)
}

// letAct gives a signal its default action and unblocks it.
func letAct(sig uintptr) {
	var dfl sigaction
	rawCall6(unix.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&dfl)), 0, 8, 0, 0)
	set := uint64(1) << (sig - 1)
	rawCall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_UNBLOCK, uintptr(unsafe.Pointer(&set)), 0, 8, 0, 0)
}

// checkParent ends the child where the pidfd of its parent is readable: the
// parent has died, and the signal asked for will never come.
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
