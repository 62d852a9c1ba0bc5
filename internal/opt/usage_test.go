package opt

import "testing"

func TestUsage(t *testing.T) {
	table := &Table{
		Manual:   "tool(1)",
		Synopsis: "[options] <file>\n-l",
		About:    "Does something.",
		OwnTitle: "Options cotool(1) lacks:",
		Flags: []Flag{
			{Short: 'h', Long: "help", Group: 9, Help: "display this help"},
			{Long: "own-b", Own: true, Group: 2, Help: "the second"},
			{Long: "own-a", Own: true, Group: 1, Help: "the first"},
			{Short: 'm', Long: "mount", Arg: Optional, Metavar: "file", Help: "an optional value"},
			{Short: 'R', Long: "root", Arg: Required, ShortArg: Required, Metavar: "dir", Help: "a required value"},
			{Long: "kill-child", Arg: Optional, Metavar: "signame", Help: "twenty-five characters\n  and a second line"},
			{Long: "kill-children", Arg: Required, Metavar: "signal", Help: "twenty-five again"},
			{Long: "kill-grandkid", Arg: Required, Metavar: "signals", Help: "twenty-six characters"},
			{Long: "propagation", Arg: Required, Metavar: "slave|shared", Help: "words\nand a second line"},
			{Long: "owner", Arg: Optional, Metavar: "<uid>:<gid>", Group: 1, Help: "brackets of its own"},
			{Long: "map", Arg: Required, Metavar: "in:out", Group: 1, Help: "no brackets"},
		},
	}
	const want = `
Usage:
 mytool [options] <file>
 mytool -l

Does something.

Options:
 -m, --mount[=<file>]      an optional value
 -R, --root <dir>          a required value
 --kill-child[=<signame>]  twenty-five characters
                             and a second line
 --kill-children <signal>  twenty-five again
 --kill-grandkid <signals>
                           twenty-six characters
 --propagation slave|shared
                           words
                           and a second line

 --owner[=<uid>:<gid>]     brackets of its own
 --map in:out              no brackets

 -h, --help                display this help

Options cotool(1) lacks:
 --own-a                   the first

 --own-b                   the second

For more details see tool(1).
`
	if got := table.Usage("mytool"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestUsageWithoutOptions(t *testing.T) {
	table := &Table{Manual: "tool(1)", Synopsis: "<file>", About: "Does something.", OwnTitle: "None:"}
	const want = "\nUsage:\n tool <file>\n\nDoes something.\n\nFor more details see tool(1).\n"
	if got := table.Usage("tool"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
