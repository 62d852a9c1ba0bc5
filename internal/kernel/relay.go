package kernel

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"nstools/internal/plan"
)

// A line is a lowered [plan.Relay], and what the relay knows while it runs: what lies
// between the caller's terminal and the master of the pty.
type line struct {
	session uintptr // the child
	socket  uintptr // on which the master comes; noDescriptor once it has
	peer    uintptr
	signals uintptr // a signalfd
	in, out uintptr // the caller's terminal; none where it has hung up
	master  uintptr // none before it comes, and when nothing more is to come from it
	shared  bool    // see plan.Relay

	typed, shown flow
	modes        *modes       // in memory that the guard shares
	undressed    unix.Termios // modes that the pty had, until it got the terminal's
	dressed      bool
	raw          bool // the terminal has our modes
	heard        bool // we are in the foreground, and take what is typed

	guard uintptr // its PID
	gate  uintptr // closed by our death, which wakes it

	ended  bool  // the child has, with status
	left   int   // bytes that are taken after its end
	status int32 // for wait4(2)

	broken syscall.Errno // of a call without which there is no relay
	which  relayCall
	words  [len(relayCalls)]phrase // what is said of each

	hurried bool // somebody wanted the child to end while the terminal took nothing
}

// flow is what was read and has not been written yet.
type flow struct {
	from, to int
	bytes    [4096]byte // the kernel has no more at a time, see N_TTY_BUF_SIZE
}

func (f *flow) empty() bool { return f.from == f.to }

func (f *flow) drop() { f.from = f.to }

// patience is for how many seconds a terminal may take nothing before we go on without
// it, where we cannot wait for ever.
const patience = 1

// moreThanAny is more than a pty holds back: see pty_common_install() in the kernel's
// pty.c. What comes after so much was written after the command's end, by somebody
// whom we do not wait for.
const moreThanAny = 1 << 20

func (l *lowerer) relay(x plan.Relay) error {
	memory, err := newModes()
	if err != nil {
		return err
	}
	descriptor := func(fd int) uintptr {
		if fd < 0 {
			return noDescriptor
		}
		return uintptr(fd)
	}
	l.trimmed = readOnly(auxiliary(atPHDR), auxiliary(atPHNUM), auxiliary(atPAGESZ))
	l.relayed = &line{
		socket: descriptor(x.Socket), peer: descriptor(x.Peer), in: descriptor(x.In), out: descriptor(x.Out),
		master: noDescriptor, shared: x.Shared, modes: memory, left: moreThanAny,
	}
	for n, what := range relayCalls {
		l.relayed.words[n] = l.message(what)
	}
	l.emit(instr{op: opRelay, slot: x.PID, fail: l.message("signalfd failed")})
	return nil
}

// relay is plan.Relay. Every signal is blocked, and read from a descriptor.
func (p *program) relay(i *instr) {
	l := p.relayed
	p.trim()
	l.session = uintptr(p.slots[i.slot])
	shut(&l.peer)
	if _, errno := rawCall(unix.SYS_PRCTL, unix.PR_SET_DUMPABLE, 0, 0); errno != 0 {
		p.report(&l.words[callHide], errno) // our memory is for nobody who comes to be inside
		exit(exitFailure)
	}
	every := ^uint64(0)
	signals, errno := rawCall6(unix.SYS_SIGNALFD4, noDescriptor, uintptr(unsafe.Pointer(&every)), 8, unix.SFD_CLOEXEC|unix.SFD_NONBLOCK, 0, 0)
	if errno != 0 {
		p.fail(i, errno, exitFailure)
	}
	l.signals = signals
	l.postGuard()
	for {
		if l.ended {
			l.pull() // whoever has the pty still need not say anything
		}
		if l.over() || l.broken != 0 {
			break
		}
		l.wait()
	}
	l.release()
	l.dismissGuard()
	if l.broken != 0 {
		// The command's terminal hangs up with us.
		p.report(&l.words[l.which], l.broken)
		exit(exitFailure)
	}
	endAs(l.status)
	exit(exitFailure)
}

// over tells whether the child has ended and all that it has written was shown.
func (l *line) over() bool {
	return l.ended && l.master == noDescriptor && l.shown.empty()
}

// What the relay sleeps on, as poll(2) wants it.
const (
	pollSignals = iota
	pollSocket
	pollMaster
	pollIn
	pollOut
)

type polled [pollOut + 1]unix.PollFd

// wait sleeps until something can be done, and does it.
func (l *line) wait() {
	fds := l.watched()
	limit := unix.Timespec{Nsec: 2e8}
	timeout := uintptr(0)
	hurry := l.ended && l.hurried
	if hurry {
		limit = unix.Timespec{Sec: patience}
	}
	if hurry || l.mustLook() {
		timeout = uintptr(unsafe.Pointer(&limit))
	}
	n, errno := rawCall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&fds)), uintptr(len(fds)), timeout, 0, 8, 0)
	switch {
	case errno == unix.EINTR:
	case errno != 0:
		l.fail(callWait, errno)
	case n == 0 && hurry:
		l.giveUp()
	case n == 0:
		l.attend()
	case fds[pollSignals].Revents != 0:
		l.takeSignal() // after which the rest may be untrue
	default:
		l.act(&fds)
	}
}

// watched is what there is to wait for.
func (l *line) watched() polled {
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
	if fds[pollMaster].Events == 0 { // a slave that is closed keeps on saying so
		fds[pollMaster].Fd = -1
	}
	return fds
}

// mustLook tells whether the terminal may become ours without a word: bash says nothing
// to a job that runs in the background when it brings it to the foreground.
func (l *line) mustLook() bool {
	return !l.heard && l.in != noDescriptor && l.master != noDescriptor
}

// act does what can be done now.
func (l *line) act(fds *polled) {
	const gone = unix.POLLHUP | unix.POLLERR | unix.POLLNVAL
	if (fds[pollIn].Revents|fds[pollOut].Revents)&gone != 0 {
		l.hangUp()
		return
	}
	if fds[pollSocket].Revents != 0 {
		l.receiveMaster()
	}
	if fds[pollMaster].Revents&unix.POLLHUP != 0 {
		l.typed.drop() // nobody has a slave to read it from
	}
	if fds[pollMaster].Revents&^unix.POLLOUT != 0 {
		l.pull()
	}
	if fds[pollIn].Revents != 0 {
		l.listen()
	}
	l.push()
	if fds[pollOut].Revents != 0 {
		l.show()
	}
}

// watch asks of a descriptor whether something can be done, and at any rate whether
// it has hung up.
func watch(fd uintptr, events int16, wanted bool) unix.PollFd {
	if !wanted {
		events = 0
	}
	return unix.PollFd{Fd: int32(fd), Events: events}
}

// receiveMaster takes the master, makes the pty look like the terminal, and lets the
// command begin. If there is none the child has failed, and says why.
func (l *line) receiveMaster() {
	master, errno := receive(l.socket)
	if errno != 0 {
		l.fail(callReceive, errno)
		return
	}
	if master != noDescriptor {
		l.master = master
		getModes(master, &l.undressed)
		if l.in == noDescriptor {
			l.dress()
		}
		l.attend()
		l.resize()
		if errno := answer(l.socket); errno != 0 {
			l.fail(callAnswer, errno)
		}
	}
	shut(&l.socket)
}

// pull reads what the command has written. When that was the last of it the master has
// done its work.
func (l *line) pull() {
	if !l.shown.empty() || l.master == noDescriptor {
		return
	}
	n, errno := rawCall(unix.SYS_READ, l.master, uintptr(unsafe.Pointer(&l.shown.bytes)), unsafe.Sizeof(l.shown.bytes))
	if errno == unix.EAGAIN || errno == unix.EINTR {
		// Before it says so, the kernel looks into all of its buffers; see
		// tty_buffer_flush_work() in n_tty_read().
		if l.ended && errno == unix.EAGAIN {
			shut(&l.master)
		}
		return
	}
	if errno != 0 || n == 0 {
		if errno != 0 && errno != unix.EIO { // EIO: every slave is closed
			l.fail(callRead, errno)
		}
		shut(&l.master)
		return
	}
	if l.out != noDescriptor {
		l.shown.from, l.shown.to = 0, int(n)
	}
	if l.ended {
		if l.left -= int(n); l.left < 0 {
			shut(&l.master)
		}
	}
}

// show writes it to the terminal.
func (l *line) show() {
	n, errno := l.shown.write(l.out)
	switch {
	case n > 0:
		l.hurried = false
	case refusal(errno):
		l.fail(callWrite, errno)
	case n < 0 && !again(errno):
		l.hangUp()
	}
}

// listen reads what the user has typed.
func (l *line) listen() {
	if !l.foreground() {
		l.attend()
		return
	}
	n, errno := rawCall(unix.SYS_READ, l.in, uintptr(unsafe.Pointer(&l.typed.bytes)), unsafe.Sizeof(l.typed.bytes))
	switch {
	case errno == 0:
		l.typed.from, l.typed.to = 0, int(n)
	case refusal(errno):
		l.fail(callRead, errno)
	}
}

// push gives it to the command's terminal, which may not take it yet.
func (l *line) push() {
	n, errno := l.typed.write(l.master)
	switch {
	case refusal(errno):
		l.fail(callWrite, errno)
	case n < 0 && !again(errno):
		l.typed.drop()
	}
}

// write writes what there is, once. It returns a negative number for an error. What nobody
// can take is gone.
func (f *flow) write(fd uintptr) (n int, errno syscall.Errno) {
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

// again tells the errors after which a write is to be tried once more.
func again(errno syscall.Errno) bool { return errno == unix.EAGAIN || errno == unix.EINTR }

// refusal tells the errors that a filter gives, and no terminal.
func refusal(errno syscall.Errno) bool {
	switch errno {
	case 0, unix.EAGAIN, unix.EINTR, unix.EIO, unix.ENXIO, unix.ENODEV, unix.EBADF, unix.EPIPE, unix.ENOTTY, unix.ENOSPC:
		return false
	}
	return true
}

// A relayCall is one without which there is no relay.
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

// fail ends the relay, as soon as the terminal has been given back.
func (l *line) fail(which relayCall, errno syscall.Errno) {
	if l.broken == 0 {
		l.broken, l.which = errno, which
	}
}

// hangUp is for a terminal that has gone: the command's goes, too. The kernel then
// sends SIGHUP to the session and to its foreground job.
func (l *line) hangUp() {
	shut(&l.master)
	l.in, l.out = noDescriptor, noDescriptor
	l.raw, l.heard = false, false
	l.shown.drop()
	l.typed.drop()
}

// shut closes a descriptor that we have no more.
func shut(fd *uintptr) {
	rawCall(unix.SYS_CLOSE, *fd, 0, 0)
	*fd = noDescriptor
}
