// Package unshare is gounshare: its table of options and the compiler that turns them into
// a plan. Both are pure; a facts.Snapshot has what they need to know of the caller. See
// unshare(1).
package unshare

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/ns"
	"nstools/internal/tool"
)

// Options is the command line, read but not yet resolved: names are still names, and "auto"
// has not been looked up. A nil pointer is an option that was not given. An empty value is
// one that the kernel will refuse.
type Options struct {
	Namespaces uintptr                // CLONE_NEW* flags, implied ones included
	Files      [len(ns.Kinds)]*string // where to bind each kind of ns.Kinds

	Fork           bool
	KillChild      unix.Signal // 0 if not asked for
	ForwardSignals bool

	MountProc   *string // directories
	MountBinfmt *string
	LoadInterp  *string
	Propagation propagation
	Root        *string
	PivotRoot   *string
	Dir         *string // of --wd

	SetUID, SetGID *uint32
	MapUser        *single
	MapGroup       *single
	MapUsers       []ranges
	MapGroups      []ranges
	Owner          *owner
	Setgroups      string // "", "allow" or "deny"
	KeepCaps       bool

	Monotonic, Boottime *int64 // seconds

	ClearEnv  bool
	Whitelist []string

	Hostname *string
	Loopback bool

	tool.Common

	Command []string // a login shell if empty

	askedBy [len(ns.Kinds)]string // the options that asked for each kind
}

// single is the id that the caller's own becomes.
type single struct {
	option  string // the option that asked for it
	id      string // number or name
	current bool   // the caller's own id
}

// ranges is one value of --map-users or --map-groups.
type ranges struct {
	option string
	spec   string // "inner:outer:count", "auto", "subids" or "all"
}

type owner struct{ uid, gid uint32 }

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
	return o.check()
}

// addNamespaces asks for namespaces on behalf of an option.
func (o *Options) addNamespaces(flags uintptr, option string) {
	o.Namespaces |= flags
	for i, k := range ns.Kinds {
		if k.Flag&flags != 0 {
			o.askedBy[i] = tool.AddOption(o.askedBy[i], option)
		}
	}
}

// optionsFor returns the options that asked for any of the namespaces.
func (o *Options) optionsFor(flags uintptr) string {
	list := ""
	for i, k := range ns.Kinds {
		if k.Flag&flags == 0 {
			continue
		}
		for _, option := range strings.Fields(o.askedBy[i]) {
			list = tool.AddOption(list, option)
		}
	}
	return list
}

// bindsFiles reports whether any namespace is to be bound to a file.
func (o *Options) bindsFiles() bool {
	return slices.ContainsFunc(o.Files[:], func(file *string) bool { return file != nil })
}
