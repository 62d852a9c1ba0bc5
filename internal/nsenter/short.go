package nsenter

import (
	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/hint"
	"nstools/internal/kernel"
	"nstools/internal/ns"
	"nstools/internal/opt"
	"nstools/internal/plan"
)

// short is a command line on the short way, from which kernel.Sketch makes a program
// without a runtime. It does the work of Options, opened and compiler for the options that
// it knows. For any other, and where something cannot be opened, it gives up, and the long
// way begins. TestShortWay compares the two.
type short struct {
	*kernel.Sketch

	given  uint64 // bits by number of the option
	pid    uint32 // 0 without a target
	setUID uint32
	setGID uint32
	inside kernel.Chars

	pidfd      int // None without a target
	target     int // /proc/PID
	root       int
	dir        int
	namespaces [len(ns.Kinds)]namespaceShort
}

// namespaceShort is namespace on the short way.
type namespaceShort struct {
	wanted, ofTarget, current, implied, byPath bool
	fd                                         int
}

// optionOf has the option of each kind of ns.Kinds.
var optionOf = [len(ns.Kinds)]int{
	ns.User: optUser, ns.Cgroup: optCgroup, ns.IPC: optIPC, ns.UTS: optUTS, ns.Net: optNet, ns.PID: optPID, ns.Mount: optMount, ns.Time: optTime,
}

// Short is the short way of gonsenter: it sketches what openAll and compile make of the
// same command line. It obeys the rules of package kernel for code without a runtime.
func Short(sketch *kernel.Sketch) bool {
	var c short
	c.Sketch = sketch
	c.pidfd, c.target, c.root, c.dir = kernel.None, kernel.None, kernel.None, kernel.None
	for n := range c.namespaces {
		c.namespaces[n].fd = kernel.None
	}
	command, ok := c.parse()
	if !ok || !c.openAll() {
		return false
	}
	if command < c.Count() && opt.IsDigits(c.Word(command)) {
		return false // perhaps a second number of a process
	}
	c.Origin(plan.OriginProcess)
	c.Reasons(diag.ErrorTexts(), childless)
	c.For("")
	c.Dumpable(0)
	c.enterShort()
	c.changeRootShort()
	c.changeDirShort()
	forks := c.forkShort()
	c.credentialsShort()
	c.For("")
	if command < c.Count() {
		c.Command(command)
	} else {
		c.shellShort()
	}
	if forks {
		c.For(c.why(optPID))
		c.Supervise(slotChild, false, true)
	}
	return true
}

// parse reads the options, and returns where the command begins.
func (c *short) parse() (command int, ok bool) {
	words := c.Words()
	for scan := (opt.Scan{Next: 1}); ; {
		f := scan.Step(spellings[:], words)
		switch {
		case f.Result == opt.Operands:
			// A line that is longer than what was read needs its command before the end.
			return scan.Next, scan.Next < len(words) || len(words) == c.Count()
		case f.Result != opt.Option || !c.set(f.Option, f.Value, f.Given):
			return 0, false
		}
	}
}

// set takes an option. It returns false for one that only the long way knows.
func (c *short) set(option int, value string, given bool) (ok bool) {
	again := c.has(option)
	c.given |= bit(option)
	switch option {
	case optAll, optNoFork, optPreserve, optKeepCaps:
		return true
	case optTarget:
		c.pid, ok = opt.Number(value)
		return ok && c.pid != 0 && !again
	case optMount, optUTS, optIPC, optNet, optPID, optUser, optCgroup, optTime:
		return c.choose(option, value, given)
	case optRoot, optDir:
		return !given
	case optInside:
		c.inside = kernel.CharsOf(value)
		return value != "" && value[0] != '='
	case optSetuid:
		c.setUID, ok = opt.Number(value)
		return ok
	case optSetgid:
		c.setGID, ok = opt.Number(value)
		return ok
	}
	return false
}

// choose takes a kind, of the target or by a file.
func (c *short) choose(option int, file string, given bool) bool {
	for n := range c.namespaces {
		s := &c.namespaces[n]
		if optionOf[n] != option {
			continue
		}
		s.wanted = true
		if !given {
			return true
		}
		if s.byPath || file == "" || file[0] == '=' || file[0] == ':' {
			return false
		}
		s.byPath = true
		s.fd = c.OpenNamespace(file)
		return s.fd != kernel.None
	}
	return false
}

// bit returns the bit of an option in a set.
func bit(option int) uint64 { return 1 << (uint(option) & 63) }

func (c *short) has(option int) bool { return c.given&bit(option) != 0 }

// openAll opens what the options ask for; see the function openAll.
func (c *short) openAll() bool {
	if c.has(optDir) && c.has(optInside) || !c.openTarget() || !c.chooseAll() || !c.openKinds() {
		return false
	}
	if c.has(optRoot) {
		if c.root = c.openTargetFile("root\x00", unix.O_PATH); c.root == kernel.None {
			return false
		}
	}
	if c.has(optDir) {
		if c.dir = c.openTargetFile("cwd\x00", unix.O_PATH); c.dir == kernel.None {
			return false
		}
	}
	if !c.noParents() || c.warnsOfProc() {
		return false
	}
	if c.target != kernel.None {
		c.Shut(c.target)
	}
	return c.cloneFlags() != 0 || c.given&(bit(optSetuid)|bit(optSetgid)|bit(optRoot)|bit(optDir)|bit(optInside)) != 0
}

// openTarget opens the process, and checks that the directory is the same process: the
// number may have a new owner.
func (c *short) openTarget() bool {
	if c.pid == 0 {
		return true
	}
	number := c.Decimal(uint64(c.pid))
	if c.pidfd = c.OpenPid(int(c.pid)); c.pidfd == kernel.None {
		return false
	}
	if c.target = c.Open(kernel.AtCwd, c.Text("/proc/", number, ""), unix.O_PATH|unix.O_DIRECTORY); c.target == kernel.None {
		return false
	}
	info, ok := c.Read(c.Text("/proc/self/fdinfo/", c.Decimal(uint64(c.pidfd)), ""))
	if ok && hasPid(info, "-1") {
		// The process has ended. The planner would take the number's next owner.
		c.Refuse(c.Text(c.Text("cannot open process ", number, ": process "), number, " has gone"))
	}
	return ok && hasPid(info, number)
}

// hasPid reports whether an fdinfo file has a line "Pid:", blanks and the number.
func hasPid(info, number string) bool {
	const name = "Pid:"
	for begin := 0; begin < len(info); {
		end := begin
		for end < len(info) && info[end] != '\n' {
			end++
		}
		line := info[begin:end]
		begin = end + 1
		if len(line) < len(name) || line[:len(name)] != name {
			continue
		}
		at := len(name)
		for at < len(line) && (line[at] == ' ' || line[at] == '\t') {
			at++
		}
		return line[at:] == number
	}
	return false
}

// openTargetFile opens a file of the target. The name ends with a NUL.
func (c *short) openTargetFile(name string, flags int) int {
	if c.target == kernel.None {
		return kernel.None
	}
	return c.Open(c.target, kernel.Ended(name), flags)
}

// statOwn returns the identity of a namespace of the caller.
func (c *short) statOwn(file string) (id kernel.FileID, ok bool) {
	return c.Stat(kernel.AtCwd, c.Text("/proc/self/ns/", file, ""))
}

// chooseAll is [opened.chooseAll] on the short way.
func (c *short) chooseAll() bool {
	if !c.has(optAll) {
		return true
	}
	if c.target == kernel.None {
		return false
	}
	for n := range c.namespaces {
		s := &c.namespaces[n]
		if s.wanted {
			continue
		}
		k := &ns.Kinds[n]
		own, ok := c.statOwn(k.File)
		if !ok {
			return false
		}
		if k.Flag == unix.CLONE_NEWUSER {
			user, ok := c.Stat(c.target, kernel.Ended("ns/user\x00"))
			if !ok {
				return false
			}
			if user.Inode == own.Inode {
				continue
			}
		}
		s.wanted, s.implied = true, true
	}
	return true
}

// openKinds is [opened.openKinds] on the short way.
func (c *short) openKinds() bool {
	for n := range c.namespaces {
		s := &c.namespaces[n]
		if !s.wanted || s.byPath {
			continue
		}
		if c.target == kernel.None {
			return false
		}
		k := &ns.Kinds[n]
		if s.fd = c.Open(c.target, c.Text("ns/", k.File, ""), unix.O_RDONLY); s.fd == kernel.None {
			return false
		}
		s.ofTarget = true
		if s.implied {
			id, ok1 := c.Stat(s.fd, "")
			own, ok2 := c.statOwn(k.File)
			made, ok3 := own, true
			if k.ChildrenFile != k.File {
				made, ok3 = c.statOwn(k.ChildrenFile)
			}
			s.current = ok1 && ok2 && ok3 && id.Inode == own.Inode && id.Inode == made.Inode
		}
	}
	return true
}

// noParents reports whether the user namespace to enter is a child of the caller's. The
// long way goes through others; see [opened.findParents].
func (c *short) noParents() bool {
	user := &c.namespaces[ns.User]
	if !user.wanted || c.cloneFlags() == unix.CLONE_NEWUSER {
		return true
	}
	own, ok := c.statOwn("user")
	if !ok {
		return false
	}
	parent := c.ParentNamespace(user.fd)
	if parent == kernel.None {
		return true
	}
	id, ok := c.Stat(parent, "")
	c.Shut(parent)
	return ok && id.Inode == own.Inode
}

// warnsOfProc reports whether a user at a terminal is to be warned of a foreign /proc; see
// [opened.warnOfProc]. It may be true where that does not warn.
func (c *short) warnsOfProc() bool {
	return c.cloneFlags()&(unix.CLONE_NEWPID|unix.CLONE_NEWNS) == unix.CLONE_NEWPID && !c.has(optRoot) &&
		kernel.IsTerminal(unix.Stdout) && kernel.IsTerminal(unix.Stderr)
}

func (c *short) cloneFlags() (flags uintptr) {
	for n := range c.namespaces {
		if c.namespaces[n].wanted {
			flags |= ns.Kinds[n].Flag
		}
	}
	return flags
}

// why returns the option that asked for a kind, by the number of the kind's own option.
func (c *short) why(option int) string {
	for n := range c.namespaces {
		if optionOf[n] == option && c.namespaces[n].implied {
			return "--all"
		}
	}
	return c.Text("--", spellings[option].Long, "")
}

// entersUser reports whether the command becomes root of a user namespace.
func (c *short) entersUser() bool { return c.namespaces[ns.User].wanted && !c.has(optPreserve) }

// enterShort is [compiler.enter] on the short way.
func (c *short) enterShort() {
	if c.entersUser() {
		c.For(c.why(optUser))
		c.TryDropGroups(slotGroups)
	}
	if c.cloneFlags() == 0 {
		c.For("")
		if c.pidfd != kernel.None {
			c.Close(c.pidfd, "pidfd")
		}
		return
	}
	list, all := "", false
	for n := range c.namespaces {
		s := &c.namespaces[n]
		switch {
		case !s.wanted || s.implied && all:
			continue
		case list == "":
			list = c.why(optionOf[n])
		default:
			list = c.Text(list, " ", c.why(optionOf[n]))
		}
		all = all || s.implied
	}
	c.For(list)
	c.Enter(c.pidfd, int(c.pid))
	refused := plan.WhyPlain
	if c.namespaces[ns.User].wanted {
		refused = plan.WhyWithUser
	}
	for n := range c.namespaces {
		if s := &c.namespaces[n]; s.wanted {
			k := &ns.Kinds[n]
			c.AddNamespace(s.fd, k, s.ofTarget, s.current, refused, hint.OutsideUser(k.File), hint.Unreachable(k.File))
		}
	}
}

// changeRootShort is [compiler.changeRoot] on the short way.
func (c *short) changeRootShort() {
	if !c.has(optRoot) {
		return
	}
	c.For("--root")
	if !c.has(optDir) && !c.has(optInside) {
		c.OpenPath(kernel.Ended(".\x00"), slotDir)
	}
	c.Fchdir(c.root, "root", "change directory by root file descriptor failed")
	c.ChrootHere()
	c.Close(c.root, "root")
}

// changeDirShort is [compiler.changeDir] on the short way.
func (c *short) changeDirShort() {
	const cannot = "change directory by working directory file descriptor failed"
	switch {
	case c.has(optDir):
		c.For("--wd")
		c.Fchdir(c.dir, "wd", cannot)
		c.Close(c.dir, "wd")
	case c.has(optInside):
		c.For("--wdns")
		c.OpenPath(c.inside.String(), slotDir)
		c.FchdirSlot(slotDir, cannot)
	case c.has(optRoot):
		c.For("--root")
		c.FchdirSlot(slotDir, cannot)
	}
}

// forkShort is [compiler.fork] on the short way. It reports whether it forks.
func (c *short) forkShort() bool {
	if c.has(optNoFork) || c.cloneFlags()&unix.CLONE_NEWPID == 0 {
		return false
	}
	c.For(c.why(optPID))
	c.DefaultSignal(unix.SIGCHLD, "SIGCHLD")
	c.Fork(slotChild)
	return true
}

// credentialsShort is [compiler.setCredentials] on the short way.
func (c *short) credentialsShort() {
	byDefault := c.entersUser()
	if c.has(optSetgid) || byDefault {
		if c.has(optSetgid) {
			c.For("--setgid")
		} else {
			c.For(c.why(optUser))
		}
		if byDefault {
			c.DropGroupsUnless(slotGroups)
		} else {
			c.TryDropGroups(slotGroups)
		}
		c.Setgid(c.setGID)
	}
	if c.has(optSetuid) || byDefault {
		if c.has(optSetuid) {
			c.For("--setuid")
		} else {
			c.For(c.why(optUser))
		}
		c.Setuid(c.setUID)
	}
	if c.has(optKeepCaps) && c.namespaces[ns.User].wanted {
		c.For("--keep-caps")
		c.RaiseAmbient()
	}
}

// shellShort ends the program with a login shell; see [compiler.command].
func (c *short) shellShort() {
	shell, ok := c.Getenv("SHELL")
	if !ok || shell == "" {
		shell = kernel.Ended("/bin/sh\x00")
	}
	c.LoginShell(shell)
	for n := range shells {
		c.StandIn(shells[n])
	}
}
