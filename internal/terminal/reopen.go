package terminal

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// reopen opens a terminal once more, without waiting in what is read from it or written
// to it: a terminal that had a byte for us may have none when we come, somebody else
// having read it, and one that had room may have too little. The descriptor's own file
// is shared with the shell and others, whom O_NONBLOCK there would surprise.
//
// Where that is refused, as it is on a terminal of another user's after su(1), it
// returns the descriptor that it was given.
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

// isDevice tells whether a file is the device of the terminal that it leads to, or
// /dev/tty and that of our session: else another would be opened, or with ptmx a new
// one be made.
func isDevice(fd int) bool {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil {
		return false
	}
	if uint64(st.Rdev) == devTty {
		_, err := unix.IoctlGetInt(fd, unix.TIOCGSID) // of another session's it is refused
		return err == nil
	}
	device, err := unix.IoctlGetUint32(fd, unix.TIOCGDEV)
	return err == nil && uint64(st.Rdev) == uint64(device)
}
