package nsenter

import (
	"os"
	"path"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/plan"
	"nstools/internal/tool"
)

// With --mount-proc and --tools the command keeps the files of the caller, in a
// copy of the caller's mounts that nobody else sees. What is mounted there shows
// neither outside nor in the target, and goes with the command.

// targetRoot is where --tools shows the root directory of the target. It is there
// on every system, and nothing that belongs to the system is below it.
const targetRoot = "/mnt"

func (o *Options) setTools(dir string, given bool) error {
	switch {
	case given && dir == "":
		return tool.Failure("unsupported --tools argument ''")
	case path.Clean(dir) == "/":
		dir = ""
	}
	o.Tools = &dir
	return nil
}

// private tells whether the command gets mounts of its own.
func (o *Options) private() bool { return o.MountProc || o.Tools != nil }

// otherRoot tells whether the root of the command is a directory of --tools.
func (o *Options) otherRoot() bool { return o.Tools != nil && *o.Tools != "" }

// checkPrivate refuses what makes no sense beside mounts of the command's own: other
// mounts, a root directory that is not in them, a command that is not in the PID
// namespace whose /proc it sees.
func (w *world) checkPrivate() error {
	option := "--mount-proc"
	if w.Tools != nil {
		option = "--tools"
	}
	for _, other := range [...]struct {
		given bool
		name  string
	}{
		{w.Kinds[mountKind].given, "--mount"},
		{w.All && w.Tools == nil, "--all"},
		{w.Root != (dir{}), "--root"},
		{w.Dir.target && w.Tools != nil || w.Dir.path != nil && w.otherRoot(), "--wd"},
		{w.NoFork, "--no-fork"},
	} {
		if w.private() && other.given {
			return tool.Failure("mutually exclusive arguments: " + option + " " + other.name)
		}
	}
	if w.MountProc && w.Tools == nil && !w.Kinds[pidKind].given {
		return tool.Failure("no PID namespace specified for --mount-proc")
	}
	return nil
}

// findDirs makes sure of the directories of ours that the command is to have.
func (w *world) findDirs() error {
	if !w.private() {
		return nil
	}
	w.cwd, _ = os.Getwd() // "" where it has no path
	if w.Dir.path != nil && !w.explain {
		unix.Close(w.dir) // the copy of it will be found by its name
	}
	if !w.otherRoot() {
		return nil
	}
	for _, dir := range [...]string{*w.Tools, *w.Tools + "/proc"} {
		if w.explain {
			break
		}
		fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			return tool.Failure("cannot open " + dir + ": " + diag.Reason(err))
		}
		unix.Close(fd)
	}
	if !path.IsAbs(*w.Tools) {
		absolute := w.cwd + "/" + *w.Tools
		w.Tools = &absolute
	}
	return nil
}

// openTools opens what --tools shows of the target.
func (w *world) openTools() (err error) {
	if w.Tools == nil {
		return nil
	}
	if w.root, err = w.openTargets("--tools", "root", "root", unix.O_PATH); err != nil {
		return err
	}
	if w.sharesMounts() {
		return nil
	}
	w.foreign = true
	w.mounts, err = w.openTargets("--tools", "ns/mnt", "mnt", unix.O_RDONLY)
	return err
}

// sharesMounts tells whether the target is in our own mount namespace. An
// explanation takes one that it may not see for another.
func (w *world) sharesMounts() bool {
	const file = "ns/mnt"
	var own, theirs unix.Stat_t
	err := unix.Stat("/proc/self/"+file, &own)
	if err != nil {
		return false
	}
	if w.explain {
		err = unix.Stat("/proc/"+strconv.Itoa(w.Target.pid)+"/"+file, &theirs)
	} else {
		theirs, err = w.process.Stat(file)
	}
	return err == nil && own.Ino == theirs.Ino
}

// leave is what the process that waits for the command gives up.
func (c *compiler) leave() (steps []plan.Step) {
	if c.Tools == nil {
		return nil
	}
	steps = append(steps, plan.Step{For: "--tools", Op: plan.CloseFD(descriptor(c.root, "root"))})
	if c.foreign {
		steps = append(steps, plan.Step{For: "--tools", Op: plan.CloseFD(descriptor(c.mounts, "mnt"))})
	}
	return steps
}

// furnish makes the mounts of the command.
func (c *compiler) furnish() {
	if !c.private() {
		return
	}
	if c.Tools == nil {
		c.copyMounts("--mount-proc")
		c.plan.Add("--mount-proc", plan.Proc("/proc"))
		c.changeDir()
		return
	}
	if c.foreign {
		c.copyMounts("--tools")
		c.copyForeign()
	} else {
		c.copyShared()
	}
	c.furnishRoot()
	c.changeDir()
}

// copyMounts makes the mount namespace. Mounts and unmounts of the host still come
// to be seen in it, but none of its own outside.
func (c *compiler) copyMounts(option string) {
	c.plan.Add(option, plan.Unshare(unix.CLONE_NEWNS), enslave("/"))
}

func enslave(dir string) plan.Call {
	return plan.Mount("none", dir, "", unix.MS_REC|unix.MS_SLAVE, "cannot change "+dir+" filesystem propagation")
}

const cannotCopy = "cannot copy the mounts of the target"

// copyForeign copies the target's mounts from its mount namespace, which is the only
// place where Linux lets them be copied. No name is looked up in there.
func (c *compiler) copyForeign() {
	open := func(path string, flags int, text string, to plan.Slot, as string) plan.Call {
		call := plan.Open(path, flags, text, to, "cannot open "+path)
		call.As = as
		return call
	}
	enter := func(mounts plan.Arg) plan.Call {
		return plan.Call{Name: "setns", Args: []plan.Arg{mounts, plan.Flags(unix.CLONE_NEWNS, "CLONE_NEWNS")}, Fail: cannotCopy}
	}
	const lost = "cannot return to the caller's directories"
	c.plan.Add("--tools",
		open("/proc/self/ns/mnt", unix.O_RDONLY, "O_RDONLY", slotOwn, "own"),
		open("/", unix.O_PATH, "O_PATH", slotRoot, "hostroot"),
		open(".", unix.O_PATH, "O_PATH", slotCwd, "cwd"),
		enter(descriptor(c.mounts, "mnt")),
		plan.OpenTree(descriptor(c.root, "root"), slotTree, "tree", cannotCopy),
		enter(plan.In(slotOwn, "own")),
		plan.Fchdir(plan.In(slotRoot, "hostroot"), lost), plan.Chroot(".", lost), plan.Fchdir(plan.In(slotCwd, "cwd"), lost))
}

// copyShared copies mounts that the target shares with us. They have to be those of
// the new mount namespace, to which only the working directory and the root lead.
func (c *compiler) copyShared() {
	c.plan.Add("--tools", plan.Fchdir(descriptor(c.root, "root"), cannotCopy))
	c.copyMounts("--tools")
	back := c.cwd
	if back == "" {
		back = "/"
	}
	c.plan.Add("--tools",
		plan.OpenTree(plan.AtCwd(), slotTree, "tree", cannotCopy),
		plan.Chdir(back, "cannot change to '"+back+"'"))
}

// furnishRoot mounts /proc and the target's root, in the host's root or in a
// directory that becomes the root.
func (c *compiler) furnishRoot() {
	dir := *c.Tools
	own := c.spaces[pidKind].ours // then there is a /proc that shows it
	show := plan.MoveMount(plan.In(slotTree, "tree"), targetRoot, "cannot show the target's root on "+targetRoot)
	show.Skip = 1
	if dir == "" {
		if !own {
			c.plan.Add("--tools", plan.Proc("/proc"))
		}
		show.Warn = true
		c.plan.Add("--tools", show, enslave(targetRoot))
		return
	}
	// pivot_root(2) wants a mount point. In a user namespace a new proc is allowed only
	// while the old one is there.
	c.plan.Add("--tools", plan.Mount(dir, dir, "", unix.MS_BIND|unix.MS_REC, "cannot bind '"+dir+"' on itself"))
	if own {
		c.plan.Add("--tools", plan.Mount("/proc", dir+"/proc", "", unix.MS_BIND|unix.MS_REC, "mount /proc failed"))
	}
	c.plan.Add("--tools",
		plan.Chdir(dir, "cannot change to '"+dir+"'"),
		plan.PivotRoot(".", ".", "cannot pivot root to '"+dir+"'"))
	if !own {
		c.plan.Add("--tools", plan.Proc("/proc"))
	}
	show.Accept = unix.ENOENT // a directory without one
	c.plan.Add("--tools", show, enslave(targetRoot),
		plan.Detach(".", "cannot detach the old root"),
		plan.Chdir("/", "cannot change directory to /"))
}
