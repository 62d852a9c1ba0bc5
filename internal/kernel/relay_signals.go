package kernel

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// takeSignal acts on one signal. What is not about the terminal or a child is for the
// command, which may ignore it: as it would without us.
func (l *line) takeSignal() {
	var info unix.SignalfdSiginfo
	_, errno := rawCall(unix.SYS_READ, l.signals, uintptr(unsafe.Pointer(&info)), unsafe.Sizeof(info))
	if errno != 0 {
		if !again(errno) {
			l.fail(callRead, errno)
		}
		return
	}
	switch sig := unix.Signal(info.Signo); sig {
	case unix.SIGCHLD:
		l.look()
	case unix.SIGWINCH:
		l.resize()
	case unix.SIGCONT: // others may have changed the terminal meanwhile
		l.attend()
		l.resize()
	default:
		l.handOn(sig)
	}
}

// handOn gives a signal to the command; after its end it is for us.
func (l *line) handOn(sig unix.Signal) {
	if l.ended {
		if sig != unix.SIGPIPE {
			l.giveUp()
		}
		return
	}
	switch sig {
	case unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM:
		// Without us the end that is wanted here would not wait for the terminal.
		l.hurried = !l.shown.empty()
	}
	rawCall(unix.SYS_KILL, l.session, uintptr(sig), 0)
}

// giveUp waits no more for a terminal to take what an ended command has written.
func (l *line) giveUp() {
	l.shown.drop()
	shut(&l.master)
}

// look takes what has become of the child.
func (l *line) look() {
	for !l.ended {
		status, errno := waitFor(l.session, unix.WNOHANG|unix.WUNTRACED)
		switch {
		case errno != 0:
			l.fail(callReap, errno)
			return
		case status < 0:
			return
		case status&0xff == 0x7f:
			l.suspend()
		default:
			l.ended, l.status = true, status
		}
	}
}

// suspend stops us, as ^Z on the caller's terminal would have stopped its whole
// foreground group, and goes on when we are let go on. Where nobody could do that,
// the group being orphaned, the kernel stops nothing, and the command goes on at once.
func (l *line) suspend() {
	l.catchUp()
	l.release()
	stop := uint64(1) << (unix.SIGTSTP - 1)
	letAct(uintptr(unix.SIGTSTP))
	rawCall(unix.SYS_KILL, 0, uintptr(unix.SIGTSTP), 0)
	rawCall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_BLOCK, uintptr(unsafe.Pointer(&stop)), 0, 8, 0, 0)
	l.attend()
	l.resize()
	rawCall(unix.SYS_KILL, l.session, uintptr(unix.SIGCONT), 0)
}

// catchUp shows what was written before the stop, as far as the terminal takes it. What
// is left is shown after the stop.
func (l *line) catchUp() {
	for range moreThanAny / len(l.shown.bytes) {
		l.pull()
		if l.shown.empty() {
			return
		}
		if n, errno := l.shown.write(l.out); n < 0 && !(again(errno) && l.canShow()) {
			return
		}
	}
}

// canShow waits for the terminal to take something, unless there is a signal to take
// first.
func (l *line) canShow() bool {
	fds := [...]unix.PollFd{watch(l.signals, unix.POLLIN, true), watch(l.out, unix.POLLOUT, true)}
	limit := unix.Timespec{Sec: patience}
	rawCall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&fds)), uintptr(len(fds)), uintptr(unsafe.Pointer(&limit)), 0, 8, 0)
	return fds[0].Revents == 0 && fds[1].Revents == unix.POLLOUT
}
