package netns

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// unfinished is the mode of a name's file while the name is being made or unmade.
// The bit, S_ISVTX, has no meaning for a plain file. A finished name has ip's mode, 0.
const unfinished = unix.S_ISVTX

// A claim is a name's file with the mark and a lock on it, as a descriptor, or -1
// where the file system allows none. The lock goes with the process that holds it,
// so a file that has the mark and no lock was left by one that was killed, and the
// next add may take it up.
//
// That is safe because a file of ours is never seen without both: it gets them
// before it gets its name. Between the files of ip, which makes them and mounts the
// namespace a moment later without a lock on them, nobody can tell one whose ip was
// killed from one whose ip is still at work, nor from a namespace that is mounted in
// another mount namespace. To take up such a file could put two namespaces under one
// name. It has no mark and stays as it is: [taken] says what it is.
type claim int

const noClaim claim = -1

// claimNew makes the file of a name that is to be made, or takes up an abandoned one.
// The error is the one that open(2) has for ip.
func claimNew(name string) (claim, error) {
	if fd, err := unix.Open(Dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, unfinished); err == nil {
		c := claim(fd)
		c.lock()
		err = unix.Linkat(unix.AT_FDCWD, "/proc/thread-self/fd/"+strconv.Itoa(fd), unix.AT_FDCWD, Path(name), unix.AT_SYMLINK_FOLLOW)
		if err == nil {
			return c, nil
		}
		c.release()
		if err == unix.EEXIST {
			return claimAbandoned(name)
		}
	}
	fd, err := unix.Open(Path(name), unix.O_RDONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0)
	if err != nil {
		return noClaim, err
	}
	unix.Close(fd)
	return noClaim, nil
}

// claimAbandoned takes up the file of a name whose add or delete was killed, and of
// those who want it gives it to one. For any other the error is EEXIST.
func claimAbandoned(name string) (claim, error) {
	fd, err := unix.Open(Path(name), unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return noClaim, unix.EEXIST
	}
	c := claim(fd)
	// The look comes after the lock: who had it may have finished meanwhile.
	if c.lock() && c.isUnfinished(name) {
		return c, nil
	}
	c.release()
	return noClaim, unix.EEXIST
}

// claimOld marks the file of a name that is to be unmade. It lies below the
// namespace; a copy of the directory's mount alone shows it.
func claimOld(name string) claim {
	dir, err := unix.OpenTree(unix.AT_FDCWD, Dir, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC)
	if err != nil {
		return noClaim
	}
	defer unix.Close(dir)
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return noClaim
	}
	c := claim(fd)
	var st unix.Stat_t
	if !c.lock() || unix.Fstat(fd, &st) != nil || st.Mode&^unfinished != unix.S_IFREG || st.Size != 0 || unix.Fchmod(fd, unfinished) != nil {
		c.release()
		return noClaim
	}
	return c
}

func (c claim) lock() bool { return unix.Flock(int(c), unix.LOCK_EX|unix.LOCK_NB) == nil }

// isUnfinished tells whether the file has the mark, and the name, and no namespace
// on it.
func (c claim) isUnfinished(name string) bool {
	var st unix.Stat_t
	return unix.Fstat(int(c), &st) == nil && st.Mode == unix.S_IFREG|unfinished && st.Size == 0 && c.has(name)
}

// has tells whether the file can be seen by its name.
func (c claim) has(name string) bool {
	var file, named unix.Stat_t
	return unix.Fstat(int(c), &file) == nil && unix.Lstat(Path(name), &named) == nil && named.Dev == file.Dev && named.Ino == file.Ino
}

// mount puts a namespace on the file. Should the name have been deleted meanwhile, and
// made anew by somebody else, then not on theirs.
func (c claim) mount(from, name string) error {
	if c == noClaim {
		return unix.Mount(from, Path(name), "none", unix.MS_BIND, "")
	}
	file, err := unix.Open(Path(name), unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(file)
	if !c.isAt(file) {
		return unix.ENOENT
	}
	return unix.Mount(from, "/proc/thread-self/fd/"+strconv.Itoa(file), "none", unix.MS_BIND, "")
}

func (c claim) isAt(file int) bool {
	var ours, theirs unix.Stat_t
	return unix.Fstat(int(c), &ours) == nil && unix.Fstat(file, &theirs) == nil && ours.Dev == theirs.Dev && ours.Ino == theirs.Ino
}

// unmark is for a name that is made.
func (c claim) unmark() {
	if c != noClaim {
		unix.Fchmod(int(c), 0)
	}
}

// release lets others have the name's file, marked or not.
func (c claim) release() {
	if c != noClaim {
		unix.Close(int(c))
	}
}
