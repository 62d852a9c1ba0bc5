package netns

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// A file is a name's, made for a namespace that is to be mounted on it, as a
// descriptor: whatever becomes of the name meanwhile, it is this file and no other.
type file int

// makeFile makes the file of a name. The error is the errno that ip meets with, too.
func makeFile(name string) (file, error) {
	fd, err := unix.Open(Path(name), unix.O_RDONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0)
	return file(fd), err
}

func (f file) close() { unix.Close(int(f)) }

// mount puts a namespace on the file: ENOENT where the name has been deleted. By the
// name's path it could come on top of a namespace that somebody else has made under it
// since.
func (f file) mount(from string) error {
	return unix.Mount(from, "/proc/thread-self/fd/"+strconv.Itoa(int(f)), "none", unix.MS_BIND, "")
}

// has tells whether a name leads to the file.
func (f file) has(name string) bool {
	var file, named unix.Stat_t
	return unix.Fstat(int(f), &file) == nil && unix.Lstat(Path(name), &named) == nil && named.Dev == file.Dev && named.Ino == file.Ino
}

// withdraw takes the file away that has not become a namespace.
func (f file) withdraw(name string) {
	if f.has(name) {
		unix.Unlink(Path(name))
	}
}
