package netns

import (
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
)

// Identify gives every name of the namespace that a process is in, "self" being us.
// The error is a *iproute.Failure.
func Identify(pid string) ([]string, error) {
	var want unix.Stat_t
	if err := unix.Stat("/proc/"+pid+"/ns/net", &want); err != nil {
		return nil, iproute.Fail("Cannot open network namespace: " + diag.Reason(err))
	}
	names, err := Names()
	if err != nil {
		return nil, err
	}
	var found []string
	for _, name := range names {
		var st unix.Stat_t
		if unix.Stat(Path(name), &st) == nil && st.Dev == want.Dev && st.Ino == want.Ino {
			found = append(found, name)
		}
	}
	return found, nil
}

// Pids are the processes whose network namespace has the name. Those that we may
// not look at are not among them, nor those that end meanwhile. The error is a
// *iproute.Failure.
func Pids(name string) ([]int, error) {
	if err := Check(name); err != nil {
		return nil, err
	}
	var want unix.Stat_t
	if err := unix.Stat(Path(name), &want); err != nil {
		return nil, iproute.Fail("Cannot open network namespace: " + diag.Reason(err))
	}
	proc, err := os.Open("/proc")
	if err != nil {
		return nil, iproute.Fail("Failed to open directory /proc: " + diag.Reason(err))
	}
	defer proc.Close()
	entries, err := proc.Readdirnames(-1)
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return nil, iproute.Fail("Failed to read directory /proc: " + diag.Reason(err))
	}
	var pids []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry)
		if err != nil {
			continue
		}
		var st unix.Stat_t
		if unix.Stat("/proc/"+entry+"/ns/net", &st) == nil && st.Dev == want.Dev && st.Ino == want.Ino {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
