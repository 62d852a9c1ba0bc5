package testscripts

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// An example is a session in the manual: commands, each with its output.
type example struct {
	needs    []string // programs
	commands []exampleCommand
}

type exampleCommand struct {
	root bool // typed after a "#"
	text string
	want []string
}

// TestManualExamples runs the sessions in EXAMPLES as they are on the pages. bash runs them as
// the alice and the root of the pages.
func TestManualExamples(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"gounshare.1", "gonsenter.1", "gonetns.8"} {
		t.Run(page, func(t *testing.T) { runPage(t, filepath.Join(box.source, "man", page)) })
	}
}

func runPage(t *testing.T, page string) {
	examples := readExamples(t, page)
	if os.Geteuid() != 0 {
		t.Skip("needs root to become alice")
	}
	if ok, err := condition("userns"); err != nil {
		t.Fatal(err)
	} else if !ok {
		t.Skip("this kernel gives ordinary users no user namespaces")
	}
	for _, e := range examples {
		name, _, _ := strings.Cut(e.commands[0].text, "\n")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, program := range e.needs {
				if !onPath(program) {
					t.Skipf("no %s", program)
				}
			}
			runExample(t, e, filepath.Base(page))
		})
	}
}

// readExamples returns the literal blocks of the section. A comment in front of one names the
// programs that it needs.
func readExamples(t *testing.T, page string) []example {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, text2, _ := strings.Cut(string(text), "\n.Sh EXAMPLES\n")
	section, _, _ := strings.Cut(text2, "\n.Sh ")
	var list []example
	var needs []string
	unescape := strings.NewReplacer(`\e`, `\`, `\&`, "", `\-`, "-", `\(aq`, "'")
	inside := false
	for line := range strings.SplitSeq(section, "\n") {
		switch {
		case strings.HasPrefix(line, `.\" needs: `):
			needs = strings.Fields(line)[2:]
		case strings.HasPrefix(line, ".Bd -literal"):
			list = append(list, example{needs: needs})
			needs, inside = nil, true
		case line == ".Ed":
			inside = false
		case inside:
			if err := list[len(list)-1].add(unescape.Replace(line)); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
		}
	}
	if len(list) < 10 {
		t.Fatalf("only %d examples", len(list))
	}
	return list
}

func (e *example) add(line string) error {
	if prompt, text, ok := strings.Cut(line, " "); ok && (prompt == "$" || prompt == "#") {
		e.commands = append(e.commands, exampleCommand{root: prompt == "#", text: text})
		return nil
	}
	if len(e.commands) == 0 {
		return fmt.Errorf("output before the first command")
	}
	last := &e.commands[len(e.commands)-1]
	if more, ok := strings.CutPrefix(line, "> "); ok && len(last.want) == 0 {
		last.text += "\n" + more
	} else {
		last.want = append(last.want, line)
	}
	return nil
}

// milliseconds matches the time in ping(8)'s output, which differs between machines.
var milliseconds = regexp.MustCompile(`time [0-9]+ms`)

// matches reports whether the output is as the page says. Blanks at the end of lines are
// ignored, and "..." stands for any lines.
func (c exampleCommand) matches(got string) bool {
	var pattern strings.Builder
	for _, line := range c.want {
		if line == "..." {
			pattern.WriteString(`(?:.*\n)*`)
		} else {
			line = regexp.QuoteMeta(strings.TrimRight(line, " "))
			pattern.WriteString(milliseconds.ReplaceAllString(line, "time [0-9]+ms") + ` *\n`)
		}
	}
	return regexp.MustCompile(`^(?:` + pattern.String() + `)$`).MatchString(got)
}

// enter makes the machine of the examples: host names, users and processes are the session's
// own, so that the session leaves nothing behind.
const enter = `set -e
mount -t proc proc /proc
[ -z "$NAMES" ] || mount -t tmpfs none /run
for f in passwd group subuid subgid; do
	[ ! -e /etc/$f ] || mount --bind "$ETC/$f" /etc/$f
done
hostname host
exec "$@"
`

// mark ends the output of a command with user id and depth of shells between record
// separators. It returns the command's status. It is exported, so that shells below have it.
const mark = `mark() { local s=$?; printf '\036%s %s\036\n' $EUID $SHLVL; return $s; }; export -f mark
`

// started waits until a process in the background is what the page assumes at the next
// command: every process that is entered has become a sleep(1).
const started = `until grep -qsx sleep /proc/$!/comm $(cat /proc/$!/task/$!/children | sed 's|[0-9][0-9]*|/proc/&/comm|g'); do sleep 0.01; done`

func runExample(t *testing.T, e example, page string) {
	dir, err := os.MkdirTemp(box.work, "man")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	args := []string{"-c", enter, "sh", "bash", "--norc"}
	if !e.commands[0].root {
		args = append(args[:3:3], "setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "--", "bash", "--norc")
		if err := os.Chown(dir, 1000, 1000); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("sh", args...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + box.bin + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"LC_ALL=C", "SHELL=/bin/bash", "HOME=" + dir, "ETC=" + exampleUsers(t, dir),
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWPID, Unshareflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWUTS,
		Pdeathsig: syscall.SIGKILL,
	}
	if page == "gonetns.8" { // its examples begin without names and devices
		cmd.Env = append(cmd.Env, "NAMES=none")
		cmd.SysProcAttr.Unshareflags |= syscall.CLONE_NEWNET
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	defer cmd.Wait()
	defer in.Close()
	hung := time.AfterFunc(5*time.Minute, func() { cmd.Process.Kill() })
	defer hung.Stop()

	out := bufio.NewReader(r)
	if _, err := io.WriteString(in, mark); err != nil {
		t.Fatal(err)
	}
	_, first := runCommand(t, in, out, ":")
	state := first
	for _, c := range e.commands {
		if root := strings.HasPrefix(state, "0 "); root != c.root {
			t.Errorf("%s\nthe prompt on the page is another user's (# for root: %v)", c.text, root)
		}
		var got string
		if strings.HasSuffix(c.text, "&") {
			c.text += "\n" + started
		}
		got, state = runCommand(t, in, out, c.text)
		if !c.matches(got) {
			t.Errorf("%s\nprints\n%sand the page says\n%s", c.text, got, strings.Join(c.want, "\n"))
		}
	}
	if state != first {
		t.Errorf("the session ends in another shell than it began in (user, depth: %s; was %s)", state, first)
	}
}

// runCommand has the innermost shell carry out a command. It returns the output, and the user
// and depth of the shell that is then the innermost. bash reads a pipe byte by byte, so that
// each shell gets the lines that are meant for it.
func runCommand(t *testing.T, in io.Writer, out *bufio.Reader, text string) (printed, state string) {
	t.Helper()
	if _, err := io.WriteString(in, text+"\nmark\n"); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var parts [2]string
	for i := range parts {
		part, err := out.ReadString('\036')
		if err != nil {
			t.Fatalf("%s\nended the shell, or did not end: %v\n%s%s", text, err, parts[0], part)
		}
		parts[i] = strings.TrimSuffix(part, "\036")
	}
	out.ReadByte() // the newline
	return parts[0], parts[1]
}

// exampleUsers makes a directory with the files of /etc for the page's alice.
func exampleUsers(t *testing.T, home string) string {
	etc := t.TempDir()
	for name, text := range map[string]string{
		"passwd": "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::" + home + ":/bin/bash\n",
		"group":  "root:x:0:\nalice:x:1000:\n",
		"subuid": "alice:100000:65536\n",
		"subgid": "alice:100000:65536\n",
	} {
		if err := os.WriteFile(filepath.Join(etc, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return etc
}
