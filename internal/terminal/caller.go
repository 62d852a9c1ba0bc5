package terminal

import (
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/files"
)

// Caller is what the caller has of his terminal.
type Caller struct {
	Standard [3]bool // which of the standard descriptors are a terminal
	In, Out  int     // those to read it and to write to it by; -1 for none
	Others   []int   // further descriptors of it, which the command would inherit
}

// Is tells whether a descriptor is a terminal, as isatty(3) does.
func Is(fd int) bool {
	_, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	return err == nil
}

// FindCaller finds the caller's terminal. There may be none. It is an error where that cannot be
// known, or what else leads to it: the command would have it.
func FindCaller() (Caller, error) {
	c := Caller{In: none, Out: none}
	var own []device
	for _, fd := range [...]int{1, 2, 0} {
		if _, err := unix.IoctlGetTermios(fd, unix.TCGETS); err == unix.EPERM || err == unix.EACCES || err == unix.ENOSYS {
			return c, &diag.Error{Text: "ioctl failed: " + diag.Reason(err)} // a filter: terminals say ENOTTY or EIO
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

// Any tells whether there is a terminal.
func (c Caller) Any() bool { return c.Standard != [3]bool{} }

// A device is what an open file is, and the number of the terminal that it leads to.
type device struct {
	st     unix.Stat_t
	number uint32 // 0 for none that the kernel tells of
}

func statDevice(fd int) (d device, err error) {
	if err = unix.Fstat(fd, &d.st); err == nil && d.st.Mode&unix.S_IFMT == unix.S_IFCHR {
		// Of the master of a pty it is the number of its slave, of /dev/console that of
		// the terminal behind it.
		d.number, _ = unix.IoctlGetUint32(fd, unix.TIOCGDEV)
	}
	return d, err
}

// others are the descriptors above the standard ones that lead to one of these
// terminals: by themselves, as /dev/tty, or as the master of the pty, by which all that is
// typed on it can be written.
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
	devTty  = 5 << 8   // /dev/tty, which is whatever terminal a session has
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
		case !isPtySlave(d.number): // whose numbers are unique in their devpts only
			return true
		}
	}
	return false
}

// isMasterOf tells whether a terminal is the slave of a master that has its number: the pty
// may be another one of another devpts. Where the kernel does not tell, it is taken for the
// same.
func isMasterOf(master int, t device) bool {
	fd, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(master), unix.TIOCGPTPEER, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC)
	if errno != 0 { // before Linux 4.13, or a pty that is locked
		return true
	}
	defer unix.Close(int(fd))
	var st unix.Stat_t
	return unix.Fstat(int(fd), &st) != nil || st.Dev == t.st.Dev
}

// isPtySlave tells whether a number is one of UNIX98_PTY_SLAVE_MAJOR and the seven that
// follow.
func isPtySlave(number uint32) bool { return number>>8&0xfff >= 136 && number>>8&0xfff < 144 }
