package netns

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/files"
	"nstools/internal/iproute"
	"nstools/internal/kernel"
	"nstools/internal/proc"
)

// An inode identifies a namespace: its files have the same device and inode.
type inode struct{ dev, ino uint64 }

func inodeOf(path string) (inode, error) {
	var st unix.Stat_t
	err := unix.Stat(path, &st)
	return inode{uint64(st.Dev), st.Ino}, err
}

// Identify returns every name of the namespace whose file is at a path. The error is a
// *iproute.Failure.
func Identify(path string) ([]string, error) {
	want, err := inodeOf(path)
	if err != nil {
		return nil, iproute.Fail("Cannot open network namespace: " + diag.Reason(err))
	}
	names, err := Names()
	if err != nil {
		return nil, err
	}
	var found []string
	for _, name := range names {
		if got, err := inodeOf(Path(name)); err == nil && got == want {
			found = append(found, name)
		}
	}
	return found, nil
}

// Pids returns the processes in a named network namespace. It skips processes that it may not
// inspect, that end meanwhile, and its own planner, so that this program counts once, as ip
// does. The error is a *iproute.Failure.
func Pids(name string) ([]int, error) {
	if err := Check(name); err != nil {
		return nil, err
	}
	want, err := inodeOf(Path(name))
	if err != nil {
		return nil, iproute.Fail("Cannot open network namespace: " + diag.Reason(err))
	}
	dir, err := files.OpenDir("/proc")
	if err != nil {
		return nil, iproute.Fail("Failed to open directory /proc: " + diag.Reason(err))
	}
	defer dir.Close()
	all, err := proc.Processes(dir)
	if err != nil {
		return nil, iproute.Fail("Failed to read directory /proc: " + diag.Reason(err))
	}
	var pids []int
	for _, pid := range all {
		if kernel.IsPlanner() && pid == os.Getpid() {
			continue
		}
		if got, err := inodeOf("/proc/" + strconv.Itoa(pid) + "/ns/net"); err == nil && got == want {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
