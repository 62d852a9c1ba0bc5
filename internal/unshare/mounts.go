package unshare

import (
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/plan"
)

// mounts changes propagation, root and working directory, and mounts proc and binfmt_misc.
// With --root they are mounted in the new root. With --pivot-root they are mounted before
// the old root is detached: in a user namespace the kernel allows a new proc only while a
// fully visible one is in the mount namespace.
// See: mount_too_revealing() in fs/namespace.c.
func (c *compiler) mounts() {
	if !c.propagatesEarly() {
		c.propagate()
	}
	if c.opensInterpEarly() && c.newRoot() {
		c.mountBinfmt("--load-interp", defaultBinfmt)
		c.register(defaultBinfmt)
	}
	switch {
	case c.PivotRoot != nil:
		c.pivot()
		return
	case c.Root != nil:
		c.plan.Add("--root", plan.Chroot(*c.Root, "cannot change root directory to '"+*c.Root+"'"))
	}
	c.chdir()
	c.mountProc()
	c.mountBinfmts()
}

func (c *compiler) propagate() {
	if c.Namespaces&unix.CLONE_NEWNS != 0 && !c.Propagation.none {
		c.plan.Add(c.propagationOption(), plan.Mount("none", "/", "", c.propagation(), "cannot change root filesystem propagation"))
	}
}

// propagatesEarly reports whether propagation changes before the mount namespace is bound
// to its file. On a shared mount the bind would appear in the new namespace too, which
// would keep itself alive; Linux refuses that with EINVAL. unshare(1) succeeds where its
// child, which changes the propagation, is faster than its helper. Without a child it
// always fails, and gounshare fails alike.
func (c *compiler) propagatesEarly() bool { return c.Fork && c.bindsMount() }

func (c *compiler) pivot() {
	dir := *c.PivotRoot
	// pivot_root(2) wants a mount point. With shared mounts the bind appears outside, too,
	// and would stay there after a failure.
	bind := plan.Mount(dir, dir, "", unix.MS_BIND|unix.MS_REC, "cannot bind '"+dir+"' on itself")
	enter := plan.Chdir(c.pathThroughMount(dir), "cannot change to '"+dir+"'")
	enter.Undo = []plan.Call{plan.Detach(dir, "")}
	pivot := plan.PivotRoot(".", ".", "cannot pivot root to '"+dir+"'")
	pivot.Undo = []plan.Call{plan.Detach(".", "")}
	c.plan.Add("--pivot-root", bind, enter, pivot)
	c.mountProc()
	c.mountBinfmts()
	// The old root is stacked on the new one, and "." is the top of the stack.
	c.plan.Add("--pivot-root", plan.Detach(".", "cannot detach the old root"))
	c.chdir()
}

func (c *compiler) newRoot() bool { return c.Root != nil || c.PivotRoot != nil }

// rootDir returns the directory that becomes the root, "" where the root stays.
func (c *compiler) rootDir() string {
	switch {
	case c.PivotRoot != nil:
		return *c.PivotRoot
	case c.Root != nil:
		return *c.Root
	}
	return ""
}

// pathThroughMount returns a path that leads into what was just mounted on a directory: "."
// would stay in the directory below the mount.
func (c *compiler) pathThroughMount(dir string) string {
	if strings.HasPrefix(dir, "/") || c.facts.Dir == "" {
		return dir
	}
	for _, name := range strings.Split(dir, "/") {
		if name != "" && name != "." {
			return dir // the kernel crosses into the mount where it steps to a name
		}
	}
	return c.facts.Dir
}

// chdir changes to --wd, or to / after a change of root.
func (c *compiler) chdir() {
	dir, why := "/", "--root"
	switch {
	case c.Dir != nil:
		dir, why = *c.Dir, "--wd"
	case c.PivotRoot != nil:
		why = "--pivot-root"
	case c.Root == nil:
		return
	}
	c.plan.Add(why, plan.Chdir(dir, "cannot chdir to '"+dir+"'"))
}

func (c *compiler) propagation() uintptr {
	if !c.Propagation.given {
		return unix.MS_REC | unix.MS_PRIVATE
	}
	return c.Propagation.flags
}

func (c *compiler) propagationOption() string {
	if c.Propagation.given {
		return "--propagation"
	}
	return c.optionsFor(unix.CLONE_NEWNS)
}

func (c *compiler) mountProc() {
	if c.MountProc == nil {
		return
	}
	dir, why := *c.MountProc, "--mount-proc"
	if !strings.Contains(c.optionsFor(unix.CLONE_NEWNS), why) {
		why = c.binfmtOption()
	}
	// Without this a proc on a shared mount would appear outside. A / that was made private
	// recursively, or left behind, needs it no more.
	if !c.newRoot() && c.propagation() != unix.MS_REC|unix.MS_PRIVATE {
		private := plan.Mount("none", dir, "", unix.MS_REC|unix.MS_PRIVATE, "cannot change "+dir+" filesystem propagation")
		// EINVAL: it is a plain directory. Below a shared mount the new proc then appears
		// outside, as with the original.
		private.Accept = unix.EINVAL
		c.plan.Add(why, private)
	}
	c.plan.Add(why, plan.Proc(dir))
}

func (c *compiler) mountBinfmts() {
	if c.MountBinfmt == nil {
		return
	}
	c.mountBinfmt(c.binfmtOption(), *c.MountBinfmt)
	if c.LoadInterp != nil && !(c.opensInterpEarly() && c.newRoot()) {
		c.register(*c.MountBinfmt)
	}
}

func (c *compiler) binfmtOption() string {
	if strings.Contains(c.optionsFor(unix.CLONE_NEWNS), "--mount-binfmt") {
		return "--mount-binfmt"
	}
	return "--load-interp"
}

func (c *compiler) mountBinfmt(why, dir string) {
	c.plan.Add(why, plan.Mount("binfmt_misc", dir, "binfmt_misc", plan.PseudoFlags, "mount "+dir+" failed"))
}

func (c *compiler) register(dir string) {
	file := dir + "/register"
	c.plan.Add("--load-interp", plan.WriteFile(file, *c.LoadInterp, "cannot open "+file, "write failed "+file, false)...)
}

// opensInterpEarly reports whether the kernel opens the interpreter at once: flag F in the
// last field of the line. The new root then need not have it.
// See: Documentation/admin-guide/binfmt-misc.rst.
func (c *compiler) opensInterpEarly() bool {
	if c.LoadInterp == nil {
		return false
	}
	i := strings.LastIndexByte(*c.LoadInterp, ':')
	return i >= 0 && strings.IndexByte((*c.LoadInterp)[i:], 'F') >= 0
}
