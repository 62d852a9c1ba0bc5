// Package files opens files: the caller's own without the runtime's poller, and other
// users' without a risk.
//
// Package os registers what it opens with epoll. For that the runtime opens two more files,
// and dies with a traceback where a limit (ulimit -n 4) or a filter refuses them. A plain
// file is always ready, and needs no poller.
//
// A name under another user's control, or in a root of another user, may lead to anything.
// Opening a pipe hangs, and opening a device may have effects. [OpenRegular] is the one way
// to open such a file.
package files

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Open opens a file or directory of the caller for reading, close-on-exec.
// Errors: an errno.
func Open(path string) (*os.File, error) { return open(path, 0) }

// OpenDir opens a directory, and nothing else, for reading.
func OpenDir(path string) (*os.File, error) { return open(path, unix.O_DIRECTORY) }

func open(path string, flags int) (*os.File, error) {
	for {
		fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|flags, 0)
		switch err {
		case nil:
			return os.NewFile(uintptr(fd), path), nil
		case unix.EINTR:
		default:
			return nil, err
		}
	}
}

// Read returns the content of a file of the caller.
// Errors: an errno.
func Read(path string) ([]byte, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	text := make([]byte, 0, 1024)
	for {
		if len(text) == cap(text) {
			text = append(make([]byte, 0, 4*cap(text)), text...)
		}
		n, err := unix.Read(fd, text[len(text):cap(text)])
		switch {
		case err == unix.EINTR:
		case err != nil:
			return text, err
		case n == 0:
			return text, nil
		default:
			text = text[:len(text)+n]
		}
	}
}

// Names returns the names in a directory of the caller, in the directory's order.
func Names(dir string) ([]string, error) {
	d, err := OpenDir(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err == io.EOF {
		err = nil
	}
	return names, err
}

// OpenRegular opens a regular file for reading, close-on-exec, by a path from a directory
// or AT_FDCWD. It opens a descriptor with O_PATH, checks the type, and reopens the same
// file by that.
//
// The reopening goes through /proc. If untrusted is true, another user may have made /proc,
// and it has to be a genuine proc. Otherwise, without a /proc, the path is opened.
//
// Errors: an errno; ENXIO for any other type of file, ENOSYS for a /proc that is not
// genuine.
func OpenRegular(dir int, path string, untrusted bool) (int, error) {
	pathFD, err := unix.Openat(dir, path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(pathFD)
	var st unix.Stat_t
	if err := unix.Fstat(pathFD, &st); err != nil {
		return -1, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return -1, unix.ENXIO
	}
	if untrusted {
		own, err := descriptors()
		if err != nil {
			return -1, unix.ENOSYS
		}
		defer unix.Close(own)
		return unix.Openat(own, strconv.Itoa(pathFD), readFlags, 0)
	}
	fd, err := Reopen(pathFD)
	if err == unix.ENOENT || err == unix.ENOTDIR {
		return unix.Openat(dir, path, readFlags, 0)
	}
	return fd, err
}

const readFlags = unix.O_RDONLY | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC

// Reopen opens a file for reading by a descriptor that was opened with O_PATH, and checked.
func Reopen(pathFD int) (int, error) {
	return unix.Open("/proc/self/fd/"+strconv.Itoa(pathFD), readFlags, 0)
}

// descriptors opens /proc/self/fd. Another user's /proc may be a directory that looks like
// it: it has to be the root of a proc, and all below it on the same mount.
func descriptors() (int, error) {
	const procRoot = 1 // PROC_ROOT_INO
	proc, err := unix.Open("/proc", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(proc)
	var fs unix.Statfs_t
	var st unix.Stat_t
	if unix.Fstatfs(proc, &fs) != nil || fs.Type != unix.PROC_SUPER_MAGIC || unix.Fstat(proc, &st) != nil || st.Ino != procRoot {
		return -1, unix.ENOSYS
	}
	fd, err := unix.Openat2(proc, "self/fd", &unix.OpenHow{
		Flags:   unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_NO_XDEV | unix.RESOLVE_NO_MAGICLINKS,
	})
	if err != unix.ENOSYS && err != unix.EPERM { // before Linux 5.6, or a filter
		return fd, err
	}
	fd, err = unix.Openat(proc, "self/fd", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	var below unix.Stat_t
	if unix.Fstat(fd, &below) != nil || below.Dev != st.Dev {
		unix.Close(fd)
		return -1, unix.ENOSYS
	}
	return fd, nil
}

// OpenNamespace opens a file that should lead to a namespace, for setns(2). A pipe, device
// or directory is replaced by an empty file, for which setns(2) gives the same error.
func OpenNamespace(path string) (int, error) {
	fd, err := OpenRegular(unix.AT_FDCWD, path, false)
	if err != unix.ENXIO {
		return fd, err
	}
	return unix.MemfdCreate("", unix.MFD_CLOEXEC)
}
