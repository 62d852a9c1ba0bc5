package netns

import (
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"nstools/internal/files"
	"nstools/internal/hint"
	"nstools/internal/iproute"
	"nstools/internal/proc"
)

// failure returns the failure of a system call, with its cause as a hint if that is found.
func failure(text, call string, err error, args ...string) *iproute.Failure {
	f := iproute.Fail(text)
	f.Hint = hint.RefusedName(call, err, args...)
	return f
}

// takenHint returns the hint for a name that exists, "" if it is a network namespace.
func takenHint(name string) string {
	var st unix.Stat_t
	if unix.Lstat(Path(name), &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return ""
	}
	n, err := files.OpenRegular(unix.AT_FDCWD, Path(name), false)
	if err != nil {
		return ""
	}
	fd := nameFile(n)
	defer fd.close()
	var fs unix.Statfs_t
	switch {
	case isNamespace(int(fd)) || unix.Fstat(int(fd), &st) != nil || unix.Fstatfs(int(fd), &fs) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG:
		return ""
	case fs.Type == unix.NSFS_MAGIC:
		return Path(name) + " is a namespace, but none of the network"
	case !fd.isNamed(name): // it has been replaced
		return ""
	case fd.isBeingAdded():
		return Path(name) + " is being made by another gonetns add at this moment"
	case fd.mayBePending():
		return ""
	}
	if pid := mountedElsewhere(name); pid != 0 {
		return Path(name) + " is a namespace in the mount namespace of process " + strconv.Itoa(pid) + ", and a plain file in this one; to delete it here would take it away there"
	}
	return Path(name) + " is no namespace but a plain file, left by an add that was killed, or that was done in a mount namespace which has gone; gonetns delete removes it"
}

// mountedElsewhere returns a process in another mount namespace in which something is mounted
// on the file, 0 for none. It gives up after a second, since a file system in there may not
// answer.
func mountedElsewhere(name string) int {
	found := make(chan int, 1)
	go func() { found <- findMount(name) }()
	select {
	case pid := <-found:
		return pid
	case <-time.After(time.Second):
		return 0
	}
}

// findMount looks into each mount namespace once.
func findMount(name string) int {
	const most = 1000 // mount namespaces
	dir, err := files.OpenDir("/proc")
	if err != nil {
		return 0
	}
	defer dir.Close()
	pids, _ := proc.Processes(dir) // what cannot be read is skipped
	own, _ := os.Readlink("/proc/self/ns/mnt")
	seen := map[string]bool{own: true}
	for _, pid := range pids {
		process := "/proc/" + strconv.Itoa(pid)
		space, err := os.Readlink(process + "/ns/mnt")
		if err != nil || seen[space] {
			continue
		}
		if seen[space] = true; len(seen) > most {
			return 0
		}
		if isMountedIn(process, name) {
			return pid
		}
	}
	return 0
}

// isMountedIn reports whether a process has the same directory of names, and in it something
// mounted on the name.
func isMountedIn(process, name string) bool {
	var here, there, mounted unix.Stat_t
	return unix.Stat(Dir, &here) == nil && unix.Stat(process+"/root"+Dir, &there) == nil &&
		here.Dev == there.Dev && here.Ino == there.Ino &&
		unix.Lstat(process+"/root"+Path(name), &mounted) == nil && mounted.Dev != here.Dev
}
