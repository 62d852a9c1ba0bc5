package nsenter

import (
	"golang.org/x/sys/unix"

	"nstools/internal/diag"
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
	slotMask
	slotSelf
)

// compiler holds what the stages of one compilation share.
type compiler struct {
	*world
	callers []string // environment
	plan    plan.Plan
	user    bool // a user namespace is entered
}

// compile turns options, and what they made us open, into a plan. It is pure.
//
// The order is that of nsenter(1), and so is every message.
func compile(w *world, env []string) *plan.Plan {
	c := &compiler{world: w, callers: env, user: w.spaces[userKind].wanted}
	c.plan.Steps = w.made
	c.followContext()
	// From here on we are next to processes that are not ours. Not dumpable, we
	// cannot be traced by them, nor can they open our files in /proc, the way to
	// descriptors and the executable of the host; execve(2) ends that.
	c.plan.Add("", plan.Dumpable(0))
	c.enter()
	c.changeRoot()
	c.changeDir()
	c.joinCgroup()
	if c.Pty != nil {
		// The pty is to belong to the command's user, and has to be there before the
		// fork: only so the command inherits its session's terminal.
		c.credentials()
		c.plan.Add("--pty", c.Pty.Fork("", plan.Fork{PID: slotChild}, terminal.Slots{Mask: slotMask, Self: slotSelf})...)
	} else {
		c.fork()
		c.credentials()
	}
	c.exec()
	return &c.plan
}

func (c *compiler) followContext() {
	if c.context != "" {
		const file = "/proc/self/attr/exec"
		cannot := "failed to set exec context to '" + c.context + "'"
		c.plan.Add("--follow-context", plan.WriteFile(file, c.context, cannot, cannot, false)...)
	}
}

func (c *compiler) enter() {
	if c.user && !c.Preserve {
		// With the rights that are given up by entering; else with those inside.
		c.plan.Add(c.spaces[userKind].why, plan.TryDropGroups(slotGroups))
	}
	x := plan.Enter{Pidfd: -1, Outer: c.parents}
	why := ""
	if c.process != nil {
		x.Pidfd = c.process.Pidfd
	}
	for i, s := range c.spaces {
		if s.wanted {
			x.Spaces = append(x.Spaces, plan.Space{Flag: ns.Kinds[i].Flag, FD: s.fd, Name: "ns/" + ns.Kinds[i].File, Behind: s.behind, Ours: s.ours, Outside: diag.OutsideUser(ns.Kinds[i].File)})
			why = tool.Join(why, s.why)
		}
	}
	if len(x.Spaces) > 0 {
		c.plan.Add(why, x)
	} else if x.Pidfd >= 0 {
		c.plan.Add("", plan.CloseFD(descriptor(x.Pidfd, "pidfd")))
	}
}

// descriptor is one that was opened before the plan.
func descriptor(fd int, name string) plan.Arg { return plan.Flags(uintptr(fd), name) }

// changeRoot makes a directory of the old world the root. The working directory
// of the namespaces stays, unless an option asks for another.
func (c *compiler) changeRoot() {
	if c.Root == (dir{}) {
		return
	}
	if c.Dir == (dir{}) && c.Inside == nil {
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
	option, to := "--root", plan.In(slotDir, "fd")
	switch {
	case c.Dir != (dir{}):
		option, to = "--wd", descriptor(c.dir, "wd")
	case c.Inside != nil:
		option = "--wdns"
		c.plan.Add(option, c.openDir(*c.Inside))
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

// fork lets a child go on where a PID namespace was entered, which only
// children are in.
func (c *compiler) fork() {
	if c.NoFork || c.namespaces()&unix.CLONE_NEWPID == 0 {
		return
	}
	why := c.spaces[kindOf(unix.CLONE_NEWPID)].why
	c.plan.Add(why,
		plan.DefaultSignal(unix.SIGCHLD), // else a caller that ignores it leaves us nothing to wait for
		plan.Fork{PID: slotChild, Parent: []plan.Step{{For: why, Op: plan.Supervise{PID: slotChild, Stops: true}}}})
}

// credentials sets the ids that were asked for. In a user namespace they are 0 by
// default, and groups that were given up neither outside nor inside are an error.
func (c *compiler) credentials() {
	byDefault := c.user && !c.Preserve
	user := c.spaces[userKind].why
	if c.SetGID != nil || byDefault {
		why, set := user, plan.Setgid(0)
		if c.SetGID != nil {
			why, set = "--setgid", c.follow(plan.Setgid(c.SetGID.value(c.ids.GID)), c.SetGID)
		}
		drop := plan.DropGroups()
		if drop.Unless = slotGroups; !byDefault {
			drop = plan.TryDropGroups(slotGroups)
		}
		c.plan.Add(why, drop, set)
	}
	if c.SetUID != nil || byDefault {
		why, set := user, plan.Setuid(0)
		if c.SetUID != nil {
			why, set = "--setuid", c.follow(plan.Setuid(c.SetUID.value(c.ids.UID)), c.SetUID)
		}
		c.plan.Add(why, set)
	}
	if c.KeepCaps && c.user {
		c.plan.Add("--keep-caps", plan.RaiseAmbient{})
	}
}

// follow spells an id that an explanation has not looked up.
func (c *compiler) follow(set plan.Call, i *id) plan.Call {
	if i.follow && c.explain {
		set.Args[0].Text = "the target's"
	}
	return set
}

func (i *id) value(followed uint32) uint32 {
	if i.follow {
		return followed
	}
	return i.n
}

func (c *compiler) exec() {
	x := c.command()
	if c.Env && c.explain {
		x.Whose = "the target's vars"
	}
	c.plan.Add("", x)
}

func (c *compiler) command() plan.Exec {
	env := c.callers
	if c.Env {
		env = c.env
	}
	if len(c.Command) > 0 {
		return tool.Command(c.Command, env)
	}
	// No passwd(5) is looked up: the caller's does not tell what there is in the
	// target, and the target's belongs to somebody else.
	shell, ok := tool.Getenv(env, "SHELL")
	if !ok || shell == "" {
		shell = "/bin/sh"
	}
	x := tool.LoginShell(shell, env)
	if c.Env {
		x.Name = diag.Plain(shell) // the target's words
	}
	return x
}
