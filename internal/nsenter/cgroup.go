package nsenter

import (
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/proc"
	"nstools/internal/tool"
)

const cgroupRoot = "/sys/fs/cgroup"

// cgroupMax is more than /proc/PID/cgroup has, in bytes.
const cgroupMax = 1 << 20

// openCgroup opens cgroup.procs of the target's cgroup, in the caller's view of the
// hierarchy.
func (o *opened) openCgroup() error {
	if !o.JoinCgroup {
		return nil
	}
	if o.pid() == 0 {
		return o.noTarget("neither filename nor target pid supplied for cgroup")
	}
	const option = "--join-cgroup"
	if err := o.checkUnified(); err != nil {
		return err
	}
	text, err := o.readFile(option, "cgroup", "", cgroupMax)
	if err != nil {
		return o.targetError("failed to get cgroup path", err)
	}
	path, ok := unifiedPath(string(text))
	if !ok && !o.explain {
		return tool.Failure("failed to get cgroup path")
	}
	if o.procs, err = o.openProcs(option, cgroupRoot, path, ""); err != nil {
		return tool.Failure("failed to open cgroup.procs: " + diag.Reason(err))
	}
	return nil
}

// checkUnified refuses a host whose cgroups are of version 1.
func (o *opened) checkUnified() error {
	var fs unix.Statfs_t
	if o.explain {
		return nil
	}
	if err := unix.Statfs(cgroupRoot, &fs); err != nil {
		return tool.Failure("statfs " + cgroupRoot + " failed: " + diag.Reason(err))
	}
	if fs.Type != unix.CGROUP2_SUPER_MAGIC {
		return &diag.Error{Text: "--join-cgroup is only supported in cgroup v2", Hint: notUnified()}
	}
	return nil
}

// notUnified returns the hint for a host whose /sys/fs/cgroup is not cgroup2.
func notUnified() string {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	for _, m := range proc.ParseMounts(string(text)) {
		var fs unix.Statfs_t // another file system may be mounted over it
		if m.FSType == "cgroup" && strings.HasPrefix(m.Point, cgroupRoot) && unix.Statfs(m.Point, &fs) == nil && fs.Type == unix.CGROUP_SUPER_MAGIC {
			return "version 1 is mounted on " + cgroupRoot + "; to join the target's cgroups of any version, and to run as it does: " + asContainer
		}
	}
	return "cgroup2 is not mounted on " + cgroupRoot + "; as root: mount -t cgroup2 none " + cgroupRoot
}

// unifiedPath returns the path in the hierarchy of version 2, without the leading slash.
func unifiedPath(text string) (string, bool) {
	for _, c := range proc.ParseCgroups(text) {
		if c.Controllers == "" {
			return strings.TrimLeft(c.Path, "/"), true
		}
	}
	return "", false
}

// isFrozen reports whether a cgroup below a mount of its hierarchy is frozen: by
// cgroup.events in version 2, and by the freezer's state in version 1.
func isFrozen(c proc.Cgroup, root, path string) bool {
	file, word := "/cgroup.events", "frozen 1"
	switch {
	case c.Controllers == "":
	case slices.Contains(strings.Split(c.Controllers, ","), "freezer"):
		file, word = "/freezer.state", "FR" // FROZEN or FREEZING, and not THAWED
	default:
		return false
	}
	fd, err := openBeneath(root, path+file, unix.O_RDONLY)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	var text [256]byte
	n, err := unix.Read(fd, text[:])
	return err == nil && strings.Contains(string(text[:n]), word)
}

// openBeneath opens a file that is certainly below the root: the path of a cgroup outside
// the caller's cgroup namespace begins with "..".
func openBeneath(root, path string, flags uint64) (int, error) {
	dir, err := unix.Open(root, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(dir)
	return unix.Openat2(dir, path, &unix.OpenHow{
		Flags:   flags | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_XDEV,
	})
}
