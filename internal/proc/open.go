package proc

import (
	"errors"
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// ErrNotMounted is the error for a /proc that is another file system.
var ErrNotMounted = errors.New("no proc file system is mounted there")

// Open returns a descriptor of /proc.
// Errors: an errno, or [ErrNotMounted].
func Open() (int, error) {
	dir, err := unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	var fs unix.Statfs_t
	if err = unix.Fstatfs(dir, &fs); err == nil && fs.Type != unix.PROC_SUPER_MAGIC {
		err = ErrNotMounted
	}
	if err != nil {
		unix.Close(dir)
		return -1, err
	}
	return dir, nil
}

// Processes returns the numbers of the processes that an open /proc shows, in ascending
// order. Some may have ended meanwhile.
func Processes(dir *os.File) (pids []int, err error) {
	names, err := dir.Readdirnames(-1)
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return nil, err
	}
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids, nil
}

// Mounted reports whether /proc is a proc file system.
func Mounted() bool {
	var fs unix.Statfs_t
	return unix.Statfs("/proc", &fs) == nil && fs.Type == unix.PROC_SUPER_MAGIC
}
