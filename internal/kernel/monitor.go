package kernel

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// monitor is plan.Monitor.
func (p *program) monitor(i *instr) {
	const socket = 3 // and nothing above: what the plan has opened is not for keeping
	p.trim()
	pid := uintptr(p.slots[i.slot])
	if i.args[0] != socket {
		rawCall(unix.SYS_DUP3, i.args[0], socket, unix.O_CLOEXEC)
	}
	closeFrom(socket + 1)
	p.self = noDescriptor
	// The caller's terminal is ours until the pty comes.
	rawCall(unix.SYS_PRCTL, unix.PR_SET_DUMPABLE, 0, 0)
	if slave, ok := receive(socket); ok {
		p.control(i, slave, pid)
		answer(socket)
	}
	rawCall(unix.SYS_CLOSE, socket, 0, 0)
	for {
		status, errno := waitFor(pid, unix.WNOHANG|unix.WUNTRACED)
		switch {
		case errno != 0:
			p.fail(i, errno, exitFailure)
		case status < 0:
			forwardNext(pid)
		case status&0xff == 0x7f:
			self, _ := rawCall(unix.SYS_GETPID, 0, 0, 0)
			rawCall(unix.SYS_KILL, self, uintptr(unix.SIGSTOP), 0)
			rawCall(unix.SYS_KILL, -pid, uintptr(unix.SIGCONT), 0)
		default:
			endAs(status)
			exit(exitFailure)
		}
	}
}

// control makes the pty the terminal of our session, and the child's process group,
// a new one, the foreground. Our own standard files become the pty, which so stays
// open for the relay where the command closes it for a while.
func (p *program) control(i *instr, slave, pid uintptr) {
	group := int32(pid)
	_, errno := rawCall(unix.SYS_IOCTL, slave, unix.TIOCSCTTY, 0)
	if errno == 0 {
		_, errno = rawCall(unix.SYS_SETPGID, pid, pid, 0)
	}
	if errno == 0 {
		_, errno = rawCall(unix.SYS_IOCTL, slave, unix.TIOCSPGRP, uintptr(unsafe.Pointer(&group)))
	}
	if errno != 0 {
		p.fail(i, errno, exitFailure)
	}
	for fd := uintptr(0); fd < 3; fd++ {
		rawCall(unix.SYS_DUP3, slave, fd, unix.O_CLOEXEC)
	}
	rawCall(unix.SYS_CLOSE, slave, 0, 0)
}

// forwardNext sleeps until a signal comes, all being blocked, and hands it on unless
// it tells of a child.
func forwardNext(pid uintptr) {
	set := ^uint64(0)
	sig, errno := rawCall6(unix.SYS_RT_SIGTIMEDWAIT, uintptr(unsafe.Pointer(&set)), 0, 0, 8, 0, 0)
	if errno == 0 && sig != uintptr(unix.SIGCHLD) {
		rawCall(unix.SYS_KILL, pid, sig, 0)
	}
}

// closeFrom closes every descriptor from one on. Before Linux 5.9, without
// close_range(2), it reaches what the tools themselves open.
func closeFrom(first uintptr) {
	if _, errno := rawCall(unix.SYS_CLOSE_RANGE, first, uintptr(^uint32(0)), 0); errno == 0 {
		return
	}
	for fd := first; fd < 256; fd++ {
		rawCall(unix.SYS_CLOSE, fd, 0, 0)
	}
}
