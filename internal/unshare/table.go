package unshare

import (
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/ns"
	"nstools/internal/opt"
	"nstools/internal/tool"
)

// The groups of the help text.
const (
	groupNamespaces = iota
	groupFiles
	groupIDs
	groupFork
	groupRights
	groupTime
	groupHelp
	groupOwn
)

const (
	defaultProc   = "/proc"
	defaultBinfmt = "/proc/sys/fs/binfmt_misc"
)

// Table returns gounshare's options, in the order of the original's array, which is also
// the order of the possibilities in an "is ambiguous" message.
func Table(o *Options) *opt.Table {
	flags := append(o.HelpFlags(groupHelp), kindFlags(o)...)
	flags = append(flags, forkFlags(o)...)
	flags = append(flags, mountFlags(o)...)
	flags = append(flags, mapFlags(o)...)
	flags = append(flags, credentialFlags(o)...)
	flags = append(flags, dirFlags(o)...)
	flags = append(flags, clockFlags(o)...)
	flags = append(flags, environmentFlags(o)...)
	flags = append(flags, ownFlags(o)...)
	flags = append(flags, o.OwnFlags(groupOwn)...)
	for i := range flags {
		o.spell(&flags[i])
	}
	return &opt.Table{
		Manual:   "gounshare(1)",
		Synopsis: "[options] [<program> [<argument>...]]",
		About:    "Run a program with some namespaces unshared from the parent.",
		OwnTitle: "Options that unshare(1) lacks, never abbreviated:",
		Flags:    flags,
	}
}

// kindFlags returns the eight kinds in the original's order, which differs from ns.Kinds.
func kindFlags(o *Options) []opt.Flag {
	rows := [...]struct {
		kind int
		help string
	}{
		{ns.Mount, "unshare mounts namespace"},
		{ns.UTS, "unshare UTS namespace (hostname etc)"},
		{ns.IPC, "unshare System V IPC namespace"},
		{ns.Net, "unshare network namespace"},
		{ns.PID, "unshare pid namespace"},
		{ns.User, "unshare user namespace"},
		{ns.Cgroup, "unshare cgroup namespace"},
		{ns.Time, "unshare time namespace"},
	}
	flags := make([]opt.Flag, 0, len(rows))
	for _, row := range rows {
		flags = append(flags, opt.Flag{
			Long:    ns.Kinds[row.kind].Option,
			Metavar: "file", Complete: opt.Files, Group: groupNamespaces, Help: row.help,
			Set: func(file string, given bool) error {
				if given {
					o.Files[row.kind] = &file
				}
				return nil
			},
		})
	}
	return flags
}

func forkFlags(o *Options) []opt.Flag {
	return []opt.Flag{
		{Long: "fork", Group: groupFork, Help: "fork before launching <program>",
			Set: func(string, bool) error { return nil }},
		{Long: "kill-child", Metavar: "signame", Complete: opt.Signals, Group: groupFork,
			Help: "when dying, kill the forked child (implies --fork)\n  defaults to SIGKILL",
			Set: func(name string, given bool) error {
				o.KillChild = unix.SIGKILL
				if given {
					var err error
					o.KillChild, err = parseSignal(name)
					return err
				}
				return nil
			}},
		{Long: "forward-signals", Group: groupFork, Help: "forward SIGTERM and SIGINT to child (implies --fork)",
			Set: func(string, bool) error { o.ForwardSignals = true; return nil }},
	}
}

func mountFlags(o *Options) []opt.Flag {
	return []opt.Flag{
		{Long: "mount-proc", Metavar: "dir", Complete: opt.Dirs, Group: groupFiles,
			Help: "mount proc filesystem first (implies --mount)",
			Set: func(dir string, given bool) error {
				if !given {
					dir = defaultProc
				}
				o.MountProc = &dir
				return nil
			}},
		{Long: "mount-binfmt", Metavar: "dir", Complete: opt.Dirs, Group: groupFiles,
			Help: "mount binfmt filesystem first (implies --user and --mount)",
			Set: func(dir string, given bool) error {
				if given {
					o.MountBinfmt = &dir
				} else {
					o.defaultBinfmt()
				}
				return nil
			}},
	}
}

func mapFlags(o *Options) []opt.Flag {
	one := func(option, id string, current bool) *single {
		return &single{option: option, id: id, current: current}
	}
	users := func(option, spec string) {
		o.MapUsers = append(o.MapUsers, ranges{option, spec})
	}
	groups := func(option, spec string) {
		o.MapGroups = append(o.MapGroups, ranges{option, spec})
	}
	return []opt.Flag{
		{Long: "map-user", Metavar: "<uid>|<name>", Complete: opt.Users, Group: groupIDs,
			Help: "map current user to uid (implies --user)",
			Set:  func(id string, _ bool) error { o.MapUser = one("--map-user", id, false); return nil }},
		{Long: "map-users", Metavar: "<inneruid>:<outeruid>:<count>|auto|subids|all", Group: groupIDs,
			Help: "map count users from outeruid to inneruid (implies --user)",
			Set:  func(spec string, _ bool) error { users("--map-users", spec); return checkRange(spec) }},
		{Long: "map-group", Metavar: "<gid>|<name>", Complete: opt.Groups, Group: groupIDs,
			Help: "map current group to gid (implies --user)",
			Set:  func(id string, _ bool) error { o.MapGroup = one("--map-group", id, false); return nil }},
		{Long: "map-groups", Metavar: "<innergid>:<outergid>:<count>|auto|subids|all", Group: groupIDs,
			Help: "map count groups from outergid to innergid (implies --user)",
			Set:  func(spec string, _ bool) error { groups("--map-groups", spec); return checkRange(spec) }},
		{Long: "map-root-user", Group: groupIDs, Help: "map current user to root (implies --user)",
			Set: func(string, bool) error {
				o.MapUser, o.MapGroup = one("--map-root-user", "0", false), one("--map-root-user", "0", false)
				return nil
			}},
		{Long: "map-current-user", Group: groupIDs, Help: "map current user to itself (implies --user)",
			Set: func(string, bool) error {
				o.MapUser, o.MapGroup = one("--map-current-user", "", true), one("--map-current-user", "", true)
				return nil
			}},
		{Long: "map-auto", Group: groupIDs, Help: "map users and groups automatically (implies --user)",
			Set: func(string, bool) error { users("--map-auto", "auto"); groups("--map-auto", "auto"); return nil }},
		{Long: "map-subids", Group: groupIDs, Help: "map the first block of subordinate ids to itself (implies --user)",
			Set: func(string, bool) error {
				users("--map-subids", "subids")
				groups("--map-subids", "subids")
				return nil
			}},
		{Long: "owner", Metavar: "<uid>:<gid>", Group: groupIDs,
			Help: "set the user namespace owner (implies --user)",
			Set: func(ids string, _ bool) (err error) {
				o.Owner, err = parseOwner(ids)
				return err
			}},
	}
}

// credentialFlags returns the options of ids and rights, after --propagation.
func credentialFlags(o *Options) []opt.Flag {
	return []opt.Flag{
		{Long: "propagation", Metavar: "slave|shared|private|unchanged", Complete: opt.Words, Group: groupFiles,
			Help: "modify mount propagation in mount namespace",
			Set:  func(mode string, _ bool) (err error) { o.Propagation, err = parsePropagation(mode); return err }},
		{Long: "setgroups", Metavar: "allow|deny", Complete: opt.Words, Group: groupRights,
			Help: "control the setgroups syscall in user namespaces",
			Set: func(word string, _ bool) error {
				if word != "allow" && word != "deny" {
					return tool.Failure("unsupported --setgroups argument '" + word + "'")
				}
				o.Setgroups = word
				return nil
			}},
		{Long: "keep-caps", Group: groupRights, Help: "retain capabilities granted in user namespaces",
			Set: func(string, bool) error { o.KeepCaps = true; return nil }},
		{Long: "setuid", Metavar: "uid", Complete: opt.Users, Group: groupIDs,
			Help: "set uid in entered namespace",
			Set:  func(s string, _ bool) (err error) { o.SetUID, err = tool.ParseID(s, "failed to parse uid"); return err }},
		{Long: "setgid", Metavar: "gid", Complete: opt.Groups, Group: groupIDs,
			Help: "set gid in entered namespace",
			Set:  func(s string, _ bool) (err error) { o.SetGID, err = tool.ParseID(s, "failed to parse gid"); return err }},
	}
}

func dirFlags(o *Options) []opt.Flag {
	return []opt.Flag{
		{Long: "root", Metavar: "dir", Complete: opt.Dirs, Group: groupFiles,
			Help: "run the command with root directory set to <dir>",
			Set:  func(dir string, _ bool) error { o.Root = &dir; return nil }},
		{Long: "wd", Metavar: "dir", Complete: opt.Dirs, Group: groupFiles,
			Help: "change working directory to <dir>",
			Set:  func(dir string, _ bool) error { o.Dir = &dir; return nil }},
	}
}

func clockFlags(o *Options) []opt.Flag {
	return []opt.Flag{
		{Long: "monotonic", Metavar: "offset", Group: groupTime,
			Help: "set clock monotonic offset (seconds) in time namespaces",
			Set: func(s string, _ bool) (err error) {
				o.Monotonic, err = tool.ParseSeconds(s, "failed to parse monotonic offset")
				return err
			}},
		{Long: "boottime", Metavar: "offset", Group: groupTime,
			Help: "set clock boottime offset (seconds) in time namespaces",
			Set: func(s string, _ bool) (err error) {
				o.Boottime, err = tool.ParseSeconds(s, "failed to parse boottime offset")
				return err
			}},
	}
}

// environmentFlags returns the options of the interpreters and variables that the command
// finds.
func environmentFlags(o *Options) []opt.Flag {
	return []opt.Flag{
		{Long: "load-interp", Metavar: "string", Group: groupFiles,
			Help: "load binfmt definition in the namespace (implies --mount-binfmt)",
			Set: func(line string, _ bool) error {
				if o.MountBinfmt == nil {
					o.defaultBinfmt()
				}
				o.LoadInterp = &line
				return nil
			}},
		{Long: "clear-env", Group: groupTime, Help: "do not inherit environment variables from the calling process",
			Set: func(string, bool) error { o.ClearEnv = true; return nil }},
		{Long: "whitelist-env", Metavar: "list", Group: groupTime,
			Help: "clear environment except for specified variables",
			Set: func(list string, _ bool) error {
				o.Whitelist = append(o.Whitelist, strings.Split(list, ",")...)
				return nil
			}},
	}
}

func ownFlags(o *Options) []opt.Flag {
	return []opt.Flag{
		{Long: "pivot-root", Metavar: "dir", Complete: opt.Dirs, Group: groupOwn,
			Help: "make <dir> the root and detach the old one (implies --mount)",
			Set: func(dir string, _ bool) error {
				o.PivotRoot = &dir
				return nil
			}},
		{Long: "hostname", Metavar: "name", Group: groupOwn,
			Help: "set the hostname (implies --uts)",
			Set: func(name string, _ bool) error {
				o.Hostname = &name
				return nil
			}},
		{Long: "loopback", Group: groupOwn, Help: "bring the loopback interface up (implies --net)",
			Set: func(string, bool) error {
				o.Loopback = true
				return nil
			}},
		o.PtyFlag(groupOwn, "run <program> on a pseudo-terminal of its own (implies --fork)",
			func() error { return nil }),
	}
}
