package netns

import (
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"nstools/internal/files"
)

// A nameFile is an open file in the directory of names, on which a namespace is to be mounted.
// The descriptor stays this file, even if the name leads to another one by now.
//
// For a moment the name exists without its namespace, and no way around that was found (Linux
// 6.18). A mount needs a file with a name: a file of O_TMPFILE is refused with ENOENT. A file
// with a mount on it can be renamed, though only by a process in another mount namespace
// (EBUSY in the same one). Its first name had to be in the same directory, where all list it,
// and inotify(7) reports no new file then. A dangling symbolic link could stand in for the
// file, and a mount on it works, but find -type still sees a link.
//
// So the namespace is complete, and the thread is back in its own, before the file exists.
// Only the mount lies between the two, under a lock. A process that opens the name meanwhile
// waits: see [openSettled].
type nameFile int

// makeFile makes the file of a name, and locks it. The error is an errno, as ip gets it.
func makeFile(name string) (nameFile, error) {
	fd, err := unix.Open(Path(name), unix.O_RDONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0)
	if err == nil {
		unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) // without the lock the file's age counts; see mayBePending
	}
	return nameFile(fd), err
}

func (f nameFile) close() { unix.Close(int(f)) }

// path returns a path to the open file, whatever its name is.
func (f nameFile) path() string { return "/proc/thread-self/fd/" + strconv.Itoa(int(f)) }

// cloneMount returns a detached mount of the namespace, -1 if the kernel refuses. Moving it to
// a file takes a quarter of the time of a bind mount. See: open_tree(2), since Linux 5.2.
func (f nameFile) cloneMount() nameFile {
	fd, err := unix.OpenTree(int(f), "", unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_EMPTY_PATH)
	if err != nil {
		return -1
	}
	return nameFile(fd)
}

// mount mounts a namespace on the file, by its detached mount if it can. It fails with ENOENT
// if the name has been deleted. The path of the name could lead to a namespace that another
// process has added since.
func (f nameFile) mount(copied, namespace nameFile) error {
	if copied >= 0 && unix.MoveMount(int(copied), "", int(f), "", unix.MOVE_MOUNT_F_EMPTY_PATH|unix.MOVE_MOUNT_T_EMPTY_PATH) == nil {
		return nil
	}
	return unix.Mount(namespace.path(), f.path(), "none", unix.MS_BIND, "")
}

// isNamed reports whether a name leads to the file.
func (f nameFile) isNamed(name string) bool {
	var file, named unix.Stat_t
	return unix.Fstat(int(f), &file) == nil && unix.Lstat(Path(name), &named) == nil && named.Dev == file.Dev && named.Ino == file.Ino
}

// remove unlinks the file if its name still leads to it. Its namespace was never mounted.
func (f nameFile) remove(name string) {
	if f.isNamed(name) {
		unix.Unlink(Path(name))
	}
}

// addTimeout is how long a name may lack its namespace while an add is at work. ip makes the
// file before it makes the namespace.
const addTimeout = time.Second

// openSettled opens a file that may be a name, close-on-exec. It waits while an add may be
// about to mount a namespace on it. An old plain file without a lock is a leftover. The error
// is an errno.
func openSettled(path string) (fd nameFile, err error) {
	const often = 2 * time.Millisecond
	for end := time.Now().Add(2 * addTimeout); ; time.Sleep(often) {
		n, err := files.OpenNamespace(path)
		if err != nil || !nameFile(n).mayBePending() || time.Now().After(end) {
			return nameFile(n), err
		}
		unix.Close(n)
	}
}

// mayBePending reports whether an open file may belong to an add at work: it is empty and
// plain, and locked or young.
func (f nameFile) mayBePending() bool {
	var st unix.Stat_t
	var fs unix.Statfs_t
	if unix.Fstat(int(f), &st) != nil || unix.Fstatfs(int(f), &fs) != nil || fs.Type == unix.NSFS_MAGIC {
		return false
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG || st.Size != 0 {
		return false
	}
	return f.isBeingAdded() || time.Since(time.Unix(st.Mtim.Unix())) < addTimeout
}

// isBeingAdded reports whether an add of this program is at work on the file. If others may
// open the file, its lock proves nothing.
func (f nameFile) isBeingAdded() bool {
	var st unix.Stat_t
	return unix.Fstat(int(f), &st) == nil && st.Mode&0o777 == 0 && unix.Flock(int(f), unix.LOCK_SH|unix.LOCK_NB) == unix.EWOULDBLOCK
}
