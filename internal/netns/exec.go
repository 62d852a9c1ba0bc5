package netns

import (
	"errors"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/files"
	"nstools/internal/iproute"
	"nstools/internal/plan"
	"nstools/internal/proc"
)

// These are the slots of the plan.
const (
	slotContext plan.Slot = 2 // result of fsopen(2)
	slotSys     plan.Slot = 3 // result of fsmount(2)
)

// Enter compiles how a command enters a named namespace: with its /sys, and with its files
// over those of /etc, in a mount namespace for the command. The caller adds the command. The
// error is a *iproute.Failure.
func Enter(name string) (*plan.Plan, error) {
	if err := Check(name); err != nil {
		return nil, err
	}
	fd, err := OpenToEnter(name)
	if err != nil {
		return nil, err
	}
	slave := plan.Mount("", "/", "none", unix.MS_SLAVE|unix.MS_REC, makeSlaveFailed)
	slave.Status = iproute.StatusUsage
	enter := plan.Setns(plan.Flags(uintptr(fd), "netns"), unix.CLONE_NEWNET, enterFailed(name))
	enter.Status = iproute.StatusUsage
	p := new(plan.Plan)
	p.Add("exec "+name,
		plan.Opened("AT_FDCWD", Path(name), "O_RDONLY", "netns"),
		enter,
		plan.Call{Name: "unshare", Args: []plan.Arg{plan.Flags(unix.CLONE_NEWNS, "CLONE_NEWNS")},
			Fail: "unshare failed", Status: iproute.StatusUsage},
		slave,
	)
	p.Add("/sys", sysfs(name)...)
	p.Add(etcDir(name), etcFiles(name)...)
	return p, nil
}

// sysfs shows the devices of the namespace in /sys. The new file system is complete before the
// old one goes. If it is refused, as in most containers, /sys stays and a warning says so.
func sysfs(name string) []plan.Op {
	flags := plan.Int(0)
	if attributes := sysAttributes(); attributes != 0 {
		flags = plan.Flags(uintptr(attributes), "MOUNT_ATTR_RDONLY")
	}
	context := plan.FromSlot(slotContext, "context")
	kept, moves := cloneSysMounts()
	moves = append(moves, plan.Mount("", "/sys", "none", unix.MS_SLAVE|unix.MS_REC, ""))
	calls := []plan.Call{
		{Name: "fsopen", Args: []plan.Arg{plan.Path("sysfs"), plan.Flags(1, "FSOPEN_CLOEXEC")}, Result: slotContext, Fail: sysfsFailed, Warn: true},
		{Name: "fsconfig", Args: []plan.Arg{context, plan.Flags(1, "FSCONFIG_SET_STRING"), plan.Path("source"), plan.Path(name), plan.Int(0)}},
		{Name: "fsconfig", Args: []plan.Arg{context, plan.Flags(6, "FSCONFIG_CMD_CREATE"), plan.Null(), plan.Null(), plan.Int(0)}, Fail: sysfsFailed, Warn: true},
		{Name: "fsmount", Args: []plan.Arg{context, plan.Flags(1, "FSMOUNT_CLOEXEC"), flags}, Result: slotSys, Fail: sysfsFailed, Warn: true},
		plan.Detach("/sys", ""),
		plan.MoveMount(plan.FromSlot(slotSys, "sys"), "/sys", sysfsFailed),
	}
	calls[len(calls)-1].Warn = true
	return append(kept, plan.Chain(append(calls, moves...))...)
}

// sysAttributes returns the attributes for the new /sys: read-only if /sys is.
func sysAttributes() int {
	var fs unix.Statfs_t
	if unix.Statfs("/sys", &fs) == nil && fs.Flags&unix.ST_RDONLY != 0 {
		return unix.MOUNT_ATTR_RDONLY
	}
	return 0
}

// cloneSysMounts clones the mounts below /sys (cgroup, bpf, debugfs, securityfs …), which a
// new sysfs would hide. It returns the calls that put them back. Mounts that cannot be cloned
// are left out.
func cloneSysMounts() (made []plan.Op, moves []plan.Call) {
	for _, path := range mountsBelow("/sys/") {
		fd, err := cloneTree(path)
		if err != nil {
			continue
		}
		made = append(made, plan.Done{Call: "open_tree(AT_FDCWD, " + plan.Path(path).String() + ", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_RECURSIVE) = tree"})
		moves = append(moves, plan.MoveMount(plan.Flags(uintptr(fd), "tree"), path, ""))
	}
	return made, moves
}

func cloneTree(path string) (int, error) {
	return unix.OpenTree(unix.AT_FDCWD, path, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE|unix.AT_NO_AUTOMOUNT)
}

// mountsBelow returns the mount points that begin with a prefix, without those below another.
func mountsBelow(prefix string) []string {
	text, err := files.Read("/proc/self/mountinfo")
	if err != nil {
		return nil
	}
	var points []string
	for _, m := range proc.ParseMounts(string(text)) {
		if strings.HasPrefix(m.Point, prefix) && !strings.ContainsAny(m.Point, " \t\n\\") {
			points = append(points, m.Point)
		}
	}
	return topmost(points)
}

// topmost removes the mount points below others, which come along with them.
func topmost(points []string) []string {
	slices.Sort(points)
	var kept []string
	for _, p := range points {
		if !slices.ContainsFunc(kept, func(above string) bool { return p == above || strings.HasPrefix(p, above+"/") }) {
			kept = append(kept, p)
		}
	}
	return kept
}

func etcDir(name string) string { return "/etc/netns/" + name }

// etcFiles mounts the files of /etc/netns/NAME over those of /etc. Like ip, it warns of a file
// that is refused, and goes on.
func etcFiles(name string) []plan.Op {
	dir, err := files.OpenDir(etcDir(name))
	if err != nil {
		return nil
	}
	defer dir.Close()
	files, err := dir.Readdirnames(-1)
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return nil
	}
	var ops []plan.Op
	for _, f := range files {
		from, to := etcDir(name)+"/"+f, "/etc/"+f
		c := plan.Mount(from, to, "none", unix.MS_BIND, "Bind "+from+" -> "+to+" failed")
		c.Warn = true
		ops = append(ops, c)
	}
	return ops
}
