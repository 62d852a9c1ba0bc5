package nsenter

import (
	"golang.org/x/sys/unix"

	"nstools/internal/hint"
	"nstools/internal/ns"
	"nstools/internal/plan"
	"nstools/internal/terminal"
	"nstools/internal/tool"
)

// The slots of gonsenter's plans.
const (
	_ plan.Slot = plan.FD + iota
	slotGroups
	slotDir
	slotChild
	slotOwn  // the private mount namespace
	slotRoot // its root
	slotCwd
	slotTree // copy of the target's mounts
	slotMask
	slotSelf
)

// compiler holds what the stages of one compilation share.
type compiler struct {
	*opened
	callers []string // environment
	plan    plan.Plan
	user    bool // a user namespace is entered
}

// compile turns options, and what was opened for them, into a plan. It is pure.
//
// Steps and messages have the order of nsenter(1).
func compile(o *opened, env []string) *plan.Plan {
	c := &compiler{opened: o, callers: env, user: o.namespaces[ns.User].wanted}
	c.plan.Steps = o.described
	c.reportLost()
	c.followContext()
	c.followProfile()
	c.followOOM()
	// From here on the process shares namespaces with foreign processes. While it is not
	// dumpable they cannot trace it, nor open its files in /proc, which lead to the host's
	// descriptors and executable. execve(2) ends that.
	c.plan.Add("", plan.Dumpable(0))
	c.enter()
	if !c.hasPrivateMounts() {
		c.changeRoot()
		c.changeDir()
	}
	c.joinCgroup()
	if c.Pty != nil {
		c.forkOnPty()
	} else {
		c.fork()
		c.mountPrivate()
		c.setCredentials()
	}
	c.exec()
	return &c.plan
}

func (c *compiler) followContext() {
	if c.context != "" {
		const file = "/proc/self/attr/exec"
		cannot := "failed to set exec context to '" + c.context + "'"
		why := "--follow-context"
		if !c.Context {
			why = asContainer
		}
		c.plan.Add(why, plan.WriteFile(file, c.context, cannot, cannot, false)...)
	}
}

func (c *compiler) enter() {
	if c.user && !c.Preserve {
		// By the rights that entering gives up; where that fails, by those inside.
		c.plan.Add(c.namespaces[ns.User].why, plan.TryDropGroups(slotGroups))
	}
	x := plan.Enter{Pidfd: -1, OuterUsers: c.parents}
	why, refused := "", plan.WhyPlain
	if c.user {
		refused = plan.WhyWithUser
	}
	if c.process != nil {
		x.Pidfd, x.PID = c.process.Pidfd, c.process.PID
	}
	for i, s := range c.namespaces {
		if s.wanted {
			x.Namespaces = append(x.Namespaces, plan.Namespace{Flag: ns.Kinds[i].Flag, FD: s.fd, Name: "ns/" + ns.Kinds[i].File, ByPidfd: s.ofTarget, AlreadyIn: s.current, Why: refused, HintOutside: hint.OutsideUser(ns.Kinds[i].File), HintUnreachable: hint.Unreachable(ns.Kinds[i].File)})
			why = tool.AddOption(why, s.why)
		}
	}
	if len(x.Namespaces) > 0 {
		c.plan.Add(why, x)
	} else if x.Pidfd >= 0 {
		c.plan.Add("", plan.CloseFD(descriptor(x.Pidfd, "pidfd")))
	}
}

// descriptor returns an argument for a descriptor that was opened before the plan.
func descriptor(fd int, name string) plan.Arg { return plan.Flags(uintptr(fd), name) }

// changeRoot makes a directory that was opened before the root. The working directory of
// the namespaces stays, unless an option asks for another.
func (c *compiler) changeRoot() {
	if c.Root == (dir{}) {
		return
	}
	if c.Dir == (dir{}) && c.DirInside == nil {
		c.plan.Add("--root", c.openDir("."))
	}
	root := descriptor(c.root, "root")
	c.plan.Add("--root",
		plan.Fchdir(root, "change directory by root file descriptor failed"),
		plan.Chroot(".", "chroot failed"),
		plan.Chdir("/", "cannot change directory to /"),
		plan.CloseFD(root))
}

func (c *compiler) openDir(path string) plan.Call {
	return plan.Open(path, unix.O_PATH, "O_PATH", slotDir, "cannot open current working directory")
}

func (c *compiler) changeDir() {
	option, to := "--root", plan.FromSlot(slotDir, "fd")
	switch {
	case c.hasPrivateMounts() && c.Dir.path != nil:
		c.plan.Add("--wd", plan.Chdir(*c.Dir.path, "cannot change to '"+*c.Dir.path+"'"))
		return
	case c.Dir != (dir{}):
		option, to = "--wd", descriptor(c.dir, "wd")
	case c.DirInside != nil:
		option = "--wdns"
		c.plan.Add(option, c.openDir(*c.DirInside))
	case c.Root == (dir{}):
		return
	}
	c.plan.Add(option, plan.Fchdir(to, "change directory by working directory file descriptor failed"), plan.CloseFD(to))
}

func (c *compiler) joinCgroup() {
	if c.JoinCgroup {
		procs := descriptor(c.procs, "procs")
		c.plan.Add("--join-cgroup", plan.Write(procs, "0", "write cgroup.procs failed"), plan.CloseFD(procs))
	}
}

// fork has a child go on where a PID namespace was entered, since only children are in it.
func (c *compiler) fork() {
	if c.NoFork || c.cloneFlags()&unix.CLONE_NEWPID == 0 {
		return
	}
	why := c.namespaces[ns.PID].why
	parent := append(c.closeInParent(), plan.Step{For: why, Op: plan.Supervise{PID: slotChild, Stops: true}})
	c.plan.Add(why,
		plan.DefaultSignal(unix.SIGCHLD), // a caller that ignores it would leave nothing to wait for
		plan.Fork{PID: slotChild, Parent: parent})
}

// forkOnPty is fork with the command on a pty.
func (c *compiler) forkOnPty() {
	root := ""
	if c.otherRoot() {
		root = c.toolsDir()
	}
	fork := c.Pty.Fork(root, plan.Fork{PID: slotChild, Parent: c.closeInParent()}, terminal.Slots{Mask: slotMask, Self: slotSelf})
	if !c.hasPrivateMounts() && c.attributes == nil {
		// The pty belongs to the user who opens it. The command inherits its session's
		// terminal only from before the fork.
		c.setCredentials()
		c.plan.Add("--pty", fork...)
		return
	}
	// Mounts take privileges that the command's user may lack, and cgroups are for the
	// command alone.
	c.plan.Add("--pty", fork...)
	c.mountPrivate()
	if uid, ok := c.commandUID(); ok {
		c.plan.Add("--pty", c.Pty.Chown(uid))
	}
	c.setCredentials()
}
