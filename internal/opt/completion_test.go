package opt

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestCompletionErrors(t *testing.T) {
	table := unshareTable()
	for _, shell := range []string{"", "csh", "Bash"} {
		if script, err := table.Completion(shell, "tool"); err == nil || script != "" {
			t.Errorf("shell %q: no error", shell)
		}
	}
	for _, command := range []string{"", "-", "a b", "a'b", "a;b", "a/b", "$a", "\u00e9", "a\n"} {
		if script, err := table.Completion("bash", command); err == nil || script != "" {
			t.Errorf("command %q: no error", command)
		}
	}
	for _, command := range []string{"tool", "a-b", "a.b+c_D9"} {
		if _, err := table.Completion("bash", command); err != nil {
			t.Errorf("command %q: %v", command, err)
		}
	}
}

// TestCompletionSyntax has the shells read the scripts of tables that lack a kind of option,
// and of a command whose name is not a valid function name.
func TestCompletionSyntax(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		t.Run(shell, func(t *testing.T) {
			bench := newBench(t, shell)
			for _, table := range oracleTables() {
				script := bench.script(table(), "a-b.c")
				if output := bench.run("-n", script); len(output) > 0 {
					t.Errorf("%s -n: %q", shell, output)
				}
			}
		})
	}
}

// lister is a tool that answers --targets.
const lister = `#!/bin/sh
[ "$*" = --targets ] || exit 1
echo docker:db; echo docker:web; echo unit:cron.service; echo to stderr >&2
`

// bench is a directory to complete in: it holds the files "zqfile" and "document"
// and the directory "dirone", and there is a command "toolone".
type bench struct {
	t     *testing.T
	shell string
	dir   string
}

// newBench skips the test where the shell is not installed.
func newBench(t *testing.T, shell string) *bench {
	t.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Skip("needs a shell: ", err)
	}
	b := &bench{t: t, shell: path, dir: t.TempDir()}
	for _, dir := range []string{"dirone", "bin"} {
		if err := os.Mkdir(filepath.Join(b.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	b.write("zqfile", "", 0o644)
	b.write("document", "", 0o644)
	b.write("bin/toolone", "#!/bin/sh\n", 0o755)
	return b
}

func (b *bench) write(name, text string, mode os.FileMode) (path string) {
	b.t.Helper()
	path = filepath.Join(b.dir, name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// script returns the path of the table's script for the shell.
func (b *bench) script(table *Table, command string) string {
	b.t.Helper()
	text, err := table.Completion(filepath.Base(b.shell), command)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.write("bin/"+command+".script", text, 0o644)
}

// run returns the lines that the shell prints. It fails the test if the shell prints errors.
func (b *bench) run(args ...string) []string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.shell, args...)
	cmd.Dir = b.dir
	cmd.Env = []string{"LC_ALL=C", "TERM=dumb", "HOME=" + b.dir, "PATH=" + filepath.Join(b.dir, "bin") + ":/usr/bin:/bin"}
	var complaint strings.Builder
	cmd.Stderr = &complaint
	output, err := cmd.Output()
	if err != nil || complaint.Len() > 0 {
		b.t.Fatalf("%s: %v\n%s", b.shell, err, &complaint)
	}
	return strings.FieldsFunc(string(output), func(r rune) bool { return r == '\n' })
}

// completionCase is a line with the cursor at its end and what it comes to.
type completionCase struct {
	line string
	want string
}
