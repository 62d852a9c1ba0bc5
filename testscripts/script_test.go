// Package testscripts runs the tools the way people do, against the kernel and
// the installed originals. Each *.txtar reads like a shell session and is headed by
// a line that says what it proves.
package testscripts

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestScripts(t *testing.T) {
	t.Parallel()
	runScripts(t, func(name string) bool { return !alone(name) })
}

// TestScriptsAlone runs the scripts that make so many cgroups, or take so much of the
// machine, that others beside them would see it.
func TestScriptsAlone(t *testing.T) { runScripts(t, alone) }

func alone(name string) bool {
	return name == "target-attack-size.txtar" || name == "target-attack-deep.txtar"
}

func runScripts(t *testing.T, wanted func(name string) bool) {
	names, err := filepath.Glob("*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	cmds := map[string]func(*testscript.TestScript, bool, []string){
		"status": cmdStatus,
		"same":   cmdSame,
	}
	hintCommands(cmds)
	testscript.Run(t, testscript.Params{
		Files:               slices.DeleteFunc(names, func(name string) bool { return !wanted(name) }),
		WorkdirRoot:         workdir(t),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setup,
		Condition:           condition,
		Cmds:                cmds,
	})
}

// workdir is new for each of -count: testscript leaves the scripts' folders there.
func workdir(t *testing.T) string {
	dir, err := os.MkdirTemp(box.work, "")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// setup gives a script its environment: the tools first on PATH, then the box's
// own commands, and folders that the ordinary user may write.
func setup(e *testscript.Env) error {
	home := filepath.Join(e.Getenv("TMPDIR"), "home")
	if err := os.Mkdir(home, 0o777); err != nil {
		return err
	}
	for _, dir := range []string{e.WorkDir, e.Getenv("TMPDIR"), home} {
		if err := os.Chmod(dir, 0o777); err != nil {
			return err
		}
	}
	e.Setenv("HOME", home) // shells write there
	e.Setenv("PATH", box.bin+":"+box.commands+":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
	e.Setenv("LC_ALL", "C")
	e.Setenv("BIN", box.bin)
	e.Setenv("DROPIN", box.dropin)
	e.Setenv("LONG", box.long)
	e.Setenv("ORACLE", oracle)
	e.Setenv("ROOTFS", box.rootfs)
	e.Setenv("SRC", box.source)
	e.Values["refusal"] = &refusal{cured: true}
	return nil
}

const oracle = "/usr/bin/unshare"

// cmdStatus runs a command and wants an exact exit status; testscript's own
// "! exec" is content with any failure.
//
//	status 127 gounshare no-such-program
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	if got := exitStatus(err); got != want {
		ts.Fatalf("%s: exit status %d; want %d (%v)", strings.Join(args[1:], " "), got, want, err)
	}
}

// exitStatus is a shell's: 128+n for signal n.
func exitStatus(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case !errors.As(err, &exit):
		return -1
	case exit.ExitCode() >= 0:
		return exit.ExitCode()
	}
	return 128 + int(signal(exit))
}

// cmdSame runs the original and ours, under the same name, and wants the same
// exit status, output and messages, hints aside. Numbers of processes, which
// /proc/PID shows, are taken for equal.
//
//	same unshare -S x true
//	same asuser unshare -n true
//	same nsenter -t x true
func cmdSame(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: same [asuser] unshare|nsenter [args...]")
	}
	asUser := args[0] == "asuser"
	if asUser {
		args = args[1:]
	}
	run := func(path string) (string, string, int) {
		cmd := exec.Command(path)
		cmd.Args = args
		if asUser && os.Geteuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: userID, Gid: userID}}
		}
		cmd.Dir = ts.Getenv("PWD")
		if cmd.Dir == "" {
			cmd.Dir = ts.MkAbs(".")
		}
		for _, name := range []string{"PATH", "LC_ALL", "HOME", "SHELL", "WORK", "T"} {
			if v := ts.Getenv(name); v != "" {
				cmd.Env = append(cmd.Env, name+"="+v)
			}
		}
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		status := exitStatus(cmd.Run())
		return stdout.String(), leaveOut(stderr.String()), status
	}
	out1, err1, status1 := run(filepath.Join("/usr/bin", args[0]))
	out2, err2, status2 := run(filepath.Join(box.dropin, args[0]))
	if out1 != out2 || err1 != err2 || status1 != status2 {
		ts.Fatalf("%s\noriginal: status %d\n%s%sours: status %d\n%s%s", strings.Join(args, " "), status1, out1, err1, status2, out2, err2)
	}
}

// leaveOut drops hints and process numbers from messages.
func leaveOut(stderr string) string {
	var b strings.Builder
	for line := range strings.Lines(stderr) {
		if strings.Contains(line, ": hint: ") {
			continue
		}
		fields := strings.Split(line, "/proc/")
		for i, f := range fields[1:] {
			fields[i+1] = "N" + strings.TrimLeft(f, "0123456789")
		}
		b.WriteString(strings.Join(fields, "/proc/"))
	}
	return b.String()
}
