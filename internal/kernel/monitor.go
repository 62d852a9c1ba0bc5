package kernel

import "golang.org/x/sys/unix"

// monitor carries out plan.Monitor. Its standard files become the pty: this keeps the pty open for
// the relay, even while the command has closed it. It closes its other descriptors.
func (p *program) monitor(i *instr) {
	p.trim()
	pid := uintptr(p.slots[i.slot])
	for fd := uintptr(0); fd < 3; fd++ {
		if fd == i.args[0] {
			continue
		}
		if _, errno := rawCall(unix.SYS_DUP3, i.args[0], fd, 0); errno != 0 {
			rawCall(unix.SYS_CLOSE, fd, 0, 0)
		}
	}
	closeFrom(3)
	p.self = noDescriptor
	rawCall(unix.SYS_PRCTL, unix.PR_SET_DUMPABLE, 0, 0)
	for {
		status, errno := waitFor(pid, unix.WNOHANG|unix.WUNTRACED)
		switch {
		case errno != 0:
			p.fail(i, errno, exitFailure)
		case status < 0:
			if errno := forward(pid, ^uint64(0)); errno != 0 {
				rawCall(unix.SYS_KILL, -pid, uintptr(unix.SIGHUP), 0)
				p.reportSigtimedwait(errno)
				exit(exitFailure)
			}
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

// closeFrom closes the descriptors from first on. Before Linux 5.9, without close_range(2), it
// closes only those that the tools themselves open.
func closeFrom(first uintptr) {
	if _, errno := rawCall(unix.SYS_CLOSE_RANGE, first, uintptr(^uint32(0)), 0); errno == 0 {
		return
	}
	for fd := first; fd < 256; fd++ {
		rawCall(unix.SYS_CLOSE, fd, 0, 0)
	}
}
