package unshare

import (
	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/kernel"
	"nstools/internal/ns"
	"nstools/internal/opt"
)

// short is a command line on the short way, from which kernel.Sketch makes a program
// without a runtime. It does the work of Options and compiler for the options that it
// knows. For any other it gives up, and the long way begins. TestShortWay compares the two.
type short struct {
	*kernel.Sketch

	seen  [64]uint8 // options in the order of the command line
	count int       // of seen

	namespaces uintptr
	fork       bool
	killChild  int // index in killSignals plus 1; 0 without one
	forward    bool

	mountProc, root, dir, hostname kernel.Chars // valid where given has the option's bit
	given                          uint64       // bits by number of the option

	propagation int // index in propagationWords plus 1; 0 without one
	setgroups   kernel.Chars
	user, group singleShort
	setUID      uint32
	setGID      uint32
}

// singleShort is single on the short way, with the id already a number.
type singleShort struct {
	option  uint8 // 0, the number of --help, if not asked for
	current bool
	id      uint32
}

// Short is the short way of gounshare: it sketches what Compile makes of the same command
// line. It obeys the rules of package kernel for code without a runtime.
func Short(sketch *kernel.Sketch) bool {
	var c short
	c.Sketch = sketch
	command, ok := c.parse()
	if !ok || !c.isValid() {
		return false
	}
	c.Reasons(diag.ErrorTexts(), childless)
	c.For("")
	c.DefaultSignal(unix.SIGCHLD, "SIGCHLD")
	c.For(c.optionsFor(c.namespaces))
	c.Unshare(c.namespaces)
	c.forkShort()
	c.mapsShort()
	c.hostnameAndLoopbackShort()
	c.mountsShort()
	c.credentialsShort()
	c.For("")
	if command < c.Count() {
		c.Command(command)
	} else {
		shell, ok := c.Getenv("SHELL")
		if !ok || shell == "" {
			return false
		}
		c.LoginShell(shell)
	}
	if c.fork {
		c.For(c.forkOption())
		c.Supervise(slotChild, c.forward, false)
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
		case f.Result != opt.Option || c.count >= len(c.seen) || !c.set(f.Option, f.Value, f.Given):
			return 0, false
		}
	}
}

// set takes an option. It returns false for one that only the long way knows.
func (c *short) set(option int, value string, given bool) bool {
	c.seen[c.count] = uint8(option)
	c.count++
	c.given |= bit(option)
	c.namespaces |= implied[option].namespaces
	c.fork = c.fork || implied[option].fork
	ok := true
	switch option {
	case optMount, optUTS, optIPC, optNet, optPID, optUser, optCgroup, optTime:
		return !given
	case optFork, optKeepCaps, optLoopback:
	case optForwardSignals:
		c.forward = true
	case optKillChild:
		c.killChild = 1
		if given {
			c.killChild = findSignal(value)
		}
		return c.killChild != 0
	case optMountProc:
		if !given {
			value = kernel.Ended(defaultProc + "\x00")
		}
		c.mountProc = kernel.CharsOf(value)
	case optMapUser:
		c.user = singleShort{option: optMapUser}
		c.user.id, ok = opt.Number(value)
	case optMapGroup:
		c.group = singleShort{option: optMapGroup}
		c.group.id, ok = opt.Number(value)
	case optMapRootUser, optMapCurrentUser:
		c.user = singleShort{uint8(option), option == optMapCurrentUser, 0}
		c.group = c.user
	case optPropagation:
		c.propagation = findPropagation(value)
		return c.propagation != 0
	case optSetgroups:
		c.setgroups = kernel.CharsOf(value)
		return value == "allow" || value == "deny"
	case optSetuid:
		c.setUID, ok = opt.Number(value)
	case optSetgid:
		c.setGID, ok = opt.Number(value)
	case optRoot:
		c.root = kernel.CharsOf(value)
	case optDir:
		c.dir = kernel.CharsOf(value)
	case optHostname:
		c.hostname = kernel.CharsOf(value)
	default:
		return false
	}
	return ok
}

// bit returns the bit of an option in a set.
func bit(option int) uint64 { return 1 << (uint(option) & 63) }

func (c *short) has(option int) bool { return c.given&bit(option) != 0 }

// isValid reports whether the options agree with each other.
func (c *short) isValid() bool { return !(c.group.option != 0 && c.setgroups.String() == "allow") }

// signalName is a signal of --kill-child, as users write it.
type signalName struct {
	name   string
	signal unix.Signal
}

var killSignals = [...]signalName{
	{"SIGKILL", unix.SIGKILL}, {"SIGTERM", unix.SIGTERM}, {"SIGHUP", unix.SIGHUP}, {"SIGINT", unix.SIGINT},
	{"SIGQUIT", unix.SIGQUIT}, {"SIGUSR1", unix.SIGUSR1}, {"SIGUSR2", unix.SIGUSR2},
}

// findSignal returns the index of a signal in killSignals plus 1, by its name in capitals,
// with or without SIG; 0 for an unknown one.
func findSignal(name string) int {
	for n := range killSignals {
		if s := &killSignals[n]; name == s.name || name == s.name[len("SIG"):] {
			return n + 1
		}
	}
	return 0
}

// forkShort is [compiler.fork] on the short way.
func (c *short) forkShort() {
	if !c.fork {
		return
	}
	why := c.forkOption()
	c.For(why)
	set := &blocked
	if c.forward {
		set = &blockedWithChild
	}
	c.BlockSignals(slotMask, set)
	if c.killChild != 0 {
		c.For("--kill-child")
		c.Pidfd(slotParent)
	}
	c.For(why)
	c.Fork(slotChild)
	c.RestoreSignals(slotMask)
	c.dieWithParentShort()
}

// The signals that the parent of the command blocks.
var (
	blocked          uint64 = 1<<(unix.SIGINT-1) | 1<<(unix.SIGTERM-1)
	blockedWithChild uint64 = 1<<(unix.SIGINT-1) | 1<<(unix.SIGTERM-1) | 1<<(unix.SIGCHLD-1)
)

func (c *short) forkOption() string {
	switch {
	case c.forward:
		return "--forward-signals"
	case c.killChild != 0:
		return "--kill-child"
	}
	return "--fork"
}

func (c *short) dieWithParentShort() {
	if c.killChild != 0 {
		c.For("--kill-child")
		s := &killSignals[c.killChild-1]
		c.ParentDeathSignal(s.signal, s.name)
		c.CheckParent(slotParent)
	}
}

// mapsShort is [compiler.writeSingleMaps] on the short way.
func (c *short) mapsShort() {
	if c.user.option != 0 {
		c.For(c.long(int(c.user.option)))
		c.writeShort(kernel.Ended("/proc/self/uid_map\x00"), c.line(&c.user, c.EUID()), false)
	}
	if c.group.option != 0 {
		c.For(c.long(int(c.group.option)))
		c.writeShort(setgroupsFile(), kernel.Ended("deny\x00"), true)
		c.writeShort(kernel.Ended("/proc/self/gid_map\x00"), c.line(&c.group, c.EGID()), false)
	}
	if c.has(optSetgroups) {
		c.For("--setgroups")
		c.writeShort(setgroupsFile(), c.setgroups.String(), true)
	}
}

func setgroupsFile() string { return kernel.Ended("/proc/self/setgroups\x00") }

func (c *short) writeShort(path, data string, optional bool) {
	c.WriteFile(path, data, "cannot open ", "write failed ", optional)
}

// line returns the line of a map.
func (c *short) line(s *singleShort, own uint32) string {
	inner := s.id
	if s.current {
		inner = own
	}
	return c.Text(c.Text(c.Decimal(uint64(inner)), " ", c.Decimal(uint64(own))), " 1", "")
}

func (c *short) hostnameAndLoopbackShort() {
	if c.has(optHostname) {
		c.For("--hostname")
		c.Sethostname(c.hostname.String())
	}
	if c.has(optLoopback) {
		c.For("--loopback")
		c.LoopbackUp()
	}
}

// propagationWord is a value of --propagation.
type propagationWord struct {
	word, names string
	flags       uintptr
}

var propagationWords = [...]propagationWord{
	{"private", "MS_REC|MS_PRIVATE", unix.MS_REC | unix.MS_PRIVATE},
	{"slave", "MS_REC|MS_SLAVE", unix.MS_REC | unix.MS_SLAVE},
	{"shared", "MS_REC|MS_SHARED", unix.MS_REC | unix.MS_SHARED},
	{"unchanged", "", 0},
}

// findPropagation returns the index of a word in propagationWords plus 1; 0 for an unknown
// one.
func findPropagation(word string) int {
	for n := range propagationWords {
		if propagationWords[n].word == word {
			return n + 1
		}
	}
	return 0
}

// mountsShort is [compiler.mounts] on the short way.
func (c *short) mountsShort() {
	private := &propagationWords[0]
	p := private
	if c.propagation != 0 {
		p = &propagationWords[c.propagation-1]
	}
	if c.namespaces&unix.CLONE_NEWNS != 0 && p.flags != 0 {
		if c.propagation != 0 {
			c.For("--propagation")
		} else {
			c.For(c.optionsFor(unix.CLONE_NEWNS))
		}
		c.Propagate(p.flags, p.names)
	}
	if c.has(optRoot) {
		c.For("--root")
		c.Chroot(c.root.String())
	}
	if c.has(optDir) {
		c.For("--wd")
		c.Chdir(c.dir.String())
	} else if c.has(optRoot) {
		c.For("--root")
		c.Chdir(kernel.Ended("/\x00"))
	}
	if c.has(optMountProc) {
		c.For("--mount-proc")
		if !c.has(optRoot) && p.flags != private.flags {
			c.ProcPrivate(c.mountProc.String(), private.names)
		}
		c.Proc(c.mountProc.String())
	}
}

func (c *short) credentialsShort() {
	if c.has(optSetgid) {
		c.For("--setgid")
		c.DropGroups()
		c.Setgid(c.setGID)
	}
	if c.has(optSetuid) {
		c.For("--setuid")
		c.Setuid(c.setUID)
	}
	if c.has(optSetgid) || c.has(optSetuid) {
		c.dieWithParentShort()
	}
	if c.has(optKeepCaps) && c.namespaces&unix.CLONE_NEWUSER != 0 {
		c.For("--keep-caps")
		c.RaiseAmbient()
	}
}

// long returns an option with its dashes.
func (c *short) long(option int) string { return c.Text("--", spellings[option].Long, "") }

// optionsFor is [Options.optionsFor] on the short way.
func (c *short) optionsFor(flags uintptr) string {
	list, listed := "", uint64(0)
	for n := range ns.Kinds {
		kind := ns.Kinds[n].Flag
		if kind&flags == 0 {
			continue
		}
		for _, option := range c.seen[:c.count] {
			if implied[option].namespaces&kind == 0 || listed&bit(int(option)) != 0 {
				continue
			}
			listed |= bit(int(option))
			if list == "" {
				list = c.long(int(option))
			} else {
				list = c.Text(list, " --", spellings[option].Long)
			}
		}
	}
	return list
}
