package kernel

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// takeSignal acts on one signal. Those that do not concern the terminal or a child go to the
// command, which may ignore them, as without a relay.
func (l *relayState) takeSignal() {
	var info unix.SignalfdSiginfo
	_, errno := rawCall(unix.SYS_READ, l.signals, uintptr(unsafe.Pointer(&info)), unsafe.Sizeof(info))
	if errno != 0 {
		if !isTemporary(errno) {
			l.fail(callRead, errno)
		}
		return
	}
	switch sig := unix.Signal(info.Signo); sig {
	case unix.SIGCHLD:
		l.checkChild()
	case unix.SIGWINCH:
		l.resize()
	case unix.SIGCONT: // others may have changed the terminal meanwhile
		l.makeTerminalRaw()
		l.resize()
	default:
		l.forwardSignal(sig)
	}
}

// forwardSignal sends a signal to the command. After the command's end it drops the output instead.
func (l *relayState) forwardSignal(sig unix.Signal) {
	if l.ended {
		if sig != unix.SIGPIPE {
			l.dropOutput()
		}
		return
	}
	switch sig {
	case unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM:
		// Without a relay the command would end now, and not wait for the terminal.
		l.hurried = !l.shown.empty()
	}
	rawCall(unix.SYS_KILL, l.session, uintptr(sig), 0)
}

// dropOutput stops waiting for a terminal to take the output of a command that has ended.
func (l *relayState) dropOutput() {
	l.shown.drop()
	closeFD(&l.master)
}

// checkChild acts on a change of the child's state.
func (l *relayState) checkChild() {
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

// suspend stops the relay's group until SIGCONT, as ^Z on the caller's terminal stops the
// foreground group. In an orphaned group no process could send SIGCONT: the kernel stops nothing
// there, and the command goes on at once.
func (l *relayState) suspend() {
	l.writePending()
	l.restoreTerminal()
	stop := uint64(1) << (unix.SIGTSTP - 1)
	restoreDefault(uintptr(unix.SIGTSTP))
	rawCall(unix.SYS_KILL, 0, uintptr(unix.SIGTSTP), 0)
	rawCall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_BLOCK, uintptr(unsafe.Pointer(&stop)), 0, 8, 0, 0)
	l.makeTerminalRaw()
	l.resize()
	rawCall(unix.SYS_KILL, l.session, uintptr(unix.SIGCONT), 0)
}

// writePending writes output from before the stop, as far as the terminal takes it. The rest
// follows after the stop.
func (l *relayState) writePending() {
	for range moreThanAny / len(l.shown.bytes) {
		l.readMaster()
		if l.shown.empty() {
			return
		}
		if n, errno := l.shown.write(l.out); n < 0 && !(isTemporary(errno) && l.canWriteTerminal()) {
			return
		}
	}
}

// canWriteTerminal waits until the terminal takes output, and reports whether it does. A signal
// comes first.
func (l *relayState) canWriteTerminal() bool {
	fds := [...]unix.PollFd{watch(l.signals, unix.POLLIN, true), watch(l.out, unix.POLLOUT, true)}
	limit := unix.Timespec{Sec: patience}
	rawCall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&fds)), uintptr(len(fds)), uintptr(unsafe.Pointer(&limit)), 0, 8, 0)
	return fds[0].Revents == 0 && fds[1].Revents == unix.POLLOUT
}
