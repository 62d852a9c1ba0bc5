package nsenter

import (
	"nstools/internal/ns"
	"nstools/internal/opt"
)

// The groups of the help text.
const (
	groupTarget = iota
	groupNamespaces
	groupIDs
	groupFiles
	groupRun
	groupHelp
	groupOwn
)

// Table returns gonsenter's options, in the order of the original's array, which is also
// the order of the possibilities in an "is ambiguous" message.
func Table(o *Options) *opt.Table {
	flags := []opt.Flag{
		{Long: "all", Group: groupTarget, Help: "enter all namespaces of the target",
			Set: func(string, bool) error { o.All = true; return nil }},
	}
	flags = append(flags, o.HelpFlags(groupHelp)...)
	flags = append(flags, opt.Flag{Long: "target", Metavar: "<pid>[:<inode>]|<name>", Group: groupTarget,
		Complete: opt.Listed, List: "--targets",
		Help: "target process to get namespaces from",
		Set:  func(s string, _ bool) error { return o.setTarget(s) }})
	flags = append(flags, kindFlags(o)...)
	flags = append(flags, idFlags(o)...)
	flags = append(flags, dirFlags(o)...)
	flags = append(flags, runFlags(o)...)
	flags = append(flags, findFlags(o)...)
	flags = append(flags, listFlags(o)...)
	flags = append(flags, containerFlags(o)...)
	flags = append(flags, privateFlags(o)...)
	flags = append(flags, o.PtyFlag(groupOwn, "run <program> on a pseudo-terminal of its own", o.checkPty))
	flags = append(flags, o.OwnFlags(groupOwn)...)
	for i := range flags {
		spell(&flags[i])
	}
	return &opt.Table{
		Manual:   "gonsenter(1)",
		Synopsis: "[options] [<program> [<argument>...]]",
		About:    "Run a program with namespaces of other processes.",
		OwnTitle: "Options that nsenter(1) lacks, never abbreviated:",
		Flags:    flags,
	}
}

// kindFlags returns the eight kinds in the original's order, with --net-socket among them.
func kindFlags(o *Options) []opt.Flag {
	kind := func(kind int, help string) opt.Flag {
		return opt.Flag{
			Long:    ns.Kinds[kind].Option,
			Metavar: "<file>|:<nsid>", Complete: opt.Files, Group: groupNamespaces, Help: help,
			Set: func(file string, given bool) error { o.choose(kind, file, given); return nil },
		}
	}
	return []opt.Flag{
		kind(ns.Mount, "enter mount namespace"),
		kind(ns.UTS, "enter UTS namespace (hostname etc)"),
		kind(ns.IPC, "enter System V IPC namespace"),
		kind(ns.Net, "enter network namespace"),
		{Long: "net-socket", Metavar: "fd", Group: groupNamespaces,
			Help: "enter the network namespace of the target's socket <fd>",
			Set:  func(s string, _ bool) error { return o.setSocket(s) }},
		kind(ns.PID, "enter pid namespace"),
		kind(ns.User, "enter user namespace"),
		kind(ns.Cgroup, "enter cgroup namespace"),
		kind(ns.Time, "enter time namespace"),
	}
}

func idFlags(o *Options) []opt.Flag {
	return []opt.Flag{
		{Long: "setuid", Metavar: "<uid>|follow", Group: groupIDs,
			Help: "set uid in entered namespace",
			Set:  func(s string, _ bool) (err error) { o.SetUID, err = parseFollow(s, "failed to parse uid"); return err }},
		{Long: "setgid", Metavar: "<gid>|follow", Group: groupIDs,
			Help: "set gid in entered namespace",
			Set:  func(s string, _ bool) (err error) { o.SetGID, err = parseFollow(s, "failed to parse gid"); return err }},
	}
}

func dirFlags(o *Options) []opt.Flag {
	return []opt.Flag{
		{Long: "root", Metavar: "dir", Complete: opt.Dirs, Group: groupFiles,
			Help: "set the root directory, opened before",
			Set:  func(path string, given bool) error { o.setDir(&o.Root, namedRoot, path, given); return nil }},
		{Long: "wd", Metavar: "dir", Complete: opt.Dirs, Group: groupFiles,
			Help: "set the working directory, opened before",
			Set: func(path string, given bool) error {
				o.setDir(&o.Dir, namedDir, path, given)
				return o.checkDirs()
			}},
		{Long: "wdns", Metavar: "dir", Group: groupFiles,
			Help: "set the working directory, as seen in the namespaces",
			Set: func(path string, _ bool) error {
				path = withoutEquals(path)
				o.DirInside = &path
				return o.checkDirs()
			}},
	}
}

func privateFlags(o *Options) []opt.Flag {
	return []opt.Flag{
		{Long: "mount-proc", Group: groupOwn, Help: "mount a /proc of the pid namespace, seen by <program> only",
			Set: func(string, bool) error { o.MountProc = true; return nil }},
		{Long: "tools", Metavar: "dir", Complete: opt.Dirs, Group: groupOwn,
			Help: "enter all namespaces but mount, with the files of the host\nor <dir>; the target's are on " + targetRoot,
			Set:  func(dir string, given bool) error { return o.setTools(dir, given) }},
	}
}

func runFlags(o *Options) []opt.Flag {
	on := func(b *bool) func(string, bool) error {
		return func(string, bool) error { *b = true; return nil }
	}
	return []opt.Flag{
		{Long: "env", Metavar: "name,...", Group: groupRun,
			Help: "inherit environment variables from target process",
			Set:  func(names string, given bool) error { return o.setEnv(names, given) }},
		{Long: "no-fork", Group: groupRun, Help: "do not fork before exec'ing <program>",
			Set: func(string, bool) error { o.NoFork = true; return o.checkPty() }},
		{Long: "join-cgroup", Group: groupRun, Help: "join the cgroup of the target process", Set: on(&o.JoinCgroup)},
		{Long: "preserve-credentials", Group: groupIDs, Help: "do not touch uids or gids", Set: on(&o.Preserve)},
		{Long: "keep-caps", Group: groupIDs, Help: "retain capabilities granted in user namespaces", Set: on(&o.KeepCaps)},
		{Long: "user-parent", Group: groupNamespaces, Help: "enter parent user namespace", Set: on(&o.UserParent)},
		{Long: "follow-context", Group: groupRun, Help: "set SELinux context according to --target", Set: on(&o.Context)},
	}
}

func findFlags(o *Options) []opt.Flag {
	return []opt.Flag{
		{Long: "which", Metavar: "target", Complete: opt.Listed, List: "--targets", Group: groupOwn,
			Help: "print PID, runtime, id and name of a target, and stop",
			Set:  func(s string, _ bool) error { o.Which = &s; return nil }},
		{Long: "targets", Group: groupOwn, Help: "print what has a name and is running, and stop",
			Set: func(string, bool) error { o.Targets = true; return nil }},
	}
}

func containerFlags(o *Options) []opt.Flag {
	return []opt.Flag{
		{Long: "as-container", Group: groupOwn,
			Help: "run as the target does: its cgroups, ids, capabilities, no_new_privs and security label",
			Set:  func(string, bool) error { o.AsContainer = true; return nil }},
	}
}
