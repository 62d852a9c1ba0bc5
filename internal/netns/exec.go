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

// Slots of the plan.
const (
	slotContext plan.Slot = 2 // of fsopen(2)
	slotSys     plan.Slot = 3 // of fsmount(2)
)

// Enter compiles the way into a named namespace: its /sys, and its files over those
// of /etc, in a mount namespace of the command's own. The command itself is not in
// it. The error is a *iproute.Failure.
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

// sysfs shows the devices of the namespace in /sys. The new file system is complete
// before the old one goes, so that where it is refused (in a container as a rule)
// /sys stays as it was, with a word about it.
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

// sysAttributes are those of /sys: read-only as it is.
func sysAttributes() int {
	var fs unix.Statfs_t
	if unix.Statfs("/sys", &fs) == nil && fs.Flags&unix.ST_RDONLY != 0 {
		return unix.MOUNT_ATTR_RDONLY
	}
	return 0
}

// carryOver copies the mounts below /sys (cgroup, bpf, debugfs, securityfs …), which
// a new sysfs would hide, and returns the calls that put them back. What may not be
// copied is left out.
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

// below are the mount points that begin with a prefix, without those on one another.
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

// tops leaves out the mount points below others, which come along with them.
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

// etcFiles puts the files of /etc/netns/NAME over those of /etc. One that is refused
// is told and passed over, as ip does it.
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
