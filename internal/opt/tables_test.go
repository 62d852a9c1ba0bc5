package opt

import "slices"

// unshareTable mirrors the options of unshare(1), with two that only gounshare has.
func unshareTable() *Table {
	return &Table{
		Manual:   "unshare(1)",
		Synopsis: "[options] [<program> [<argument>...]]",
		About:    "Run a program with some namespaces unshared from the parent.",
		OwnTitle: "Options the original lacks:",
		Flags: []Flag{
			{Short: 'h', Long: "help", Group: 9, Help: "display this help"},
			{Short: 'V', Long: "version", Group: 9, Help: "display version"},
			{Short: 'm', Long: "mount", Arg: Optional, Metavar: "file", Complete: Files, Help: "unshare mounts namespace"},
			{Short: 'u', Long: "uts", Arg: Optional, Metavar: "file", Complete: Files, Help: "unshare UTS namespace (hostname etc)"},
			{Short: 'i', Long: "ipc", Arg: Optional, Metavar: "file", Complete: Files, Help: "unshare System V IPC namespace"},
			{Short: 'n', Long: "net", Arg: Optional, Metavar: "file", Complete: Files, Help: "unshare network namespace"},
			{Short: 'p', Long: "pid", Arg: Optional, Metavar: "file", Complete: Files, Help: "unshare pid namespace"},
			{Short: 'U', Long: "user", Arg: Optional, Metavar: "file", Complete: Files, Help: "unshare user namespace"},
			{Short: 'C', Long: "cgroup", Arg: Optional, Metavar: "file", Complete: Files, Help: "unshare cgroup namespace"},
			{Short: 'T', Long: "time", Arg: Optional, Metavar: "file", Complete: Files, Help: "unshare time namespace"},
			{Short: 'f', Long: "fork", Group: 1, Help: "fork before launching <program>"},
			{Long: "kill-child", Arg: Optional, Metavar: "signame", Group: 2, Complete: Signals, Help: "when dying, kill the forked child (implies --fork)\n  defaults to SIGKILL"},
			{Long: "forward-signals", Group: 2, Help: "forward SIGTERM and SIGINT to the forked child (implies --fork)"},
			{Long: "mount-proc", Arg: Optional, Metavar: "dir", Group: 2, Complete: Dirs, Help: "mount proc filesystem first (implies --mount)"},
			{Long: "mount-binfmt", Arg: Optional, Metavar: "dir", Group: 2, Complete: Dirs, Help: "mount binfmt filesystem first (implies --user and --mount)"},
			{Long: "map-user", Arg: Required, Metavar: "<uid>|<name>", Group: 1, Complete: Users, Help: "map current user to uid (implies --user)"},
			{Long: "map-users", Arg: Required, Metavar: "<inner>:<outer>:<count>", Group: 1, Help: "map count users from outer to inner (implies --user)"},
			{Long: "map-group", Arg: Required, Metavar: "<gid>|<name>", Group: 1, Complete: Groups, Help: "map current group to gid (implies --user)"},
			{Long: "map-groups", Arg: Required, Metavar: "<inner>:<outer>:<count>", Group: 1, Help: "map count groups from outer to inner (implies --user)"},
			{Short: 'r', Long: "map-root-user", Group: 1, Help: "map current user to root (implies --user)"},
			{Short: 'c', Long: "map-current-user", Group: 1, Help: "map current user to itself (implies --user)"},
			{Long: "map-auto", Group: 1, Help: "map users and groups automatically (implies --user)"},
			{Long: "map-subids", Group: 1, Help: "map subordinate ids to themselves (implies --user)"},
			{Long: "owner", Arg: Required, Metavar: "uid:gid", Group: 1, Help: "set the owner of the user namespace"},
			{Long: "propagation", Arg: Required, Metavar: "slave|shared|private|unchanged", Group: 2, Complete: Words, Help: "modify mount propagation in mount namespace"},
			{Long: "setgroups", Arg: Required, Metavar: "allow|deny", Group: 2, Complete: Words, Help: "control the setgroups syscall in user namespaces"},
			{Long: "keep-caps", Group: 2, Help: "retain capabilities granted in user namespaces"},
			{Short: 'S', Long: "setuid", Arg: Required, ShortArg: Required, Metavar: "uid", Group: 3, Complete: Users, Help: "set uid in entered namespace"},
			{Short: 'G', Long: "setgid", Arg: Required, ShortArg: Required, Metavar: "gid", Group: 3, Complete: Groups, Help: "set gid in entered namespace"},
			{Short: 'R', Long: "root", Arg: Required, ShortArg: Required, Metavar: "dir", Group: 3, Complete: Dirs, Help: "run the command with root directory set to <dir>"},
			{Short: 'w', Long: "wd", Arg: Required, ShortArg: Required, Metavar: "dir", Group: 3, Complete: Dirs, Help: "change working directory to <dir>"},
			{Long: "monotonic", Arg: Required, Metavar: "offset", Group: 3, Help: "set clock monotonic offset (seconds) in time namespaces"},
			{Long: "boottime", Arg: Required, Metavar: "offset", Group: 3, Help: "set clock boottime offset (seconds) in time namespaces"},
			{Short: 'l', Long: "load-interp", Arg: Required, ShortArg: Required, Metavar: "string", Group: 3, Help: "load binfmt definition in the namespace (implies --mount-binfmt)"},
			{Long: "clear-env", Group: 3, Help: "clear all environment variables"},
			{Long: "whitelist-env", Arg: Required, Metavar: "names", Group: 3, Help: "keep the named variables (implies --clear-env)"},
			{Long: "pivot-root", Own: true, Help: "leave the old root with [pivot_root], it's 'gone'"},
			{Long: "mount-cgroup", Own: true, Arg: Optional, Metavar: "dir", Complete: Dirs, Help: "mount cgroup2 filesystem first"},
		},
	}
}

// nsenterTable mirrors the options of nsenter(1), whose short ones take glued values.
func nsenterTable() *Table {
	namespace := func(short byte, long string) Flag {
		return Flag{Short: short, Long: long, Arg: Optional, ShortArg: Optional, Metavar: "file", Complete: Files, Help: "enter " + long + " namespace"}
	}
	return &Table{
		Manual:   "nsenter(1)",
		Synopsis: "[options] [<program> [<argument>...]]",
		About:    "Run a program with namespaces of other processes.",
		Flags: []Flag{
			{Short: 'a', Long: "all"},
			{Short: 'h', Long: "help"},
			{Short: 'V', Long: "version"},
			{Short: 't', Long: "target", Arg: Required, ShortArg: Required, Metavar: "pid|<name>", Complete: Listed, List: "--targets"},
			namespace('m', "mount"),
			namespace('u', "uts"),
			namespace('i', "ipc"),
			namespace('n', "net"),
			{Short: 'N', Long: "net-socket", Arg: Required, ShortArg: Required, Metavar: "fd"},
			namespace('p', "pid"),
			namespace('U', "user"),
			namespace('C', "cgroup"),
			namespace('T', "time"),
			{Short: 'S', Long: "setuid", Arg: Required, ShortArg: Required, Metavar: "uid", Complete: Users},
			{Short: 'G', Long: "setgid", Arg: Required, ShortArg: Required, Metavar: "gid", Complete: Groups},
			{Short: 'r', Long: "root", Arg: Optional, ShortArg: Optional, Metavar: "dir", Complete: Dirs},
			{Short: 'w', Long: "wd", Arg: Optional, ShortArg: Optional, Metavar: "dir", Complete: Dirs},
			{Short: 'W', Long: "wdns", Arg: Optional, ShortArg: Optional, Metavar: "dir", Complete: Dirs},
			{Short: 'e', Long: "env"},
			{Short: 'F', Long: "no-fork"},
			{Short: 'c', Long: "join-cgroup"},
			{Long: "preserve-credentials"},
			{Long: "keep-caps"},
			{Long: "user-parent"},
			{Short: 'Z', Long: "follow-context"},
		},
	}
}

// oddTable has names that begin other names, and options one form of which takes a value.
func oddTable() *Table {
	return &Table{Flags: []Flag{
		{Short: 'x', Long: "abcd", ShortArg: Required},
		{Short: 'y', Long: "abc", Arg: Required},
		{Short: 'z', Long: "ab", Arg: Optional, ShortArg: Optional},
		{Short: '+', Long: "a-b", Own: true, Arg: Required},
		{Short: '=', Long: "b-", Arg: Optional},
		{Short: 'e', Long: "caf\u00e9", Arg: Required, ShortArg: Optional},
	}}
}

// loneTable has one option, so that an empty abbreviation is not ambiguous.
func loneTable() *Table {
	return &Table{Flags: []Flag{
		{Long: "own", Own: true},
		{Short: 'W', Long: "lone", Arg: Optional, ShortArg: Required},
	}}
}

// outcome is the result of a command line, as lines: "option NAME", "option
// NAME=VALUE", "operand WORD", "error TEXT".
type outcome []string

// parse runs args through a copy of the table that keeps a record.
func parse(table *Table, args ...string) outcome {
	var got outcome
	t := *table
	t.Flags = slices.Clone(table.Flags)
	for i := range t.Flags {
		name := t.Flags[i].Long
		t.Flags[i].Set = func(value string, given bool) error {
			line := "option " + name
			if given {
				line += "=" + value
			}
			got = append(got, line)
			return nil
		}
	}
	operands, err := t.Parse(append([]string{"program"}, args...))
	if err != nil {
		got = append(got, "error "+err.Error())
	}
	for _, word := range operands {
		got = append(got, "operand "+word)
	}
	return got
}
