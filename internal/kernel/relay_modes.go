package kernel

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// modes holds the modes that the caller's terminal had, and those that the relay gave it. They
// are in shared memory, because the guard has to know them, too.
type modes struct{ original, raw unix.Termios }

// newModes returns modes in memory that parent and child share after a fork.
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

// makeRaw changes modes so that the terminal passes every byte unchanged. It keeps the settings
// of the line, parity and bits per byte. A read waits for a byte: a shell that finds these
// modes would take a read of 0 bytes for the end. A shared terminal goes on adding carriage
// returns, for the output of other processes and for the command's.
// See: cfmakeraw in termios(3).
func (l *relayState) makeRaw(t *unix.Termios) {
	t.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
	if !l.shared {
		t.Oflag &^= unix.OPOST
	}
	t.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
}

// terminal returns a descriptor of the caller's terminal, or noDescriptor.
func (l *relayState) terminal() uintptr {
	if l.in != noDescriptor {
		return l.in
	}
	return l.out
}

// copyModes gives the pty the modes of the terminal, unless the command has chosen others.
func (l *relayState) copyModes() {
	var t unix.Termios
	if !getModes(l.master, &t) || t != l.undressed {
		return
	}
	if getModes(l.terminal(), &t) {
		if l.shared {
			t.Oflag &^= unix.OPOST // else both terminals would add carriage returns
		}
		setModes(l.master, &t)
	}
}

// resize gives the pty the size of the terminal. If the size has changed, the command gets
// SIGWINCH.
func (l *relayState) resize() {
	var size unix.Winsize
	at := uintptr(unsafe.Pointer(&size))
	if _, errno := rawCall(unix.SYS_IOCTL, l.terminal(), unix.TIOCGWINSZ, at); errno == 0 {
		rawCall(unix.SYS_IOCTL, l.master, unix.TIOCSWINSZ, at)
	}
}

// foreground reports whether the relay may read and change the terminal. On a terminal of
// another session it always may.
func (l *relayState) foreground() bool {
	var group int32
	if _, errno := rawCall(unix.SYS_IOCTL, l.in, unix.TIOCGPGRP, uintptr(unsafe.Pointer(&group))); errno != 0 {
		return errno == unix.ENOTTY
	}
	own, _ := rawCall(unix.SYS_GETPGID, 0, 0, 0)
	return int32(own) == group
}

// makeTerminalRaw makes the terminal raw if the relay is in the foreground. In the background
// the terminal belongs to another job.
func (l *relayState) makeTerminalRaw() {
	l.heard = l.in != noDescriptor && l.foreground()
	if !l.heard {
		l.raw = false
		return
	}
	var now unix.Termios
	if l.master == noDescriptor || !getModes(l.in, &now) || l.raw && now == l.modes.raw {
		return
	}
	if !l.dressed {
		// In the background it was too early: the terminal has the modes of a shell that edits its
		// line.
		l.copyModes()
		l.dressed = true
	}
	l.modes.original = now
	l.makeRaw(&now)
	l.modes.raw = now
	if l.raw = setModes(l.in, &now); l.raw && getModes(l.in, &now) {
		l.modes.raw = now // as the driver took them
	}
}

// restoreTerminal gives the terminal its former modes.
func (l *relayState) restoreTerminal() {
	if l.raw && l.foreground() {
		setModes(l.in, &l.modes.original)
	}
	l.raw, l.heard = false, false
}

// startGuard forks the process that restores the terminal if the relay is killed. In a session
// of its own, it does not get the relay's signals, and may change the terminal at any time.
// If the fork fails, the relay goes on without a guard.
func (l *relayState) startGuard() {
	if l.in == noDescriptor {
		return
	}
	var gate [2]int32
	if _, errno := rawCall(unix.SYS_PIPE2, uintptr(unsafe.Pointer(&gate)), unix.O_CLOEXEC, 0); errno != 0 {
		return
	}
	pid, errno := fork()
	if errno == 0 && pid == 0 {
		l.runGuard(uintptr(gate[0]))
	}
	rawCall(unix.SYS_CLOSE, uintptr(gate[0]), 0, 0)
	l.guard, l.gate = pid, uintptr(gate[1])
	if errno != 0 {
		l.guard = 0
	}
}

// runGuard waits for the end of the relay, and restores the terminal if the relay was killed. It
// leaves modes that another process has set after the relay.
func (l *relayState) runGuard(gate uintptr) {
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
	if dismissed, _ := readByte(keptGate); !dismissed && getModes(terminal, &now) && now == l.modes.raw {
		setModes(terminal, &l.modes.original)
	}
	exit(0)
}

func (l *relayState) stopGuard() {
	if l.guard == 0 {
		return
	}
	var b byte
	if _, errno := rawCall(unix.SYS_WRITE, l.gate, uintptr(unsafe.Pointer(&b)), 1); errno != 0 {
		closeFD(&l.gate) // this wakes the guard, too
	}
	waitFor(l.guard, 0)
}
