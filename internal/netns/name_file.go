package netns

import (
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"nstools/internal/files"
)

// A file is a name's, made for a namespace that is to be mounted on it, as a
// descriptor: whatever becomes of the name meanwhile, it is this file and no other.
//
// For a moment the name is there without its namespace, and no way was found around
// that (Linux 6.18). A mount needs a file with a name: one of O_TMPFILE is refused with
// ENOENT. A file with a mount on it can be renamed, though only by a process in another
// mount namespace (EBUSY in ours), and under its first name it had to be in the same
// directory, for all to list; what watches the directory is told of no new file then. A
// symbolic link that leads nowhere could stand in for the file, and a mount on it works,
// but a link it stays in the eyes of find -type. So the namespace is complete, and we are
// back in our own, before there is a file; nothing but the mount lies between the two,
// under a lock, and who opens the name meanwhile waits: see [settled].
type nameFile int

// makeFile makes the file of a name, and locks it. The error is the errno that ip meets
// with, too.
func makeFile(name string) (nameFile, error) {
	fd, err := unix.Open(Path(name), unix.O_RDONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0)
	if err == nil {
		unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) // else the file's age tells; see settled
	}
	return nameFile(fd), err
}

func (f nameFile) close() { unix.Close(int(f)) }

// path leads to what is open, whatever its name is.
func (f nameFile) path() string { return "/proc/thread-self/fd/" + strconv.Itoa(int(f)) }

// copied is a mount of a namespace that is nowhere yet, -1 where the kernel gives none:
// to move it to a file takes a quarter of the time of a bind. See open_tree(2), since
// Linux 5.2.
func (f nameFile) cloneMount() nameFile {
	fd, err := unix.OpenTree(int(f), "", unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_EMPTY_PATH)
	if err != nil {
		return -1
	}
	return nameFile(fd)
}

// mount puts a namespace on the file, by its copied mount if it can: ENOENT where the
// name has been deleted. By the name's path it could come on top of a namespace that
// somebody else has made under it since.
func (f nameFile) mount(copied, namespace nameFile) error {
	if copied >= 0 && unix.MoveMount(int(copied), "", int(f), "", unix.MOVE_MOUNT_F_EMPTY_PATH|unix.MOVE_MOUNT_T_EMPTY_PATH) == nil {
		return nil
	}
	return unix.Mount(namespace.path(), f.path(), "none", unix.MS_BIND, "")
}

// has tells whether a name leads to the file.
func (f nameFile) isNamed(name string) bool {
	var file, named unix.Stat_t
	return unix.Fstat(int(f), &file) == nil && unix.Lstat(Path(name), &named) == nil && named.Dev == file.Dev && named.Ino == file.Ino
}

// withdraw takes the file away that has not become a namespace.
func (f nameFile) remove(name string) {
	if f.isNamed(name) {
		unix.Unlink(Path(name))
	}
}

// patience is how long a name may be without its namespace while an add is at work,
// ours or ip's, whose file is there before it makes the namespace.
const addTimeout = time.Second

// settled opens a file that may be a name's, close-on-exec, when no add can be about to
// mount a namespace on it any more: a plain file that nobody has locked is left behind if
// it is old. The error is an errno.
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

// maybeComing tells whether a file that was opened by its name may be that of an add at
// work: empty and plain, and locked or young.
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

// beingAdded tells whether an add of ours is at work on the file. A file that others may
// open could have been locked by one of them.
func (f nameFile) isBeingAdded() bool {
	var st unix.Stat_t
	return unix.Fstat(int(f), &st) == nil && st.Mode&0o777 == 0 && unix.Flock(int(f), unix.LOCK_SH|unix.LOCK_NB) == unix.EWOULDBLOCK
}
