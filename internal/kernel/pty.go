package kernel

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A ptyStep is a lowered [plan.Pty].
type ptyStep struct {
	relay, proc, ptmx uintptr
	root              uintptr // C string; 0 for none
	standard          [3]bool
}

// pty carries out plan.Pty. If the relay has ended, it ends without a message.
func (p *program) pty(i *instr) {
	at := &p.onPty
	master, slave, errno := at.open()
	if errno == 0 {
		// This tries what is done below: a refusal has to be reported before the terminal is raw.
		_, errno = rawCall(unix.SYS_DUP3, slave, at.proc, unix.O_CLOEXEC)
	}
	if errno == 0 {
		var ok bool
		ok, errno = sendMaster(at.relay, master)
		if errno == 0 && !ok {
			exit(exitFailure)
		}
	}
	if errno == 0 {
		_, errno = rawCall(unix.SYS_IOCTL, slave, unix.TIOCSCTTY, 0)
	}
	if errno != 0 {
		p.fail(i, errno, exitFailure)
	}
	for fd := range at.standard {
		if at.standard[fd] {
			if _, errno := rawCall(unix.SYS_DUP3, slave, uintptr(fd), 0); errno != 0 {
				p.fail(i, errno, exitFailure) // else the command would have the caller's terminal
			}
		}
	}
	// If another process kept the master, the terminal would not hang up with the relay.
	for _, fd := range [...]uintptr{master, slave, at.relay, at.proc, at.ptmx} {
		rawCall(unix.SYS_CLOSE, fd, 0, 0)
	}
}

// open opens both ends of a new pty, of the first ptmx that works, or returns the error of the
// last. See [plan.Pty].
func (at *ptyStep) open() (master, slave uintptr, errno syscall.Errno) {
	for _, path := range [...]*byte{&ownPtmx[0], &devPtmx[0]} {
		fd, errno := at.hold(path)
		if errno != 0 {
			continue
		}
		master, slave, errno = openPair(at.proc, fd)
		rawCall(unix.SYS_CLOSE, fd, 0, 0)
		if errno == 0 {
			return master, slave, 0
		}
	}
	if at.ptmx == noDescriptor {
		return 0, 0, unix.ENOENT
	}
	return openPair(at.proc, at.ptmx)
}

// hold returns an O_PATH descriptor of a file by its path in the new root.
func (at *ptyStep) hold(path *byte) (uintptr, syscall.Errno) {
	const flags = unix.O_PATH | unix.O_NOFOLLOW | unix.O_CLOEXEC
	if at.root == 0 {
		return rawCall6(unix.SYS_OPENAT, atCwd, uintptr(unsafe.Pointer(path)), flags, 0, 0, 0)
	}
	root, errno := rawCall6(unix.SYS_OPENAT, atCwd, at.root, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0, 0, 0)
	if errno != 0 {
		return noDescriptor, errno
	}
	how := unix.OpenHow{Flags: flags, Resolve: unix.RESOLVE_IN_ROOT}
	fd, errno := rawCall6(unix.SYS_OPENAT2, root, uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(&how)), unsafe.Sizeof(how), 0, 0)
	rawCall(unix.SYS_CLOSE, root, 0, 0)
	return fd, errno
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
		// By the slave's name another user's file might be opened.
		slave, errno = rawCall(unix.SYS_IOCTL, master, unix.TIOCGPTPEER, flags)
	}
	if errno != 0 {
		rawCall(unix.SYS_CLOSE, master, 0, 0)
	}
	return master, slave, errno
}

// isPtmx reports whether a file, wherever it is, is the device that makes ptys.
// See: TTYAUX_MAJOR and 2 in the kernel's devices.txt.
func isPtmx(fd uintptr) bool {
	var st unix.Statx_t
	var empty byte
	_, errno := rawCall6(unix.SYS_STATX, fd, uintptr(unsafe.Pointer(&empty)), unix.AT_EMPTY_PATH, unix.STATX_TYPE, uintptr(unsafe.Pointer(&st)), 0)
	return errno == 0 && st.Mode&unix.S_IFMT == unix.S_IFCHR && st.Rdev_major == 5 && st.Rdev_minor == 2
}

// descriptorLink returns the path below /proc through which a descriptor of this process is
// opened again.
func descriptorLink(fd uintptr) (path [16]byte) {
	path = [16]byte{'s', 'e', 'l', 'f', '/', 'f', 'd', '/'}
	var number [4]byte
	digits := putNumber(&number, fd)
	for n := uintptr(0); n < digits; n++ {
		path[(8+n)&15] = number[n&3]
	}
	return path
}
