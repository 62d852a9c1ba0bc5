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

// opened is what is opened and read before anything changes. From inside the namespaces the
// caller's files would be out of reach, and names would be looked up in files of other
// users. An explanation opens nothing.
type opened struct {
	*Options
	opener
	found *container.Found // nil for a number
	netns string           // the target, if it is a network namespace; else ""

	namespaces  [len(ns.Kinds)]namespace
	parents     []int // of the user namespace to enter, below the caller's, outermost first
	root        int
	dir         int
	mounts      int    // the target's mount namespace, for --tools
	otherMounts bool   // whether it differs from the caller's
	cwd         string // where the command has mounts of its own
	procs       int    // cgroup.procs of the target's cgroup
	env         []string
	ids         target.Ids // of the target, as its user namespace has them
	context     string

	attributes *targetAttributes // of --as-container
}

// namespace is the state of one kind of ns.Kinds. It is like util-linux's struct
// namespace_file.
type namespace struct {
	wanted   bool
	byPath   bool // opened by a path, or by the name of the target
	fd       int
	ofTarget bool // the target's, so that the pidfd leads to it
	current  bool
	implied  bool // by --all or --tools
	why      string
}

func (s *namespace) want(why string) { s.wanted, s.why = true, why }

// pid returns the number of the target process, as given or found; 0 without one.
func (o *opened) pid() int {
	switch {
	case o.found != nil:
		return o.found.PID
	case o.Target != nil && o.netns == "":
		return o.Target.pid
	}
	return 0
}

// entersAll reports whether --all asks for the kinds of a process. For a target that is a
// network namespace it asks for that one alone, unless --net=FILE takes its place.
func (o *opened) entersAll() bool {
	return o.All && (o.netns == "" || o.Kinds[ns.Net].file != nil)
}

// openNamed opens the files that options name.
func openNamed(options *Options) (*opened, error) {
	o := &opened{Options: options, opener: opener{explain: options.Explain != ""}, root: target.None, dir: target.None, mounts: target.None, procs: target.None}
	for i := range o.namespaces {
		o.namespaces[i].fd = target.None
	}
	return o, o.openNamedFiles()
}

// openAll opens what the options ask for, in the original's order, which is also the order
// of errors.
func openAll(options *Options) (*opened, error) {
	o, err := openNamed(options)
	if err != nil {
		return nil, err
	}
	for _, open := range [...]func() error{
		o.checkPrivate, o.findDirs, o.openTarget, o.readContext, o.chooseAll, o.openKinds, o.openDirs, o.openTools,
		o.checkMounts, o.readEnv, o.readIDs, o.readContainer, o.openCgroup, o.openParent, o.openSocket, o.findParents, o.check,
	} {
		if err := open(); err != nil {
			return nil, err
		}
	}
	if o.process != nil {
		o.process.CloseDir()
	}
	return o, nil
}

// openTarget opens the target process, and checks that it is the one that was given or
// found.
func (o *opened) openTarget() error {
	pid := o.pid()
	if pid == 0 {
		return nil
	}
	if err := o.openProcess(pid, o.Target.inode, o.found); err != nil {
		return o.targetError("cannot open process "+strconv.Itoa(pid), err)
	}
	return nil
}

// openNamedFiles opens the files that options name, and looks up the name of the target.
func (o *opened) openNamedFiles() error {
	for _, n := range o.named {
		if n.kind == namedTarget {
			if err := o.findTarget(o.Target.name); err != nil {
				return err
			}
			continue
		}
		option, fd := "--root", &o.root
		switch {
		case n.kind >= 0:
			option, fd = "--"+ns.Kinds[n.kind].Option, &o.namespaces[n.kind].fd
		case n.kind == namedDir:
			option, fd = "--wd", &o.dir
		}
		if err := o.openNamedFile(option, n, fd); err != nil {
			return err
		}
	}
	if err := o.chooseNetns(); err != nil {
		return err
	}
	for i, choice := range o.Kinds {
		if choice.given {
			o.namespaces[i].want("--" + ns.Kinds[i].Option)
			o.namespaces[i].byPath = choice.file != nil || o.namespaces[i].byPath
		}
	}
	return nil
}

// openNamedFile opens a file, and closes the one that an earlier option named for the same.
func (o *opened) openNamedFile(option string, n namedFile, fd *int) error {
	open := o.openDir // the root or the working directory
	if n.kind >= 0 {
		if id, ok := strings.CutPrefix(n.path, ":"); ok {
			return o.openID(option, id, fd)
		}
		open = o.openNamespace
	}
	opened, err := open(option, n.path, option[2:])
	if err != nil {
		return tool.Failure("cannot open " + n.path + ": " + diag.Reason(err))
	}
	replaceFD(fd, opened)
	return nil
}

// openID opens a namespace by its id, and closes the one that an earlier option named.
func (o *opened) openID(option, id string, fd *int) error {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return tool.Failure("failed to parse nsid: " + id)
	}
	opened, err := o.openByID(option, n, option[2:])
	if err != nil {
		return &diag.Error{Text: "cannot open namespace of id " + strconv.FormatUint(n, 10) + ": " + diag.Reason(err), Hint: hint.ThisHost(false).NamespaceID(err)}
	}
	replaceFD(fd, opened)
	return nil
}

// chooseAll adds the kinds of --all: each that the kernel has, without the caller's own
// user namespace, which cannot be entered again. --tools adds the same without the mount
// namespace.
func (o *opened) chooseAll() error {
	if !o.entersAll() && o.Tools == nil {
		return nil
	}
	option := "--all"
	if o.Tools != nil {
		option = "--tools"
	}
	if o.pid() == 0 {
		return o.noTarget("no target PID specified for " + option)
	}
	for i, k := range ns.Kinds {
		s := &o.namespaces[i]
		if s.wanted || o.Tools != nil && k.Flag == unix.CLONE_NEWNS {
			continue
		}
		var own unix.Stat_t
		if unix.Stat("/proc/self/ns/"+k.File, &own) == unix.ENOENT && !o.has("ns/"+k.File) {
			continue
		}
		if k.Flag == unix.CLONE_NEWUSER {
			user, err := o.statUser()
			if err != nil {
				return err
			}
			if user == own.Ino {
				continue
			}
		}
		s.wanted, s.why, s.implied = true, option, true
	}
	return nil
}

// has reports whether the target has a file. A proc of another PID namespace shows the
// target's files, and none of the caller's.
func (o *opened) has(file string) bool {
	_, err := o.stat(file)
	return err == nil
}

// stat is stat(2) of a file of the target. An explanation has not opened it, and uses its
// path.
func (o *opened) stat(file string) (st unix.Stat_t, err error) {
	if !o.explain {
		return o.process.Stat(file)
	}
	err = unix.Stat("/proc/"+strconv.Itoa(o.pid())+"/"+file, &st)
	return st, err
}

// statUser returns the inode of the target's user namespace. An explanation without access
// returns 0, which differs from the caller's.
func (o *opened) statUser() (uint64, error) {
	st, err := o.stat("ns/user")
	if err != nil && !o.explain {
		return 0, o.targetError("stat of /proc/"+strconv.Itoa(o.pid())+"/ns/user failed", err)
	}
	return st.Ino, nil
}

// openKinds opens the target's namespaces of the kinds that are not open yet.
func (o *opened) openKinds() error {
	for i, k := range ns.Kinds {
		s := &o.namespaces[i]
		if !s.wanted || s.byPath {
			continue
		}
		fd, err := o.openTargetFile(s.why, "ns/"+k.File, k.Option, unix.O_RDONLY)
		if err != nil {
			return err
		}
		s.fd, s.ofTarget = fd, true
		s.current = s.implied && isCurrent(fd, k)
	}
	return nil
}

// isCurrent reports whether the caller is in a namespace, and its children will be.
func isCurrent(fd int, k ns.Kind) bool {
	var st, own, made unix.Stat_t
	if unix.Fstat(fd, &st) != nil || unix.Stat("/proc/self/ns/"+k.File, &own) != nil || unix.Stat("/proc/self/ns/"+k.ChildrenFile, &made) != nil {
		return false
	}
	return st.Ino == own.Ino && st.Ino == made.Ino
}

// openTargetFile opens a file of the target.
func (o *opened) openTargetFile(option, file, result string, flags int) (int, error) {
	if o.pid() == 0 {
		return target.None, o.noTarget("neither filename nor target pid supplied for " + file)
	}
	fd, err := o.openFile(option, file, result, flags)
	if err != nil {
		return target.None, o.targetError("cannot open /proc/"+strconv.Itoa(o.pid())+"/"+file, err)
	}
	return fd, nil
}

// targetError returns the failure to open or read the target, with its cause as far as that
// shows.
func (o *opened) targetError(what string, err error) error {
	return &diag.Error{Text: what + ": " + diag.Reason(err), Hint: hint.ThisHost(false).Target(o.pid(), err)}
}

func (o *opened) openDirs() (err error) {
	if o.Root.target {
		if o.root, err = o.openTargetFile("--root", "root", "root", unix.O_PATH); err != nil {
			return err
		}
	}
	if o.Dir.target {
		o.dir, err = o.openTargetFile("--wd", "cwd", "wd", unix.O_PATH)
	}
	return err
}

// cloneFlags returns the flags of the kinds that will be entered.
func (o *opened) cloneFlags() (flags uintptr) {
	for i, k := range ns.Kinds {
		if o.namespaces[i].wanted {
			flags |= k.Flag
		}
	}
	return flags
}

func (o *opened) check() error {
	if o.changesNothing(o.cloneFlags()) {
		return &diag.Error{Text: "no namespace specified", Hint: o.nothingToDoHint()}
	}
	return nil
}
