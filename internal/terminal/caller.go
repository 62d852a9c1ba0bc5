package terminal

import (
	"strconv"

	"golang.org/x/sys/unix"

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

// Look finds the caller's terminal. There may be none.
func Look() Caller {
	c := Caller{In: none, Out: none}
	var own []unix.Stat_t
	for _, fd := range [...]int{1, 2, 0} {
		var st unix.Stat_t
		if !Is(fd) || unix.Fstat(fd, &st) != nil {
			continue
		}
		c.Standard[fd] = true
		own = append(own, st)
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
	if c.Any() {
		c.Others = others(own)
	}
	return c
}

const none = -1

// Any tells whether there is a terminal.
func (c Caller) Any() bool { return c.Standard != [3]bool{} }

// others are the descriptors above the standard ones that lead to one of these
// terminals, by themselves or as /dev/tty.
func others(terminals []unix.Stat_t) (found []int) {
	dir, err := files.OpenDir("/proc/self/fd")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil
	}
	for _, name := range names {
		fd, err := strconv.Atoi(name)
		if err != nil || fd < 3 {
			continue
		}
		var st unix.Stat_t
		if unix.Fstat(fd, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFCHR && isOneOf(st, terminals) {
			found = append(found, fd)
		}
	}
	return found
}

// devTty is the number of /dev/tty, which is whatever terminal a session has.
const devTty = 5 << 8

func isOneOf(st unix.Stat_t, terminals []unix.Stat_t) bool {
	if uint64(st.Rdev) == devTty {
		return true
	}
	for _, t := range terminals {
		if t.Rdev == st.Rdev && t.Dev == st.Dev { // numbers of ptys are unique in their devpts only
			return true
		}
	}
	return false
}
