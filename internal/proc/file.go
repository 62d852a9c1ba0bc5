package proc

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// MountID returns the id of the mount that an open file is on, as a decimal number; "" if
// it is unknown. It is the first field of a line in mountinfo.
// See: proc_pid_fdinfo(5).
func MountID(fd int) string {
	info, err := ReadFile(unix.AT_FDCWD, "/proc/self/fdinfo/"+strconv.Itoa(fd), 4096)
	if err != nil {
		return ""
	}
	return Field(string(info), "mnt_id")
}

// ReadFile reads a file in a directory.
// Errors: EFBIG for a file longer than the limit in bytes.
func ReadFile(dir int, name string, limit int) ([]byte, error) {
	text, err := ReadBeginning(dir, name, limit+1)
	switch {
	case err != nil:
		return nil, err
	case len(text) > limit:
		return nil, unix.EFBIG
	}
	return text, nil
}

// ReadBeginning reads a file in a directory, up to a limit in bytes. It returns an error
// together with what was read before.
func ReadBeginning(dir int, name string, limit int) (text []byte, err error) {
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	for len(text) < limit {
		if len(text) == cap(text) {
			text = append(make([]byte, 0, min(max(4096, 2*cap(text)), limit)), text...)
		}
		n, err := unix.Read(fd, text[len(text):cap(text)])
		switch {
		case err == unix.EINTR:
		case err != nil || n == 0:
			return text, err
		default:
			text = text[:len(text)+n]
		}
	}
	return text, nil
}
