package kernel

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"nstools/internal/plan"
)

// The operands of opPty.
const (
	ptyRelay = iota
	ptyMonitor
	ptyProc
	ptyPtmx
	ptyStandard // bit N for descriptor N
)

func (l *lowerer) pty(x plan.Pty) {
	i := instr{op: opPty, fail: l.message(x.Fail), args: [6]uintptr{
		uintptr(x.Relay), uintptr(x.Monitor), uintptr(x.Proc), uintptr(x.Ptmx),
	}}
	for n, replaced := range x.Standard {
		if replaced {
			i.args[ptyStandard] |= 1 << n
		}
	}
	l.emit(i)
}

// pty is plan.Pty. Where the relay or the monitor has gone it ends in silence: they
// have been killed, or have said why.
func (p *program) pty(i *instr) {
	master, slave, errno := newPty(i.args[ptyProc], i.args[ptyPtmx])
	if errno != 0 {
		p.fail(i, errno, exitFailure)
	}
	if !p.handOver(i.args[ptyRelay], master) || !p.handOver(i.args[ptyMonitor], slave) {
		exit(exitFailure)
	}
	for fd := uintptr(0); fd < 3; fd++ {
		if i.args[ptyStandard]>>fd&1 == 1 {
			rawCall(unix.SYS_DUP3, slave, fd, 0)
		}
	}
	// The rest is close-on-exec, but the command may be long in coming: its look for
	// the cause of a failure must not keep the master.
	rawCall(unix.SYS_CLOSE, master, 0, 0)
	rawCall(unix.SYS_CLOSE, slave, 0, 0)
}

// newPty opens the two ends of a pty of the first place that has one; see [plan.Pty].
// The error is that of the last place.
func newPty(proc, ptmx uintptr) (master, slave uintptr, errno syscall.Errno) {
	for _, path := range [...]*byte{&ownPtmx[0], &devPtmx[0]} {
		fd, errno := rawCall6(unix.SYS_OPENAT, atCwd, uintptr(unsafe.Pointer(path)), unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0, 0, 0)
		if errno != 0 {
			continue
		}
		master, slave, errno = openPair(proc, fd)
		rawCall(unix.SYS_CLOSE, fd, 0, 0)
		if errno == 0 {
			return master, slave, 0
		}
	}
	if ptmx == noDescriptor {
		return 0, 0, unix.ENOENT
	}
	return openPair(proc, ptmx)
}

// openPair opens both ends of a new pty of the ptmx behind an O_PATH descriptor.
func openPair(proc, ptmx uintptr) (master, slave uintptr, errno syscall.Errno) {
	if !isPtmx(ptmx) {
		return 0, 0, unix.ENODEV
	}
	if ptmx > 9999 { // more digits than descriptorLink has room for
		return 0, 0, unix.EMFILE
	}
	link := descriptorLink(ptmx)
	const flags = unix.O_RDWR | unix.O_NOCTTY | unix.O_CLOEXEC
	master, errno = rawCall6(unix.SYS_OPENAT, proc, uintptr(unsafe.Pointer(&link)), flags|unix.O_NONBLOCK, 0, 0, 0)
	if errno != 0 {
		return 0, 0, errno
	}
	var unlocked int32
	_, errno = rawCall(unix.SYS_IOCTL, master, unix.TIOCSPTLCK, uintptr(unsafe.Pointer(&unlocked)))
	if errno == 0 {
		// By the name of the slave somebody else's file might be opened.
		slave, errno = rawCall(unix.SYS_IOCTL, master, unix.TIOCGPTPEER, flags)
	}
	if errno != 0 {
		rawCall(unix.SYS_CLOSE, master, 0, 0)
	}
	return master, slave, errno
}

// isPtmx tells whether a file is the device that makes ptys, TTYAUX_MAJOR and 2 in
// the kernel's devices.txt, wherever it lies.
func isPtmx(fd uintptr) bool {
	var st unix.Statx_t
	var empty byte
	_, errno := rawCall6(unix.SYS_STATX, fd, uintptr(unsafe.Pointer(&empty)), unix.AT_EMPTY_PATH, unix.STATX_TYPE, uintptr(unsafe.Pointer(&st)), 0)
	return errno == 0 && st.Mode&unix.S_IFMT == unix.S_IFCHR && st.Rdev_major == 5 && st.Rdev_minor == 2
}

// descriptorLink is the path, below /proc, through which a descriptor of ours is
// opened anew.
func descriptorLink(fd uintptr) (path [16]byte) {
	path = [16]byte{'s', 'e', 'l', 'f', '/', 'f', 'd', '/'}
	var number [4]byte
	digits := putNumber(&number, fd)
	for n := uintptr(0); n < digits; n++ {
		path[(8+n)&15] = number[n&3]
	}
	return path
}
