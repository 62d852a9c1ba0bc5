package nsenter

import (
	"golang.org/x/sys/unix"

	"nstools/internal/ns"
	"nstools/internal/plan"
)

// closeInParent returns the closing of what only the child needs.
func (c *compiler) closeInParent() (steps []plan.Step) {
	if c.Tools == nil {
		return nil
	}
	steps = append(steps, plan.Step{For: "--tools", Op: plan.CloseFD(descriptor(c.root, "root"))})
	if c.otherMounts {
		steps = append(steps, plan.Step{For: "--tools", Op: plan.CloseFD(descriptor(c.mounts, "mnt"))})
	}
	return steps
}

// mountPrivate makes the mounts that the command alone sees.
func (c *compiler) mountPrivate() {
	if !c.hasPrivateMounts() {
		return
	}
	if c.Tools == nil {
		c.copyMounts("--mount-proc")
		c.plan.Add("--mount-proc", plan.Proc("/proc"))
		c.changeDir()
		return
	}
	if c.otherMounts {
		c.copyMounts("--tools")
		c.copyFromTarget()
	} else {
		c.copyShared()
	}
	c.mountTools()
	c.changeDir()
}

// copyMounts makes the mount namespace. Mounts and unmounts of the host appear in it, and
// its own stay inside.
func (c *compiler) copyMounts(option string) {
	c.plan.Add(option, plan.Unshare(unix.CLONE_NEWNS), makeSlave("/"))
}

func makeSlave(dir string) plan.Call {
	return plan.Mount("none", dir, "", unix.MS_REC|unix.MS_SLAVE, "cannot change "+dir+" filesystem propagation")
}

const cannotCopy = "cannot copy the mounts of the target"

// copyFromTarget copies the target's mounts from inside its mount namespace, since Linux
// copies mounts only there. No name is looked up there.
func (c *compiler) copyFromTarget() {
	open := func(path string, flags int, text string, to plan.Slot, as string) plan.Call {
		call := plan.Open(path, flags, text, to, "cannot open "+path)
		call.ResultName = as
		return call
	}
	enter := plan.Setns(descriptor(c.mounts, "mnt"), unix.CLONE_NEWNS, cannotCopy)
	enter.Why = plan.WhyCopyMounts
	const lost = "cannot return to the caller's directories"
	c.plan.Add("--tools",
		open("/proc/self/ns/mnt", unix.O_RDONLY, "O_RDONLY", slotOwn, "own"),
		open("/", unix.O_PATH, "O_PATH", slotRoot, "hostroot"),
		open(".", unix.O_PATH, "O_PATH", slotCwd, "cwd"),
		enter,
		plan.OpenTree(descriptor(c.root, "root"), slotTree, "tree", cannotCopy),
		plan.Setns(plan.FromSlot(slotOwn, "own"), unix.CLONE_NEWNS, cannotCopy),
		plan.Fchdir(plan.FromSlot(slotRoot, "hostroot"), lost), plan.Chroot(".", lost), plan.Fchdir(plan.FromSlot(slotCwd, "cwd"), lost))
}

// copyShared copies mounts that the target shares with the caller. The copy has to be made
// of the new mount namespace, to which only the working directory and the root lead.
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

// mountTools mounts /proc and the target's root where the root stays the host's.
func (c *compiler) mountTools() {
	if c.otherRoot() {
		c.pivotToTools(c.toolsDir())
		return
	}
	if !c.namespaces[ns.PID].current { // else a /proc that shows it is there
		c.plan.Add("--tools", plan.Proc("/proc"))
	}
	show := attachTree()
	show.Warn = true
	c.plan.Add("--tools", plan.Optional{Call: show, Rest: []plan.Op{makeSlave(targetRoot)}})
}

// attachTree attaches the copy of the target's mounts.
func attachTree() plan.Call {
	return plan.MoveMount(plan.FromSlot(slotTree, "tree"), targetRoot, "cannot show the target's root on "+targetRoot)
}

// pivotToTools makes a directory the root, with the same mounts. pivot_root(2) wants a
// mount point, and a user namespace gets a new proc only while the old one is there.
func (c *compiler) pivotToTools(dir string) {
	current := c.namespaces[ns.PID].current
	c.plan.Add("--tools", plan.Mount(dir, dir, "", unix.MS_BIND|unix.MS_REC, "cannot bind '"+dir+"' on itself"))
	if current {
		c.plan.Add("--tools", plan.Mount("/proc", dir+"/proc", "", unix.MS_BIND|unix.MS_REC, "mount /proc failed"))
	}
	c.plan.Add("--tools",
		plan.Chdir(dir, "cannot change to '"+dir+"'"),
		plan.PivotRoot(".", ".", "cannot pivot root to '"+dir+"'"))
	if !current {
		c.plan.Add("--tools", plan.Proc("/proc"))
	}
	show := attachTree()
	show.Accept = unix.ENOENT // the directory may lack it
	c.plan.Add("--tools", plan.Optional{Call: show, Rest: []plan.Op{makeSlave(targetRoot)}},
		plan.Detach(".", "cannot detach the old root"),
		plan.Chdir("/", "cannot change directory to /"))
}
