package nsenter

import (
	"nstools/internal/inventory"
	"nstools/internal/ns"
	"nstools/internal/opt"
	"nstools/internal/tool"
)

// listing is what --list and its options ask for.
type listing struct {
	wanted bool
	tree   inventory.Relation
	json   bool
}

func listFlags(o *Options) []opt.Flag {
	return []opt.Flag{
		{Long: "list", Group: groupOwn, Help: "list namespaces, or those of the target, and enter none",
			Set: func(string, bool) error { o.List.wanted = true; return nil }},
		{Long: "tree", Metavar: "owner|parent", Complete: opt.Words, Group: groupOwn,
			Help: "list each below its user namespace, or its parent",
			Set:  func(s string, given bool) error { return o.List.setTree(s, given) }},
		{Long: "json", Group: groupOwn, Help: "list in JSON",
			Set: func(string, bool) error { o.List.json = true; return nil }},
	}
}

func (l *listing) setTree(s string, given bool) error {
	switch {
	case !given || s == "owner":
		l.tree = inventory.ByOwner
	case s == "parent":
		l.tree = inventory.ByParent
	default:
		return tool.Failure("unsupported --tree argument '" + s + "'")
	}
	return nil
}

// checkList refuses options that contradict --list, or that need it.
func (o *Options) checkList() error {
	if !o.List.wanted {
		switch {
		case o.List.tree != inventory.ByNone:
			return tool.Failure("--tree is for --list")
		case o.List.json:
			return tool.Failure("--json is for --list")
		}
		return nil
	}
	for _, other := range []struct {
		given  bool
		option string
	}{
		{o.Explain != "", "explain"}, {o.Which != nil, "which"}, {o.Targets, "targets"}, {o.Socket != nil, "net-socket"}, {o.UserParent, "user-parent"},
		{o.SetUID != nil, "setuid"}, {o.SetGID != nil, "setgid"}, {o.Preserve, "preserve-credentials"}, {o.KeepCaps, "keep-caps"},
		{o.Root != (dir{}), "root"}, {o.Dir != (dir{}), "wd"}, {o.DirInside != nil, "wdns"},
		{o.readsEnv(), "env"}, {o.NoFork, "no-fork"}, {o.JoinCgroup, "join-cgroup"}, {o.Context, "follow-context"},
		{o.Tools != nil, "tools"}, {o.MountProc, "mount-proc"}, {o.AsContainer, "as-container"}, {o.WantsPty(), "pty"},
	} {
		if other.given {
			return tool.Failure("mutually exclusive arguments: --list --" + other.option)
		}
	}
	if o.Target != nil && o.List.tree != inventory.ByNone {
		return tool.Failure("mutually exclusive arguments: --tree --target")
	}
	if len(o.Command) > 0 {
		return tool.Failure("--list runs no command")
	}
	for i, c := range o.Kinds {
		if c.file != nil {
			return tool.Failure("--list takes --" + ns.Kinds[i].Option + " without a file")
		}
	}
	return nil
}

// kinds returns the kinds that options name, or else all.
func (o *Options) kinds() inventory.Kinds {
	var kinds inventory.Kinds
	for i, c := range o.Kinds {
		if c.given {
			kinds = kinds.With(i)
		}
	}
	if kinds == 0 || o.All {
		return inventory.AllKinds
	}
	return kinds
}
