package testscripts

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts hint-*.txtar are a table of refusals. Each row makes the cause of one, takes the
// cure from the words of the hint, and carries it out to the letter:
//
//	refused 1 deprived sys_chroot -- gonsenter -t $T -m true
//	because 'this needs (CAP_SYS_CHROOT)'
//	cure grants
//
// refused N [CAUSE... --] COMMAND... runs the command, and wants the exit status and exactly
// one hint, in the last line.
//
// because REGEXP has to match the hint from its beginning. Its first group is the cure.
//
// cure HOW uses the group as the word says. The command has to end with 0:
//
//	adds           its words follow the program's name
//	drops          its words are left out of the command
//	puts WORD      it replaces WORD, wherever that is a part of the command
//	grants         the launcher of the cause (filtered, deprived) allows what it names
//	runs           a shell runs it, where the cause is, and then the command again
//	instead        a shell runs it, where the cause is, in place of the command
//	by COMMAND...  the command is what a reader makes of it, with the group in $CURE
//	lies           no other cure exists than to remove the cause: the same runs without it
//
// next N HOW is a cure after which the command is refused again, with the next hint.
type refusal struct {
	cause, command []string
	hint, cure     string
	matched, cured bool
}

var programs = []string{"gounshare", "gonsenter", "gonetns", "unshare", "nsenter", "ip"}

// hintCommands adds the commands of the table to cmds.
func hintCommands(cmds map[string]func(*testscript.TestScript, bool, []string)) {
	cmds["target"], cmds["refused"], cmds["because"], cmds["cure"], cmds["next"] = cmdTarget, cmdRefused, cmdBecause, cmdCure, cmdNext
}

func refusalOf(ts *testscript.TestScript) *refusal { return ts.Value("refusal").(*refusal) }

// cmdTarget starts a process to enter, whose PID is in T until the script ends:
//
//	target -n
//	target asuser -Urn
func cmdTarget(ts *testscript.TestScript, neg bool, args []string) {
	env := []string{"LC_ALL=C", "PATH=" + ts.Getenv("PATH")}
	cmd, pid, err := startBeside(ts.MkAbs("."), env, args)
	if cmd != nil {
		ts.Defer(func() {
			if pid != strconv.Itoa(cmd.Process.Pid) {
				if n, err := strconv.Atoi(pid); err == nil {
					syscall.Kill(n, syscall.SIGKILL)
				}
			}
			cmd.Process.Kill()
			cmd.Wait()
		})
	}
	ts.Check(err)
	ts.Setenv("T", pid)
}

func cmdRefused(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: refused N [CAUSE... --] COMMAND...")
	}
	r := refusalOf(ts)
	if !r.cured {
		ts.Fatalf("the hint before has not been tried: %s", r.hint)
	}
	status, err := strconv.Atoi(args[0])
	ts.Check(err)
	ts.Setenv("CURED", "")
	*r = refusal{command: args[1:]}
	if n := slices.Index(args, "--"); n > 0 {
		r.cause, r.command = args[1:n], args[n+1:]
	}
	r.refused(ts, status, r.command)
}

// refused runs a command with its cause, and reads the hint.
func (r *refusal) refused(ts *testscript.TestScript, want int, command []string) {
	argv := append(slices.Clone(r.cause), command...)
	err := ts.Exec(argv[0], argv[1:]...)
	if got := exitStatus(err); got != want {
		ts.Fatalf("%s: exit status %d; want %d (%v)", strings.Join(argv, " "), got, want, err)
	}
	said := ts.ReadFile("stderr")
	lines := strings.Split(strings.TrimSuffix(said, "\n"), "\n")
	_, hint, ok := strings.Cut(lines[len(lines)-1], ": hint: ")
	if n := strings.Count(said, ": hint: "); n != 1 || !ok {
		ts.Fatalf("%s: %d hints; want one, in the last line", strings.Join(argv, " "), n)
	}
	r.command, r.hint, r.cure, r.matched, r.cured = command, hint, "", false, false
}

func cmdBecause(ts *testscript.TestScript, neg bool, args []string) {
	r := refusalOf(ts)
	if neg || len(args) != 1 || r.hint == "" {
		ts.Fatalf("usage: because REGEXP, after a refusal")
	}
	re, err := regexp.Compile("^(?:" + args[0] + ")")
	ts.Check(err)
	m := re.FindStringSubmatch(r.hint)
	if m == nil {
		ts.Fatalf("hint: %s\nmatches not: %s", r.hint, args[0])
	}
	if len(m) > 1 {
		r.cure = m[1]
	}
	ts.Setenv("CURE", r.cure)
	r.matched = true
}

func cmdCure(ts *testscript.TestScript, neg bool, args []string) {
	r := refusalOf(ts)
	if neg || len(args) == 0 {
		ts.Fatalf("usage: cure adds|drops|puts|grants|runs|instead|by|lies [ARGUMENT...]")
	}
	argv := r.applyCure(ts, args[0], args[1:])
	if err := ts.Exec(argv[0], argv[1:]...); err != nil {
		ts.Fatalf("the hint is false: %s\n%s: %v", r.hint, strings.Join(argv, " "), err)
	}
	r.cured = true
}

func cmdNext(ts *testscript.TestScript, neg bool, args []string) {
	r := refusalOf(ts)
	if neg || len(args) < 2 {
		ts.Fatalf("usage: next N adds|drops|puts|grants|runs|instead|by|lies [ARGUMENT...]")
	}
	status, err := strconv.Atoi(args[0])
	ts.Check(err)
	command := r.applyCure(ts, args[1], args[2:])
	switch args[1] {
	case "by", "lies":
		r.cause = nil
	}
	r.refused(ts, status, command[len(r.cause):])
}

// applyCure returns the command line with its cause, changed as the hint says.
func (r *refusal) applyCure(ts *testscript.TestScript, how string, args []string) []string {
	if !r.matched {
		ts.Fatalf("because has to say which part of the hint is the cure: %s", r.hint)
	}
	if r.cure == "" && how != "lies" && how != "by" {
		ts.Fatalf("the hint names no cure: %s", r.hint)
	}
	command := slices.Clone(r.command)
	whole := func(command ...string) []string { return append(slices.Clone(r.cause), command...) }
	switch how {
	case "adds":
		at := 0
		for i, word := range command {
			if slices.Contains(programs, filepath.Base(word)) {
				at = i + 1
			}
		}
		return whole(slices.Insert(command, at, strings.Fields(r.cure)...)...)
	case "drops":
		for _, word := range strings.Fields(r.cure) {
			at := slices.Index(command, word)
			if at < 0 {
				ts.Fatalf("there is no %s to leave out", word)
			}
			command = slices.Delete(command, at, at+1)
		}
		return whole(command...)
	case "puts":
		for i, word := range command {
			command[i] = strings.ReplaceAll(word, args[0], r.cure)
		}
		return whole(command...)
	case "grants":
		ts.Setenv("CURED", strings.TrimSuffix(r.cure, "(2)"))
		return whole(command...)
	case "runs":
		return whole(append([]string{"sh", "-c", r.cure + "\n" + `exec "$@"`, "sh"}, command...)...)
	case "instead":
		return whole("sh", "-c", r.cure)
	case "by":
		return args
	case "lies":
		return command
	}
	ts.Fatalf("no cure is called %s", how)
	return nil
}

// TestHintsAreTried counts the rows of the table, and finds rows without a cure: the driver
// finds them only where another row follows.
func TestHintsAreTried(t *testing.T) {
	const least = 100
	names, err := filepath.Glob("hint-*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		open := ""
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "-- ") {
				break
			}
			words := strings.Fields(line)
			for len(words) > 0 && strings.HasPrefix(words[0], "[") {
				words = words[1:]
			}
			if len(words) == 0 {
				continue
			}
			switch words[0] {
			case "refused", "next":
				rows++
				open = line
			case "cure":
				open = ""
			}
		}
		if open != "" {
			t.Errorf("%s: not tried: %s", name, open)
		}
	}
	if rows < least {
		t.Errorf("%d refusals; want %d or more", rows, least)
	}
}
