package kernel

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// modes are those that the caller's terminal had, and those that we gave it. The
// guard has to know them, too, so that they lie in shared memory.
type modes struct{ theirs, ours unix.Termios }

// newModes makes room for modes outside of what a fork copies.
func newModes() (*modes, error) {
	memory, err := unix.Mmap(-1, 0, int(unsafe.Sizeof(modes{})), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, fmt.Errorf("mmap: %w", err)
	}
	return (*modes)(unsafe.Pointer(unsafe.SliceData(memory))), nil
}

func getModes(fd uintptr, t *unix.Termios) bool {
	_, errno := rawCall(unix.SYS_IOCTL, fd, unix.TCGETS, uintptr(unsafe.Pointer(t)))
	return errno == 0
}

func setModes(fd uintptr, t *unix.Termios) bool {
	_, errno := rawCall(unix.SYS_IOCTL, fd, unix.TCSETS, uintptr(unsafe.Pointer(t)))
	return errno == 0
}

// makeRaw has a terminal pass every byte as it is; see cfmakeraw in termios(3). The
// line itself, parity and bits per byte, is left alone. A read waits for a byte: for a
// shell that comes upon these modes, a read of nothing would be the end. To what others
// write to a shared terminal it goes on adding carriage returns, and so does it for the
// command.
func (l *line) makeRaw(t *unix.Termios) {
	t.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
	if !l.shared {
		t.Oflag &^= unix.OPOST
	}
	t.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
}

// terminal is a descriptor of the caller's terminal, or none.
func (l *line) terminal() uintptr {
	if l.in != noDescriptor {
		return l.in
	}
	return l.out
}

// dress gives the pty the modes of the terminal, unless the command has chosen others.
func (l *line) dress() {
	var t unix.Termios
	if !getModes(l.master, &t) || t != l.undressed {
		return
	}
	if getModes(l.terminal(), &t) {
		if l.shared {
			t.Oflag &^= unix.OPOST // or there would be two
		}
		setModes(l.master, &t)
	}
}

// resize gives the pty the size of the terminal; where it is another one than before,
// the command gets SIGWINCH.
func (l *line) resize() {
	var size unix.Winsize
	at := uintptr(unsafe.Pointer(&size))
	if _, errno := rawCall(unix.SYS_IOCTL, l.terminal(), unix.TIOCGWINSZ, at); errno == 0 {
		rawCall(unix.SYS_IOCTL, l.master, unix.TIOCSWINSZ, at)
	}
}

// foreground tells whether the terminal is ours to read and to change. Where it is
// not the one of our session there is nobody else's turn.
func (l *line) foreground() bool {
	var group int32
	if _, errno := rawCall(unix.SYS_IOCTL, l.in, unix.TIOCGPGRP, uintptr(unsafe.Pointer(&group))); errno != 0 {
		return errno == unix.ENOTTY
	}
	own, _ := rawCall(unix.SYS_GETPGID, 0, 0, 0)
	return int32(own) == group
}

// attend makes the terminal raw where we are in the foreground. In the background it
// belongs to somebody else.
func (l *line) attend() {
	l.heard = l.in != noDescriptor && l.foreground()
	if !l.heard {
		l.raw = false
		return
	}
	var now unix.Termios
	if l.master == noDescriptor || !getModes(l.in, &now) || l.raw && now == l.modes.ours {
		return
	}
	if !l.dressed {
		// Not before: in the background the modes are those of the shell that edits its
		// line.
		l.dress()
		l.dressed = true
	}
	l.modes.theirs = now
	l.makeRaw(&now)
	l.modes.ours = now
	if l.raw = setModes(l.in, &now); l.raw && getModes(l.in, &now) {
		l.modes.ours = now // as the driver took them
	}
}

// release gives the terminal back as it was.
func (l *line) release() {
	if l.raw && l.foreground() {
		setModes(l.in, &l.modes.theirs)
	}
	l.raw, l.heard = false, false
}

// postGuard makes the process that gives the terminal back where we are killed. In a
// session of its own, it gets no signal that is meant for us, and may change the
// terminal at any time. Without it all else goes on.
func (l *line) postGuard() {
	if l.in == noDescriptor {
		return
	}
	var gate [2]int32
	if _, errno := rawCall(unix.SYS_PIPE2, uintptr(unsafe.Pointer(&gate)), unix.O_CLOEXEC, 0); errno != 0 {
		return
	}
	pid, errno := fork()
	if errno == 0 && pid == 0 {
		l.standGuard(uintptr(gate[0]))
	}
	rawCall(unix.SYS_CLOSE, uintptr(gate[0]), 0, 0)
	l.guard, l.gate = pid, uintptr(gate[1])
	if errno != 0 {
		l.guard = 0
	}
}

// standGuard keeps the terminal and the gate, and waits. Modes that are not ours any
// more were set by somebody after us: they stay.
func (l *line) standGuard(gate uintptr) {
	const terminal, keptGate = 0, 1
	rawCall(unix.SYS_SETSID, 0, 0, 0)
	if l.in != terminal {
		if _, errno := rawCall(unix.SYS_DUP3, l.in, terminal, unix.O_CLOEXEC); errno != 0 {
			exit(exitFailure)
		}
	}
	if _, errno := rawCall(unix.SYS_DUP3, gate, keptGate, unix.O_CLOEXEC); errno != 0 {
		exit(exitFailure)
	}
	closeFrom(keptGate + 1)
	var now unix.Termios
	if dismissed, _ := readByte(keptGate); !dismissed && getModes(terminal, &now) && now == l.modes.ours {
		setModes(terminal, &l.modes.theirs)
	}
	exit(0)
}

func (l *line) dismissGuard() {
	if l.guard == 0 {
		return
	}
	var b byte
	if _, errno := rawCall(unix.SYS_WRITE, l.gate, uintptr(unsafe.Pointer(&b)), 1); errno != 0 {
		shut(&l.gate) // which it hears, too
	}
	waitFor(l.guard, 0)
}
