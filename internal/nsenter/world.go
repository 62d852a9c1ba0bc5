package nsenter

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/container"
	"nstools/internal/diag"
	"nstools/internal/hint"
	"nstools/internal/ns"
	"nstools/internal/target"
	"nstools/internal/tool"
)

// A world is what is opened and learned before anything changes: from inside, the
// files of the caller's world could not be reached, and names would be looked up in
// files that belong to others. For an explanation nothing is opened.
type world struct {
	*Options
	opener
	found *container.Found // nil where the target is a number
	netns string           // the target, where that is a network namespace; else ""

	spaces  [len(ns.Kinds)]space
	parents []int // of the user namespace to enter, up to ours, outermost first
	root    int
	dir     int
	mounts  int    // the target's mount namespace, for --tools
	foreign bool   // whether that is another than ours
	cwd     string // where the command has mounts of its own
	procs   int    // cgroup.procs of the target's cgroup
	env     []string
	ids     target.Ids // of the target, as its user namespace has them
	context string

	manner *manner // of --as-container
}

// space is what becomes of one kind of ns.Kinds.
type space struct {
	wanted bool
	named  bool // a file of the command line leads to it, or the name of the target
	fd     int
	behind bool // it is the target's, so that the pidfd leads to it
	ours   bool
	anyway bool // no option names it
	why    string
}

func (s *space) want(why string) { s.wanted, s.why = true, why }

// pid returns the number of the process that is the target, as given or found; 0 where
// there is no such process.
func (w *world) pid() int {
	switch {
	case w.found != nil:
		return w.found.PID
	case w.Target != nil && w.netns == "":
		return w.Target.pid
	}
	return 0
}

// entersAll reports whether --all asks for the kinds of a process. Of a target that is a
// network namespace it asks for that one alone, unless --net=FILE takes its place.
func (w *world) entersAll() bool {
	return w.All && (w.netns == "" || w.Kinds[ns.Net].file != nil)
}

// open opens what the options name.
func (o *Options) open() (*world, error) {
	w := &world{Options: o, opener: opener{explain: o.Explain != ""}, root: target.None, dir: target.None, mounts: target.None, procs: target.None}
	for i := range w.spaces {
		w.spaces[i].fd = target.None
	}
	return w, w.openNamed()
}

// see opens all that the options ask for, in the original's order, in which
// mistakes are reported.
func (o *Options) see() (*world, error) {
	w, err := o.open()
	if err != nil {
		return nil, err
	}
	for _, open := range [...]func() error{
		w.checkPrivate, w.findDirs, w.openTarget, w.readContext, w.chooseAll, w.openKinds, w.openDirs, w.openTools,
		w.checkMounts, w.readEnv, w.readIDs, w.readContainer, w.openCgroup, w.openParent, w.openSocket, w.findParents, w.check,
	} {
		if err := open(); err != nil {
			return nil, err
		}
	}
	if w.process != nil {
		w.process.CloseDir()
	}
	return w, nil
}

// openTarget opens the process that the target is, and checks that it is the one that was
// given or found.
func (w *world) openTarget() error {
	pid := w.pid()
	if pid == 0 {
		return nil
	}
	if err := w.openProcess(pid, w.Target.inode, w.found); err != nil {
		return w.refused("cannot open process "+strconv.Itoa(pid), err)
	}
	return nil
}

// openNamed opens the files that options name, and finds the target that goes by a name.
func (w *world) openNamed() error {
	for _, n := range w.named {
		if n.kind == namedTarget {
			if err := w.findTarget(w.Target.name); err != nil {
				return err
			}
			continue
		}
		option, fd := "--root", &w.root
		switch {
		case n.kind >= 0:
			option, fd = "--"+ns.Kinds[n.kind].Option, &w.spaces[n.kind].fd
		case n.kind == namedDir:
			option, fd = "--wd", &w.dir
		}
		if err := w.openNamedFile(option, n, fd); err != nil {
			return err
		}
	}
	if err := w.chooseNetns(); err != nil {
		return err
	}
	for i, choice := range w.Kinds {
		if choice.given {
			w.spaces[i].want("--" + ns.Kinds[i].Option)
			w.spaces[i].named = choice.file != nil || w.spaces[i].named
		}
	}
	return nil
}

// openNamedFile puts a file in the place of one that was named before.
func (w *world) openNamedFile(option string, n named, fd *int) error {
	open := w.openDir // the root or the working directory
	if n.kind >= 0 {
		if id, ok := strings.CutPrefix(n.path, ":"); ok {
			return w.openID(option, id, fd)
		}
		open = w.openNamespace
	}
	opened, err := open(option, n.path, option[2:])
	if err != nil {
		return tool.Failure("cannot open " + n.path + ": " + diag.Reason(err))
	}
	replaceFD(fd, opened)
	return nil
}

// openID opens a namespace by its id, in the place of one that was named before.
func (w *world) openID(option, id string, fd *int) error {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return tool.Failure("failed to parse nsid: " + id)
	}
	opened, err := w.openByID(option, n, option[2:])
	if err != nil {
		return &diag.Error{Text: "cannot open namespace of id " + strconv.FormatUint(n, 10) + ": " + diag.Reason(err), Hint: hint.ThisHost(false).NamespaceID(err)}
	}
	replaceFD(fd, opened)
	return nil
}

// chooseAll adds the kinds of --all: those that the kernel has, but no user
// namespace that we are in, which cannot be entered again. Those of --tools are
// the same without that of the mounts.
func (w *world) chooseAll() error {
	if !w.entersAll() && w.Tools == nil {
		return nil
	}
	option := "--all"
	if w.Tools != nil {
		option = "--tools"
	}
	if w.pid() == 0 {
		return w.targetless("no target PID specified for " + option)
	}
	for i, k := range ns.Kinds {
		s := &w.spaces[i]
		if s.wanted || w.Tools != nil && k.Flag == unix.CLONE_NEWNS {
			continue
		}
		var own unix.Stat_t
		if unix.Stat("/proc/self/ns/"+k.File, &own) == unix.ENOENT && !w.has("ns/"+k.File) {
			continue
		}
		if k.Flag == unix.CLONE_NEWUSER {
			theirs, err := w.statUser()
			if err != nil {
				return err
			}
			if theirs == own.Ino {
				continue
			}
		}
		s.wanted, s.why, s.anyway = true, option, true
	}
	return nil
}

// has tells whether the target has a file: where this proc belongs to another PID
// namespace we have none in it, but the target has.
func (w *world) has(file string) bool {
	_, err := w.stat(file)
	return err == nil
}

// stat is stat(2) of a file of the target. An explanation, which has not opened it,
// goes by its name.
func (w *world) stat(file string) (st unix.Stat_t, err error) {
	if !w.explain {
		return w.process.Stat(file)
	}
	err = unix.Stat("/proc/"+strconv.Itoa(w.pid())+"/"+file, &st)
	return st, err
}

// statUser is the inode of the target's user namespace. An explanation takes one that
// it may not see for another than ours: it has none.
func (w *world) statUser() (uint64, error) {
	st, err := w.stat("ns/user")
	if err != nil && !w.explain {
		return 0, w.refused("stat of /proc/"+strconv.Itoa(w.pid())+"/ns/user failed", err)
	}
	return st.Ino, nil
}

// openKinds opens the target's namespaces of the kinds that have no file yet.
func (w *world) openKinds() error {
	for i, k := range ns.Kinds {
		s := &w.spaces[i]
		if !s.wanted || s.named {
			continue
		}
		fd, err := w.openTargets(s.why, "ns/"+k.File, k.Option, unix.O_RDONLY)
		if err != nil {
			return err
		}
		s.fd, s.behind = fd, true
		s.ours = s.anyway && isOurs(fd, k)
	}
	return nil
}

// isOurs tells whether we are in a namespace, and our children will be.
func isOurs(fd int, k ns.Kind) bool {
	var theirs, own, made unix.Stat_t
	if unix.Fstat(fd, &theirs) != nil || unix.Stat("/proc/self/ns/"+k.File, &own) != nil || unix.Stat("/proc/self/ns/"+k.Made, &made) != nil {
		return false
	}
	return theirs.Ino == own.Ino && theirs.Ino == made.Ino
}

// openTargets opens a file of the target's.
func (w *world) openTargets(option, file, result string, flags int) (int, error) {
	if w.pid() == 0 {
		return target.None, w.targetless("neither filename nor target pid supplied for " + file)
	}
	fd, err := w.openFile(option, file, result, flags)
	if err != nil {
		return target.None, w.refused("cannot open /proc/"+strconv.Itoa(w.pid())+"/"+file, err)
	}
	return fd, nil
}

// refused is the failure to get at the target, with the cause as far as it shows.
func (w *world) refused(what string, err error) error {
	return &diag.Error{Text: what + ": " + diag.Reason(err), Hint: hint.ThisHost(false).Target(w.pid(), err)}
}

func (w *world) openDirs() (err error) {
	if w.Root.target {
		if w.root, err = w.openTargets("--root", "root", "root", unix.O_PATH); err != nil {
			return err
		}
	}
	if w.Dir.target {
		w.dir, err = w.openTargets("--wd", "cwd", "wd", unix.O_PATH)
	}
	return err
}

// namespaces are the flags of the kinds that will be entered.
func (w *world) namespaces() (flags uintptr) {
	for i, k := range ns.Kinds {
		if w.spaces[i].wanted {
			flags |= k.Flag
		}
	}
	return flags
}

func (w *world) check() error {
	if w.needsNothing(w.namespaces()) {
		return &diag.Error{Text: "no namespace specified", Hint: w.nothingHint()}
	}
	return nil
}
