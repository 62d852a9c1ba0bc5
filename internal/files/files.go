// Package files opens files: the caller's own without the runtime's poller, and those of
// others without a risk.
//
// Package os registers what it opens with epoll, for which the runtime opens two more
// files, and dies with a traceback where a limit (ulimit -n 4) or a filter is in the way.
// Nothing here waits for a plain file.
//
// What another user has put under a name, or what is in a root that is somebody else's, may
// be anything: to open a pipe hangs, and to open a device may do things. [OpenRegular] is
// the one way to open such a file.
package files

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Open opens a file or directory of the caller's for reading, close-on-exec. The error is an errno.
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

// Read is the content of a file of the caller's. The error is an errno.
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

// Names are those in a directory of the caller's, in the directory's order.
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
// (or AT_FDCWD), and nothing else: it gets hold of the file without opening it, looks what
// it is, and opens the very same by its descriptor. Of what is no regular file the error is
// ENXIO.
//
// That takes a /proc. Where that may be somebody else's, too, it has to be a proc, or else
// the error is ENOSYS. Where all is the caller's and there is none, the path is opened.
func OpenRegular(dir int, path string, hostile bool) (int, error) {
	held, err := unix.Openat(dir, path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(held)
	var st unix.Stat_t
	if err := unix.Fstat(held, &st); err != nil {
		return -1, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return -1, unix.ENXIO
	}
	if hostile {
		own, err := descriptors()
		if err != nil {
			return -1, unix.ENOSYS
		}
		defer unix.Close(own)
		return unix.Openat(own, strconv.Itoa(held), readFlags, 0)
	}
	fd, err := Reopen(held)
	if err == unix.ENOENT || err == unix.ENOTDIR {
		return unix.Openat(dir, path, readFlags, 0)
	}
	return fd, err
}

const readFlags = unix.O_RDONLY | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC

// Reopen opens a file for reading that was got hold of with O_PATH, and looked at.
func Reopen(held int) (int, error) {
	return unix.Open("/proc/self/fd/"+strconv.Itoa(held), readFlags, 0)
}

// descriptors gets hold of /proc/self/fd. Where /proc is somebody else's it might be a
// directory that looks like it: it has to be the root of a proc, and all that is below it
// of the same mount.
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

// OpenNamespace opens a file that should lead to a namespace, for setns(2). In the place of
// what cannot be one, a pipe or a device or a directory, comes an empty file, of which
// setns(2) says the same as of those.
func OpenNamespace(path string) (int, error) {
	fd, err := OpenRegular(unix.AT_FDCWD, path, false)
	if err != unix.ENXIO {
		return fd, err
	}
	return unix.MemfdCreate("", unix.MFD_CLOEXEC)
}
