// Package nsenter is gonsenter: its table of options, what it opens of the target before
// anything changes, and the compiler from both to a plan. See nsenter(1).
package nsenter

import (
	"strconv"
	"strings"

	"nstools/internal/ns"
	"nstools/internal/tool"
)

// Options is the command line, as it was read.
type Options struct {
	tool.Common

	All        bool
	Target     *targetRef
	targetZero bool // the number given is 0
	Kinds      [len(ns.Kinds)]choice
	Socket     *int // descriptor number in the target
	UserParent bool

	SetUID, SetGID *id
	Preserve       bool
	KeepCaps       bool

	Root, Dir dir     // of --root and --wd
	DirInside *string // of --wdns

	MountProc bool
	Tools     *string // the directory to use as root; "" for the host's root

	Env        bool     // all of the target's
	EnvNames   []string // variables of the target
	NoFork     bool
	JoinCgroup bool
	Context    bool

	List        listing
	Which       *string // a target
	Targets     bool
	AsContainer bool // run with the target's attributes

	Command []string // a login shell if empty

	named []namedFile // files of the command line, in its order
}

// A targetRef is the argument of --target: a name that is looked up, or the number of a
// process.
type targetRef struct {
	name  string // "" for a number
	pid   int
	inode uint64 // 0 if none is given
}

// choice is a kind of namespace asked for by its own option.
type choice struct {
	given bool
	file  *string // ":ID" for an id; nil for the target's
}

// id is what --setuid and --setgid ask for.
type id struct {
	follow bool
	n      uint32
}

// dir is a directory of the target, or one by its path. If both are given, the target's
// counts, since it is opened later.
type dir struct {
	target bool
	path   *string
}

// namedFile is a file that an option names, or the target. The original opens it when it comes
// to the option, so that the first of several mistakes is reported.
type namedFile struct {
	kind int // of ns.Kinds, or one of the next
	path string
}

const (
	namedRoot = -1 - iota
	namedDir
	namedTarget // the name of Target, which is looked up in the same order
)

// Parse reads a command line, argv[0] included.
// Errors: *opt.UsageError or *diag.Error.
func Parse(argv []string) (*Options, error) {
	o := new(Options)
	if err := o.parse(argv); err != nil {
		return nil, err
	}
	return o, nil
}

func (o *Options) parse(argv []string) (err error) {
	o.Command, err = o.Common.Parse(Table(o), argv)
	if err != nil || o.Answered() {
		return err
	}
	return o.checkList()
}

// changesNothing reports whether all options together leave the command as it is.
func (o *Options) changesNothing(namespaces uintptr) bool {
	return namespaces == 0 && o.SetUID == nil && o.SetGID == nil && o.Root == (dir{}) && o.Dir == (dir{}) &&
		o.DirInside == nil && !o.readsEnv() && !o.JoinCgroup && !o.Context && !o.AsContainer
}

// withoutEquals removes the sign that users write after a short option, -n=FILE.
func withoutEquals(s string) string { return strings.TrimPrefix(s, "=") }

// setTarget reads PID, PID:INODE or a name. As in the original, 0 means no target.
func (o *Options) setTarget(s string) error {
	if o.Target != nil {
		return tool.Failure("option --target may be given only once")
	}
	if err := checkOneNumber(s); err != nil {
		return err
	}
	if isName(s) {
		o.Target = &targetRef{name: s}
		o.named = append(o.named, namedFile{kind: namedTarget})
		return nil
	}
	const what = "failed to parse pid"
	number, inode, hasInode := strings.Cut(s, ":")
	pid, err := tool.ParseID(number, what)
	if err != nil {
		return numberError(s, err)
	}
	if *pid > 1<<31-1 { // pid_t
		return numberError(s, tool.Failure(what+": '"+s+"': Numerical result out of range"))
	}
	if *pid == 0 {
		o.targetZero = true
		return nil
	}
	o.Target = &targetRef{pid: int(*pid)}
	if !hasInode {
		return nil
	}
	o.Target.inode, err = strconv.ParseUint(inode, 10, 64)
	if err != nil || o.Target.inode == 0 {
		return tool.Failure(what + ": '" + s + "'")
	}
	return nil
}

func (o *Options) choose(kind int, file string, given bool) {
	c := &o.Kinds[kind]
	c.given = true
	if given {
		file = withoutEquals(file)
		c.file = &file
		o.named = append(o.named, namedFile{kind, file})
	}
}

func (o *Options) setDir(d *dir, kind int, path string, given bool) {
	if !given {
		d.target = true
		return
	}
	path = withoutEquals(path)
	d.path = &path
	o.named = append(o.named, namedFile{kind, path})
}

// checkDirs refuses --wd beside --wdns.
func (o *Options) checkDirs() error {
	if o.DirInside != nil && o.Dir != (dir{}) {
		return tool.Failure("mutually exclusive arguments: --wdns --wd")
	}
	return nil
}

// checkPty refuses --no-fork beside --pty: the command is a child of its session's leader.
func (o *Options) checkPty() error {
	if o.NoFork && o.WantsPty() {
		return tool.Failure("mutually exclusive arguments: --no-fork --pty")
	}
	return nil
}

func (o *Options) setSocket(s string) error {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 0 {
		return tool.Failure("failed to parse file descriptor: '" + s + "'")
	}
	fd := int(n)
	o.Socket = &fd
	return nil
}

func parseFollow(s, what string) (*id, error) {
	if s == "follow" {
		return &id{follow: true}, nil
	}
	n, err := tool.ParseID(s, what)
	if err != nil {
		return nil, err
	}
	return &id{n: *n}, nil
}
