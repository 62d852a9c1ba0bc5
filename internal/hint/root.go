package hint

import (
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"nstools/internal/files"
)

// root is the root directory for hints. Another user may own it and may replace a file at any
// time. To open a pipe could hang, and to open a device could do harm: so only regular files
// are opened.
type root struct{ hostile bool }

func (r root) Open(name string) (fs.File, error) {
	fd, err := files.OpenRegular(unix.AT_FDCWD, "/"+name, r.hostile)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: "/" + name, Err: err}
	}
	unix.SetNonblock(fd, false) // else package os would start epoll
	return os.NewFile(uintptr(fd), "/"+name), nil
}

func (root) Stat(name string) (fs.FileInfo, error)  { return os.Stat("/" + name) }
func (root) Lstat(name string) (fs.FileInfo, error) { return os.Lstat("/" + name) }
func (root) ReadLink(name string) (string, error)   { return os.Readlink("/" + name) }
