package kernel

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A relayState is a lowered [plan.Relay], and the state of the running relay, which copies between
// the caller's terminal and the master of the pty.
type relayState struct {
	session uintptr // the child
	socket  uintptr // brings the master; noDescriptor after that
	peer    uintptr
	signals uintptr // a signalfd
	in, out uintptr // the caller's terminal; noDescriptor after a hang-up
	master  uintptr // noDescriptor before it comes, and after its last output
	shared  bool    // see plan.Relay

	typed, shown buffer
	modes        *modes       // in memory that the guard shares
	undressed    unix.Termios // modes of the pty before it got the terminal's
	dressed      bool
	raw          bool // the terminal has the relay's modes
	heard        bool // the relay is in the foreground, and reads what is typed

	guard uintptr // its PID
	gate  uintptr // closed by the relay's death, which wakes the guard

	ended  bool  // the child has ended, with status
	left   int   // bytes that are still taken after its end
	status int32 // as from wait4(2)

	broken syscall.Errno // error of a relayCall
	which  relayCall
	words  [len(relayCalls)]phrase // the message of each

	hurried bool // a signal asked the child to end while the terminal took nothing
}

// buffer holds what was read and has not been written yet.
type buffer struct {
	from, to int
	bytes    [4096]byte // the kernel returns no more at a time, see N_TTY_BUF_SIZE
}

func (f *buffer) empty() bool { return f.from == f.to }

func (f *buffer) drop() { f.from = f.to }

// patience is how many seconds the relay waits for a terminal that takes nothing, where it must not
// wait for ever.
const patience = 1

// moreThanAny is more bytes than a pty can hold. Output beyond them was written after the command's
// end, by another process. The relay does not wait for that one.
// See: pty_common_install() in the kernel's pty.c.
const moreThanAny = 1 << 20

// relay carries out plan.Relay. Every signal is blocked, and read from a descriptor.
func (p *program) relay(i *instr) {
	l := p.relayed
	p.trim()
	l.session = uintptr(p.slots[i.slot])
	closeFD(&l.peer)
	if _, errno := rawCall(unix.SYS_PRCTL, unix.PR_SET_DUMPABLE, 0, 0); errno != 0 {
		p.report(&l.words[callHide], errno) // processes inside must not read this memory
		exit(exitFailure)
	}
	every := ^uint64(0)
	signals, errno := rawCall6(unix.SYS_SIGNALFD4, noDescriptor, uintptr(unsafe.Pointer(&every)), 8, unix.SFD_CLOEXEC|unix.SFD_NONBLOCK, 0, 0)
	if errno != 0 {
		p.fail(i, errno, exitFailure)
	}
	l.signals = signals
	l.startGuard()
	for {
		if l.ended {
			l.readMaster() // poll(2) could wait for ever: other processes may keep the pty open
		}
		if l.isDone() || l.broken != 0 {
			break
		}
		l.wait()
	}
	l.restoreTerminal()
	l.stopGuard()
	if l.broken != 0 {
		// The command's terminal hangs up with the relay.
		p.report(&l.words[l.which], l.broken)
		exit(exitFailure)
	}
	endAs(l.status)
	exit(exitFailure)
}

// isDone reports whether the child has ended and all of its output was shown.
func (l *relayState) isDone() bool {
	return l.ended && l.master == noDescriptor && l.shown.empty()
}

// The descriptors that the relay waits for, by their place in the list of poll(2).
const (
	pollSignals = iota
	pollSocket
	pollMaster
	pollIn
	pollOut
)

type polled [pollOut + 1]unix.PollFd

// wait sleeps until one of the descriptors is ready, and handles it.
func (l *relayState) wait() {
	fds := l.pollSet()
	limit := unix.Timespec{Nsec: 2e8}
	timeout := uintptr(0)
	hurry := l.ended && l.hurried
	if hurry {
		limit = unix.Timespec{Sec: patience}
	}
	if hurry || l.mustPoll() {
		timeout = uintptr(unsafe.Pointer(&limit))
	}
	n, errno := rawCall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&fds)), uintptr(len(fds)), timeout, 0, 8, 0)
	switch {
	case errno == unix.EINTR:
	case errno != 0:
		l.fail(callWait, errno)
	case n == 0 && hurry:
		l.dropOutput()
	case n == 0:
		l.makeTerminalRaw()
	case fds[pollSignals].Revents != 0:
		l.takeSignal() // after this the other results may be out of date
	default:
		l.handle(&fds)
	}
}

// pollSet returns the descriptors to wait for.
func (l *relayState) pollSet() polled {
	fds := polled{
		pollSignals: watch(l.signals, unix.POLLIN, true),
		pollSocket:  watch(l.socket, unix.POLLIN, true),
		pollMaster:  watch(l.master, unix.POLLIN, l.shown.empty()),
		pollIn:      watch(l.in, unix.POLLIN, l.heard && !l.ended && l.master != noDescriptor && l.typed.empty()),
		pollOut:     watch(l.out, unix.POLLOUT, !l.shown.empty()),
	}
	if !l.typed.empty() {
		fds[pollMaster].Events |= unix.POLLOUT
	}
	if fds[pollMaster].Events == 0 { // a closed slave sets POLLHUP for ever
		fds[pollMaster].Fd = -1
	}
	return fds
}

// mustPoll reports whether the relay may come to the foreground without a signal: bash sends
// none to a running background job that it brings to the foreground.
func (l *relayState) mustPoll() bool {
	return !l.heard && l.in != noDescriptor && l.master != noDescriptor
}

// handle reads and writes what is ready.
func (l *relayState) handle(fds *polled) {
	const gone = unix.POLLHUP | unix.POLLERR | unix.POLLNVAL
	if (fds[pollIn].Revents|fds[pollOut].Revents)&gone != 0 {
		l.hangUp()
		return
	}
	if fds[pollSocket].Revents != 0 {
		l.receiveMaster()
	}
	if fds[pollMaster].Revents&unix.POLLHUP != 0 {
		l.typed.drop() // no slave is open to read it
	}
	if fds[pollMaster].Revents&^unix.POLLOUT != 0 {
		l.readMaster()
	}
	if fds[pollIn].Revents != 0 {
		l.readTerminal()
	}
	l.writeMaster()
	if fds[pollOut].Revents != 0 {
		l.writeTerminal()
	}
}

// watch returns an entry for poll(2) that asks for events if wanted, and always for a hang-up.
func watch(fd uintptr, events int16, wanted bool) unix.PollFd {
	if !wanted {
		events = 0
	}
	return unix.PollFd{Fd: int32(fd), Events: events}
}

// receiveMaster takes the master, gives the pty the terminal's modes and size, and lets the
// command begin. Without a master the child has failed, and has printed why.
func (l *relayState) receiveMaster() {
	master, errno := receive(l.socket)
	if errno != 0 {
		l.fail(callReceive, errno)
		return
	}
	if master != noDescriptor {
		l.master = master
		getModes(master, &l.undressed)
		if l.in == noDescriptor {
			l.copyModes()
		}
		l.makeTerminalRaw()
		l.resize()
		if errno := answer(l.socket); errno != 0 {
			l.fail(callAnswer, errno)
		}
	}
	closeFD(&l.socket)
}

// readMaster reads the command's output. After the last of it, it closes the master.
func (l *relayState) readMaster() {
	if !l.shown.empty() || l.master == noDescriptor {
		return
	}
	n, errno := rawCall(unix.SYS_READ, l.master, uintptr(unsafe.Pointer(&l.shown.bytes)), unsafe.Sizeof(l.shown.bytes))
	if errno == unix.EAGAIN || errno == unix.EINTR {
		// The kernel flushes all of its buffers before it returns EAGAIN; see
		// tty_buffer_flush_work() in n_tty_read().
		if l.ended && errno == unix.EAGAIN {
			closeFD(&l.master)
		}
		return
	}
	if errno != 0 || n == 0 {
		if errno != 0 && errno != unix.EIO { // EIO: every slave is closed
			l.fail(callRead, errno)
		}
		closeFD(&l.master)
		return
	}
	if l.out != noDescriptor {
		l.shown.from, l.shown.to = 0, int(n)
	}
	if l.ended {
		if l.left -= int(n); l.left < 0 {
			closeFD(&l.master)
		}
	}
}

// writeTerminal writes the command's output to the terminal.
func (l *relayState) writeTerminal() {
	n, errno := l.shown.write(l.out)
	switch {
	case n > 0:
		l.hurried = false
	case isFiltered(errno):
		l.fail(callWrite, errno)
	case n < 0 && !isTemporary(errno):
		l.hangUp()
	}
}

// readTerminal reads what the user has typed.
func (l *relayState) readTerminal() {
	if !l.foreground() {
		l.makeTerminalRaw()
		return
	}
	n, errno := rawCall(unix.SYS_READ, l.in, uintptr(unsafe.Pointer(&l.typed.bytes)), unsafe.Sizeof(l.typed.bytes))
	switch {
	case errno == 0:
		l.typed.from, l.typed.to = 0, int(n)
	case isFiltered(errno):
		l.fail(callRead, errno)
	}
}

// writeMaster writes what was typed to the command's terminal, which may take nothing yet.
func (l *relayState) writeMaster() {
	n, errno := l.typed.write(l.master)
	switch {
	case isFiltered(errno):
		l.fail(callWrite, errno)
	case n < 0 && !isTemporary(errno):
		l.typed.drop()
	}
}

// write calls write(2) once with the content of the buffer, and returns its result, which is
// negative for an error. Without a descriptor it drops the content.
func (f *buffer) write(fd uintptr) (n int, errno syscall.Errno) {
	if f.empty() {
		return 0, 0
	}
	if fd == noDescriptor {
		f.drop()
		return 0, 0
	}
	from := f.from & (len(f.bytes) - 1)
	done, errno := rawCall(unix.SYS_WRITE, fd, uintptr(unsafe.Pointer(&f.bytes[from])), uintptr(f.to-f.from))
	if errno != 0 {
		return -1, errno
	}
	f.from += int(done)
	return int(done), 0
}

// isTemporary reports whether a write should be tried again after an error.
func isTemporary(errno syscall.Errno) bool { return errno == unix.EAGAIN || errno == unix.EINTR }

// isFiltered reports whether an error comes from a seccomp filter: terminals do not return it.
func isFiltered(errno syscall.Errno) bool {
	switch errno {
	case 0, unix.EAGAIN, unix.EINTR, unix.EIO, unix.ENXIO, unix.ENODEV, unix.EBADF, unix.EPIPE, unix.ENOTTY, unix.ENOSPC:
		return false
	}
	return true
}

// A relayCall is a system call that the relay cannot do without.
type relayCall uint8

const (
	callWait relayCall = iota
	callReceive
	callAnswer
	callRead
	callWrite
	callReap
	callHide
)

var relayCalls = [...]string{"ppoll failed", "recvmsg failed", "sendto failed", "read failed", "write failed", "waitpid failed", "prctl failed"}

// fail notes the first error. The relay then restores the terminal, and ends.
func (l *relayState) fail(which relayCall, errno syscall.Errno) {
	if l.broken == 0 {
		l.broken, l.which = errno, which
	}
}

// hangUp handles a terminal that has hung up: the command's terminal hangs up, too. The kernel
// then sends SIGHUP to the session and to its foreground job.
func (l *relayState) hangUp() {
	closeFD(&l.master)
	l.in, l.out = noDescriptor, noDescriptor
	l.raw, l.heard = false, false
	l.shown.drop()
	l.typed.drop()
}

// closeFD closes a descriptor and forgets its number.
func closeFD(fd *uintptr) {
	rawCall(unix.SYS_CLOSE, *fd, 0, 0)
	*fd = noDescriptor
}
