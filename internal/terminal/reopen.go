package terminal

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// reopen returns a new descriptor of a terminal with O_NONBLOCK. Without the flag a read or
// a write could block after poll(2) has returned: another process may have read the byte, or
// there may be too little room. The open file of fd is shared with the shell and other
// processes, which do not expect O_NONBLOCK on it.
//
// Where the open is refused, as on the terminal of another user after su(1), it returns fd.
func reopen(fd, mode int) int {
	if !isDevice(fd) {
		return fd
	}
	file, err := unix.Open(fdPath(fd), mode|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return fd
	}
	var was, is unix.Stat_t
	if unix.Fstat(fd, &was) != nil || unix.Fstat(file, &is) != nil || was.Dev != is.Dev || was.Ino != is.Ino {
		unix.Close(file)
		return fd
	}
	return file
}

func fdPath(fd int) string { return "/proc/self/fd/" + strconv.Itoa(fd) }

// isDevice reports whether a file is the device of the terminal that it leads to, or
// /dev/tty with the controlling terminal of the caller. To open any other file again would open
// another terminal, or with ptmx make a new one.
func isDevice(fd int) bool {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil {
		return false
	}
	if uint64(st.Rdev) == devTty {
		_, err := unix.IoctlGetInt(fd, unix.TIOCGSID) // refused on the terminal of another session
		return err == nil
	}
	device, err := unix.IoctlGetUint32(fd, unix.TIOCGDEV)
	return err == nil && uint64(st.Rdev) == uint64(device)
}
