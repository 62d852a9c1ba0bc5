package terminal

import (
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/files"
)

// Caller is what the caller's descriptors have of a terminal.
type Caller struct {
	Standard [3]bool // which of the standard descriptors are a terminal
	In, Out  int     // descriptors to read it and to write to it; -1 for none
	Others   []int   // its other descriptors, which the command would inherit
}

// Is reports whether a descriptor is a terminal, as isatty(3) does.
func Is(fd int) bool {
	_, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	return err == nil
}

// FindCaller returns the caller's terminal, which may be missing. Errors: a filter hides
// whether there is one, or the other descriptors of it cannot be found. The command would
// inherit them.
func FindCaller() (Caller, error) {
	c := Caller{In: none, Out: none}
	var own []device
	for _, fd := range [...]int{1, 2, 0} {
		if _, err := unix.IoctlGetTermios(fd, unix.TCGETS); err == unix.EPERM || err == unix.EACCES || err == unix.ENOSYS {
			return c, &diag.Error{Text: "ioctl failed: " + diag.Reason(err)} // by a filter: terminals return ENOTTY or EIO
		} else if err != nil {
			continue
		}
		d, err := statDevice(fd)
		if err != nil {
			continue
		}
		c.Standard[fd] = true
		own = append(own, d)
		mode, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
		if err != nil {
			continue
		}
		if c.Out == none && mode&unix.O_ACCMODE != unix.O_RDONLY {
			c.Out = fd
		}
		if mode&unix.O_ACCMODE != unix.O_WRONLY { // standard input, the last, before the others
			c.In = fd
		}
	}
	var err error
	if c.Any() {
		c.Others, err = others(own)
	}
	return c, err
}

const none = -1

// Any reports whether there is a terminal.
func (c Caller) Any() bool { return c.Standard != [3]bool{} }

// A device is what an open file is, and the number of the terminal that it leads to.
type device struct {
	st     unix.Stat_t
	number uint32 // 0 where the kernel does not show one
}

func statDevice(fd int) (d device, err error) {
	if err = unix.Fstat(fd, &d.st); err == nil && d.st.Mode&unix.S_IFMT == unix.S_IFCHR {
		// The master of a pty shows the number of its slave, /dev/console the number of the
		// terminal behind it.
		d.number, _ = unix.IoctlGetUint32(fd, unix.TIOCGDEV)
	}
	return d, err
}

// others returns the descriptors above the standard ones that lead to one of these terminals:
// the terminal itself, /dev/tty, or the master of the pty, to which input of the terminal can
// be written.
func others(terminals []device) (found []int, err error) {
	names, err := files.Names("/proc/self/fd")
	if err != nil {
		return nil, &diag.Error{Text: "cannot read /proc/self/fd: " + diag.Reason(err)}
	}
	for _, name := range names {
		fd, err := strconv.Atoi(name)
		if err != nil || fd < 3 {
			continue
		}
		if d, err := statDevice(fd); err == nil && d.st.Mode&unix.S_IFMT == unix.S_IFCHR && d.isOneOf(fd, terminals) {
			found = append(found, fd)
		}
	}
	return found, nil
}

// Numbers of devices.
const (
	devTty  = 5 << 8   // /dev/tty, the terminal of the session
	devPtmx = 5<<8 | 2 // the master of any pty
)

func (d device) isOneOf(fd int, terminals []device) bool {
	if uint64(d.st.Rdev) == devTty {
		return true
	}
	for _, t := range terminals {
		switch {
		case d.st.Rdev == t.st.Rdev && d.st.Dev == t.st.Dev:
			return true
		case d.number == 0 || d.number != t.number:
		case uint64(d.st.Rdev) == devPtmx:
			if isMasterOf(fd, t) {
				return true
			}
		case !isPtySlave(d.number): // numbers of slaves are unique within their devpts only
			return true
		}
	}
	return false
}

// isMasterOf reports whether a master's slave is terminal t, whose number it has: a pty of
// another devpts can have the same number. It returns true where the kernel does not show it.
func isMasterOf(master int, t device) bool {
	fd, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(master), unix.TIOCGPTPEER, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC)
	if errno != 0 { // before Linux 4.13, or a pty that is locked
		return true
	}
	defer unix.Close(int(fd))
	var st unix.Stat_t
	return unix.Fstat(int(fd), &st) != nil || st.Dev == t.st.Dev
}

// isPtySlave reports whether a device has the major number UNIX98_PTY_SLAVE_MAJOR or one of
// the seven that follow.
func isPtySlave(number uint32) bool { return number>>8&0xfff >= 136 && number>>8&0xfff < 144 }
