package nsenter

import (
	"slices"
	"strings"
	"testing"

	"nstools/internal/ns"
	"nstools/internal/plan"
	"nstools/internal/target"
	"nstools/internal/terminal"
)

// compiled returns the plan of a command line, in lines of an explanation. All namespaces
// of the target are open.
func compiled(t *testing.T, line string) []string {
	t.Helper()
	return compiledIn(t, line, func(*opened) {})
}

// compiledIn is compiled with a change to what was opened.
func compiledIn(t *testing.T, line string, change func(*opened)) []string {
	t.Helper()
	o, err := Parse(append([]string{"nsenter"}, strings.Fields(line)...))
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	opened := &opened{Options: o, ids: target.Ids{UID: 1234, GID: 5678}, env: []string{"PATH=/target"}}
	if o.Target != nil {
		opened.process = &target.Process{PID: o.Target.pid, Pidfd: 3}
	}
	for i := range ns.Kinds {
		if o.All || o.Kinds[i].given {
			opened.namespaces[i] = namespace{wanted: true, fd: 10 + i, ofTarget: o.Kinds[i].file == nil, why: "--" + ns.Kinds[i].Option}
		}
	}
	change(opened)
	p := compile(opened, []string{"PATH=/caller", "SHELL=/bin/caller"})
	var lines []string
	for _, l := range p.Lines() {
		text := strings.TrimSuffix(l.Call, " /* if refused: again after the user namespace */")
		if l.Process != "" {
			text = l.Process + ": " + text
		}
		lines = append(lines, text)
	}
	return lines
}

func TestCompileOrder(t *testing.T) {
	const (
		private = "prctl(PR_SET_DUMPABLE, 0)"
		drop    = "setgroups(0, NULL)"
		execve  = `execve("true", ["true"], /* 2 vars */)`
		shells  = " /* if there is none: /bin/bash, /usr/bin/bash, /usr/local/bin/bash, /bin/ash, /bin/sh, /busybox/sh */"
	)
	tests := []struct {
		line string
		want []string
	}{
		{"-t 7 -n true", []string{private, "setns(pidfd, CLONE_NEWNET)", execve}},
		{"-n/f -u/g true", []string{private, "setns(uts, CLONE_NEWUTS)", "setns(net, CLONE_NEWNET)", execve}},
		{"-t 7 -n/f -m true", []string{private, "setns(pidfd, CLONE_NEWNS)", "setns(net, CLONE_NEWNET)", execve}},
		{"-t 7 -U true", []string{private, drop, "setns(pidfd, CLONE_NEWUSER)", drop, "setgid(0)", "setuid(0)", execve}},
		{"-t 7 -U -n --preserve-credentials true", []string{private, "setns(pidfd, CLONE_NEWNET)", "setns(pidfd, CLONE_NEWUSER)", execve}},
		{"-t 7 -n -S follow -G 9 true", []string{private, "setns(pidfd, CLONE_NEWNET)", drop, "setgid(9)", "setuid(1234)", execve}},
		{"-t 7 -U -S 5 true", []string{private, drop, "setns(pidfd, CLONE_NEWUSER)", drop, "setgid(0)", "setuid(5)", execve}},
		{"-t 7 -U --preserve-credentials -G follow true", []string{private, "setns(pidfd, CLONE_NEWUSER)", drop, "setgid(5678)", execve}},
		{"-t 7 -F -p true", []string{private, "setns(pidfd, CLONE_NEWPID)", execve}},
		{"-t 7 -r true", []string{private, "close(pidfd)", `openat(AT_FDCWD, ".", O_PATH|O_CLOEXEC, 0) = fd`, "fchdir(root)", `chroot(".")`, `chdir("/")`, "close(root)", "fchdir(fd)", "close(fd)", execve}},
		{"-t 7 -m -r -w true", []string{private, "setns(pidfd, CLONE_NEWNS)", "fchdir(root)", `chroot(".")`, `chdir("/")`, "close(root)", "fchdir(wd)", "close(wd)", execve}},
		{"-t 7 -m -r -W in true", []string{private, "setns(pidfd, CLONE_NEWNS)", "fchdir(root)", `chroot(".")`, `chdir("/")`, "close(root)", `openat(AT_FDCWD, "in", O_PATH|O_CLOEXEC, 0) = fd`, "fchdir(fd)", "close(fd)", execve}},
		{"-t 7 -n -c true", []string{private, "setns(pidfd, CLONE_NEWNET)", `write(procs, "0", 1)`, "close(procs)", execve}},
		{"-t 7 -U --preserve-credentials --keep-caps true", []string{private, "setns(pidfd, CLONE_NEWUSER)", "capset({inheritable=permitted})", "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, each)", execve}},
		{"-t 7 -n --keep-caps true", []string{private, "setns(pidfd, CLONE_NEWNET)", execve}},
		{"-t 7 -n", []string{private, "setns(pidfd, CLONE_NEWNET)", `execve("/bin/caller", ["-caller"], /* 2 vars */)` + shells}},
		{"-t 7 -n -e", []string{private, "setns(pidfd, CLONE_NEWNET)", `execve("/bin/sh", ["-sh"], /* 1 var */)` + shells}},
	}
	for _, tt := range tests {
		if got := compiled(t, tt.line); !slices.Equal(got, tt.want) {
			t.Errorf("%s:\n got\t%s\nwant\t%s", tt.line, strings.Join(got, "\n\t"), strings.Join(tt.want, "\n\t"))
		}
	}
}

// childOf returns the lines of the process that becomes the command.
func childOf(lines []string) (child []string) {
	for _, l := range lines {
		if l, ok := strings.CutPrefix(l, "child: "); ok {
			child = append(child, l)
		}
	}
	return child
}

func TestCompileMountsOfItsOwn(t *testing.T) {
	const (
		unshare = "unshare(CLONE_NEWNS)"
		slave   = `mount("none", "/", NULL, MS_REC|MS_SLAVE, NULL)`
		proc    = `mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)`
		tree    = "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH|AT_RECURSIVE) = tree"
		show    = `move_mount(tree, "", AT_FDCWD, "/mnt", MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_SYMLINKS)`
		tame    = `mount("none", "/mnt", NULL, MS_REC|MS_SLAVE, NULL)`
		execve  = `execve("true", ["true"], /* 2 vars */)`
	)
	away := []string{
		unshare, slave, `openat(AT_FDCWD, "/proc/self/ns/mnt", O_RDONLY|O_CLOEXEC, 0) = own`,
		`openat(AT_FDCWD, "/", O_PATH|O_CLOEXEC, 0) = hostroot`, `openat(AT_FDCWD, ".", O_PATH|O_CLOEXEC, 0) = cwd`,
		"setns(mnt, CLONE_NEWNS)", `open_tree(root, "", ` + tree, "setns(own, CLONE_NEWNS)",
		"fchdir(hostroot)", `chroot(".")`, "fchdir(cwd)",
	}
	pivot := []string{`mount("/d", "/d", NULL, MS_BIND|MS_REC, NULL)`, `chdir("/d")`, `pivot_root(".", ".")`}
	leave := []string{`umount2(".", MNT_DETACH)`, `chdir("/")`}
	tests := []struct {
		line    string
		foreign bool // whether the target's mounts differ from the caller's
		current bool // whether its PID namespace is the caller's
		want    []string
	}{
		{"-t 7 -p --mount-proc true", false, false, []string{unshare, slave, proc, execve}},
		{"-t 7 -p --mount-proc -w/d -S 5 true", false, false, []string{unshare, slave, proc, `chdir("/d")`, "setuid(5)", execve}},
		{"-t 7 -p --tools true", true, false, slices.Concat(away, []string{proc, show, tame, execve})},
		{"-t 7 -p --tools=/ -w/d true", true, false, slices.Concat(away, []string{proc, show, tame, `chdir("/d")`, execve})},
		{"-t 7 -p --tools true", true, true, slices.Concat(away, []string{show, tame, execve})},
		{"-t 7 -p --tools true", false, false, []string{"fchdir(root)", unshare, slave, `open_tree(AT_FDCWD, "", ` + tree, `chdir("/here")`, proc, show, tame, execve}},
		{"-t 7 -p --tools=/d true", true, false, slices.Concat(away, pivot, []string{proc, show, tame}, leave, []string{strings.Replace(execve, "2", "3", 1)})},
		{"-t 7 -p --tools=/d true", true, true, slices.Concat(away, pivot[:1], []string{`mount("/proc", "/d/proc", NULL, MS_BIND|MS_REC, NULL)`}, pivot[1:], []string{show, tame}, leave, []string{strings.Replace(execve, "2", "3", 1)})},
	}
	for _, tt := range tests {
		got := childOf(compiledIn(t, tt.line, func(o *opened) {
			o.otherMounts, o.cwd = tt.foreign, "/here"
			o.namespaces[ns.PID].current = tt.current
		}))
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s:\n got\t%s\nwant\t%s", tt.line, strings.Join(got, "\n\t"), strings.Join(tt.want, "\n\t"))
		}
	}
}

// TestCompilePrivate checks that from the first namespace on nobody can trace the process
// or open its files.
func TestCompilePrivate(t *testing.T) {
	for _, line := range []string{"-t 7 -a true", "-t 7 -U true", "-n/f true", "-t 7 -a -Z -e -r -w -c true"} {
		lines := compiled(t, line)
		private := slices.Index(lines, "prctl(PR_SET_DUMPABLE, 0)")
		first := slices.IndexFunc(lines, func(s string) bool { return strings.HasPrefix(s, "setns(") })
		if private < 0 || private > first {
			t.Errorf("%s: dumpable at the first setns(2):\n\t%s", line, strings.Join(lines, "\n\t"))
		}
	}
}

func TestCompileFork(t *testing.T) {
	lines := compiled(t, "-t 7 -a true")
	if i := slices.Index(lines, "clone(SIGCHLD) = child"); i < 0 || !strings.HasPrefix(lines[i+1], "parent: wait4(child, WUNTRACED)") || !strings.HasPrefix(lines[len(lines)-1], "child: execve") {
		t.Errorf("-a:\n\t%s", strings.Join(lines, "\n\t"))
	}
}

func TestCompileSearchesTheirPath(t *testing.T) {
	o, err := Parse([]string{"nsenter", "-t", "7", "-n", "-e", "x"})
	if err != nil {
		t.Fatal(err)
	}
	p := compile(&opened{Options: o, env: []string{"PATH=/target"}}, []string{"PATH=/caller"})
	if x := p.Steps[len(p.Steps)-1].Op.(plan.Exec); !slices.Equal(x.Paths, []string{"/target/x"}) {
		t.Errorf("paths %q", x.Paths)
	}
}

// TestCompilePty checks that the pty is opened inside by the command's user, and before the
// fork, since only so the command inherits its session's terminal.
func TestCompilePty(t *testing.T) {
	o, err := Parse(strings.Fields("nsenter -t 7 -m -p -S 5 --pty true"))
	if err != nil {
		t.Fatal(err)
	}
	o.Pty = terminal.ExplainPty("tool")
	opened := &opened{Options: o, opener: opener{process: &target.Process{PID: 7, Pidfd: 3}}}
	for i, k := range ns.Kinds {
		if o.Kinds[i].given {
			opened.namespaces[i] = namespace{wanted: true, fd: 10 + i, ofTarget: true, why: "--" + k.Option}
		}
	}
	text := compile(opened, nil).Text()
	for _, call := range []string{"setns(pidfd", "setuid(5)", "/dev/pts/ptmx", "TIOCSCTTY", "clone(", "[monitor] ", "[child] ", "execve("} {
		_, after, found := strings.Cut(text, call)
		if !found {
			t.Fatalf("no %s after those before it; the rest is\n%s", call, text)
		}
		text = after
	}
}
