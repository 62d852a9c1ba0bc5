// Package testscripts runs the tools the way people do, against the kernel and the installed
// originals. Each *.txtar reads like a shell session. Its first line says what it proves.
package testscripts

import (
	"bytes"
	"cmp"
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
	runScripts(t, func(name string) bool { return !runsAlone(name) })
}

// TestScriptsAlone runs the scripts that would disturb others at the same time: they make
// many cgroups, or use much of the machine.
func TestScriptsAlone(t *testing.T) { runScripts(t, runsAlone) }

func runsAlone(name string) bool {
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

// workdir returns a new directory for each run of -count: testscript leaves the scripts'
// folders there.
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

// setup makes a script's environment: the tools come first on PATH, then the box's own
// commands. The ordinary user may write to its folders.
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
	e.Setenv("GROUP", groupPrefix(box.dir))             // in front of the names of cgroups
	e.Setenv("KILLS", cmp.Or(os.Getenv("KILLS"), "60")) // of netns-kill
	e.Values["refusal"] = &refusal{cured: true}
	return nil
}

const oracle = "/usr/bin/unshare"

// cmdStatus runs a command and wants an exact exit status; testscript's own "! exec" accepts
// any failure.
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

// exitStatus returns a status as a shell gives it: 128+n for signal n.
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

// cmdSame runs the original and this project's program under the same name, and wants the
// same exit status, output and messages. Hints, and numbers of processes in /proc/PID, are
// not compared.
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
		ts.Fatalf("%s\noriginal: status %d\n%s%sreplacement: status %d\n%s%s", strings.Join(args, " "), status1, out1, err1, status2, out2, err2)
	}
}

// leaveOut returns messages without hints and without the numbers of processes.
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
