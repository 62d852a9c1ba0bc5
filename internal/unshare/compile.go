package unshare

import (
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/facts"
	"nstools/internal/idmap"
	"nstools/internal/ns"
	"nstools/internal/plan"
	"nstools/internal/terminal"
	"nstools/internal/tool"
)

// The slots of gounshare's plans.
const (
	_ plan.Slot = plan.FD + iota
	slotBindGate
	slotBindPID
	slotUIDGate
	slotUIDPID
	slotGIDGate
	slotGIDPID
	slotMask
	slotParent
	slotChild
	slotChildGate
	slotOldMount
	slotSelf
)

// compiler holds what the stages of one compilation share.
type compiler struct {
	*Options
	facts       *facts.Snapshot
	plan        plan.Plan
	users       idmap.Map // nil without a map through a helper
	groups      idmap.Map
	singleUser  *uint32 // written by the process itself
	singleGroup *uint32
	mapReleases []plan.Step // the releases of the helpers that write the maps
}

// Compile turns options into a plan. It is pure: the snapshot has all that it knows of the
// caller.
//
// Steps and messages have the order of unshare(1).
func Compile(o *Options, f *facts.Snapshot) (*plan.Plan, error) {
	c := &compiler{Options: o, facts: f}
	if err := c.resolveMaps(); err != nil {
		return nil, err
	}
	c.plan.Add("", plan.DefaultSignal(unix.SIGCHLD)) // a caller that ignores it would leave nothing to wait for
	c.bindHelper()
	c.mapHelpers()
	c.takeOwnerIDs()
	c.unshare()
	c.timeOffsets()
	c.fork()
	c.writeSingleMaps()
	c.hostnameAndLoopback()
	c.mounts()
	c.credentials()
	c.exec()
	return &c.plan, nil
}

// bindsEarly reports whether files are bound from the old namespaces. From the new ones
// they would stay invisible outside, or be refused.
func (c *compiler) bindsEarly() bool {
	return c.bindsFiles() && c.Namespaces&(unix.CLONE_NEWNS|unix.CLONE_NEWUSER) != 0
}

// binds returns the mounts of --mount=FILE and the like. A mount that fails undoes those
// before it.
func (c *compiler) binds() []plan.Step {
	var steps []plan.Step
	var undo []plan.Call
	for i, k := range ns.Kinds {
		if c.Files[i] == nil {
			continue
		}
		source, target := "/proc/"+c.facts.Self+"/ns/"+k.ChildrenFile, *c.Files[i]
		call := plan.Mount(source, target, "", unix.MS_BIND, "mount "+source+" on "+target+" failed")
		call.Undo = append([]plan.Call(nil), undo...)
		undo = append([]plan.Call{plan.Detach(target, "")}, undo...)
		steps = append(steps, plan.Step{For: "--" + k.Option, Op: call})
	}
	return steps
}

func (c *compiler) bindOptions() string {
	list := ""
	for i, k := range ns.Kinds {
		if c.Files[i] != nil {
			list = tool.AddOption(list, "--"+k.Option)
		}
	}
	return list
}

func (c *compiler) bindHelper() {
	if !c.bindsEarly() {
		return
	}
	c.plan.Add(c.bindOptions(), plan.Helper{Name: "bind", Gate: slotBindGate, PID: slotBindPID, Steps: c.binds()})
	if c.bindsMount() {
		c.plan.Add("--mount", plan.Open("/proc/self/ns/mnt", unix.O_RDONLY, "O_RDONLY", slotOldMount, "cannot open /proc/self/ns/mnt"))
	}
}

func (c *compiler) bindsMount() bool { return c.Files[ns.Mount] != nil }

func (c *compiler) takeOwnerIDs() {
	if c.Owner == nil {
		return
	}
	c.plan.Add("--owner", plan.DropGroups(), plan.Setgid(c.Owner.gid), plan.Setuid(c.Owner.uid))
}

// whileDumpable adds writes to files of /proc/self. After --owner these belong to root,
// because the process is not dumpable. It is dumpable only for the writes, since a process
// that may dump it reads what it has of the caller.
func (c *compiler) whileDumpable(why string, ops ...plan.Op) {
	if c.Owner != nil {
		c.plan.Add("--owner", plan.Dumpable(1))
	}
	c.plan.Add(why, ops...)
	if c.Owner != nil {
		c.plan.Add("--owner", plan.Dumpable(0))
	}
}

// unshare makes the namespaces, and releases the helpers that write the maps.
func (c *compiler) unshare() {
	c.plan.Add(c.optionsFor(c.Namespaces), plan.Unshare(c.Namespaces))
	if c.bindsMount() {
		c.plan.Add("--mount", plan.RenewMount{Old: slotOldMount}, plan.Close(slotOldMount, "old"))
	}
	c.plan.Steps = append(c.plan.Steps, c.mapReleases...)
}

func (c *compiler) timeOffsets() {
	write := func(option, clock string, seconds *int64) {
		if seconds != nil {
			const file = "/proc/self/timens_offsets"
			c.whileDumpable(option, plan.WriteFile(file, clock+" "+strconv.FormatInt(*seconds, 10)+" 0",
				"failed to open "+file, "failed to write to "+file, false)...)
		}
	}
	write("--boottime", strconv.Itoa(unix.CLOCK_BOOTTIME), c.Boottime)
	write("--monotonic", strconv.Itoa(unix.CLOCK_MONOTONIC), c.Monotonic)
}

// fork splits the plan where --fork asks for it. The process that unshared binds the files,
// since only its pid_for_children is the new namespace. The child waits for that, so that
// it never outlives a parent that failed.
func (c *compiler) fork() {
	if !c.Fork {
		c.plan.Steps = append(c.plan.Steps, c.bindFiles()...)
		return
	}
	if c.propagatesEarly() {
		c.propagate()
	}
	f := plan.Fork{PID: slotChild, Parent: c.bindFiles()}
	if c.bindsFiles() {
		f.Gate = slotChildGate
	}
	if c.Pty != nil {
		c.openParent()
		if c.KillChild != 0 {
			c.plan.Add("--kill-child", plan.ParentDeathSignal(unix.SIGKILL)) // for the relay
		}
		c.plan.Add("--pty", c.Pty.Fork(c.rootDir(), f, terminal.Slots{Mask: slotMask, Self: slotSelf})...)
	} else {
		c.forkAndWait(f)
	}
	c.dieWithParent()
	if f.Gate != 0 {
		c.plan.Add(c.bindOptions(), plan.Await{Gate: f.Gate})
	}
}

// forkAndWait adds a fork whose parent waits.
func (c *compiler) forkAndWait(f plan.Fork) {
	why := c.forkOptions()
	block := []unix.Signal{unix.SIGINT, unix.SIGTERM}
	if c.ForwardSignals {
		block = append(block, unix.SIGCHLD)
	}
	f.Parent = append(f.Parent, plan.Step{For: why, Op: plan.Supervise{PID: slotChild, Gate: f.Gate, Forward: c.ForwardSignals}})
	c.plan.Add(why, plan.BlockSignals(slotMask, block...))
	c.openParent()
	c.plan.Add(why, f, plan.RestoreSignals(slotMask))
}

// openParent opens the parent for the child, which checks that it lives.
func (c *compiler) openParent() {
	if c.KillChild != 0 {
		c.plan.Add("--kill-child", plan.Pidfd(c.facts.PID, c.facts.Self, slotParent))
	}
}

// dieWithParent sets the signal of --kill-child, and checks that the parent still lives.
func (c *compiler) dieWithParent() {
	if c.KillChild != 0 {
		c.plan.Add("--kill-child", plan.ParentDeathSignal(c.KillChild), plan.CheckParent{Pidfd: slotParent})
	}
}

func (c *compiler) bindFiles() []plan.Step {
	if c.bindsEarly() {
		return []plan.Step{{For: c.bindOptions(), Op: plan.Release{Name: "bind", Gate: slotBindGate, PID: slotBindPID}}}
	}
	return c.binds()
}

func (c *compiler) forkOptions() string {
	switch {
	case c.ForwardSignals:
		return "--forward-signals"
	case c.KillChild != 0:
		return "--kill-child"
	}
	return "--fork"
}

func (c *compiler) credentials() {
	if c.SetGID != nil {
		c.plan.Add("--setgid", plan.DropGroups(), plan.Setgid(*c.SetGID))
	}
	if c.SetUID != nil {
		if c.Pty != nil {
			c.plan.Add("--pty", c.Pty.Chown(*c.SetUID))
		}
		c.plan.Add("--setuid", plan.Setuid(*c.SetUID))
	}
	if c.SetGID != nil || c.SetUID != nil {
		c.dieWithParent() // a change of ids clears PR_SET_PDEATHSIG
	}
	if c.KeepCaps && c.Namespaces&unix.CLONE_NEWUSER != 0 {
		c.plan.Add("--keep-caps", plan.RaiseAmbient{})
	}
}
