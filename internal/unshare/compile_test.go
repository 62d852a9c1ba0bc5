package unshare

import (
	"slices"
	"strings"
	"testing"

	"nstools/internal/facts"
	"nstools/internal/terminal"
)

// snapshot returns an ordinary user with subordinate ids.
func snapshot() *facts.Snapshot {
	return &facts.Snapshot{
		Ids:  facts.Ids{UID: 1000, EUID: 1000, GID: 100, EGID: 100},
		PID:  42,
		Self: "42",
		Env:  []string{"PATH=/bin:/usr/bin", "SHELL=/bin/zsh", "A=1", "B", "A=2"},
		Passwd: facts.File{Path: "/etc/passwd", Text: []byte(
			"root:x:0:0::/root:/bin/rootsh\nuser:x:1000:100::/home/user:/bin/usersh\nnobody:x:65534:65534::/:/sbin/nologin\n")},
		Group:  facts.File{Path: "/etc/group", Text: []byte("staff:x:50:\n")},
		Subuid: facts.File{Path: "/etc/subuid", Text: []byte("user:100000:65536\n")},
		Subgid: facts.File{Path: "/etc/subgid", Text: []byte("user:200000:65536\n")},
		UIDMap: facts.File{Path: "/proc/self/uid_map", Text: []byte("0 0 4294967295\n")},
		GIDMap: facts.File{Path: "/proc/self/gid_map", Text: []byte("0 0 4294967295\n")},
	}
}

// lines returns the plan of a command line, without calls that every plan has.
func lines(t *testing.T, f *facts.Snapshot, args ...string) []string {
	t.Helper()
	o, err := Parse(append([]string{"unshare"}, args...))
	if err != nil {
		t.Fatalf("Parse(%q): %v", args, err)
	}
	p, err := Compile(o, f)
	if err != nil {
		t.Fatalf("Compile(%q): %v", args, err)
	}
	var list []string
	for _, l := range p.Lines() {
		call := l.Call
		if strings.HasPrefix(call, "close(") || strings.HasPrefix(call, "rt_sigaction(") {
			continue
		}
		if l.Process != "" {
			call = l.Process + ": " + call
		}
		list = append(list, call)
	}
	return list
}

const (
	private = `mount("none", "/", NULL, MS_REC|MS_PRIVATE, NULL)`
	proc    = `mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)`
	cmd     = `execve("x", ["x"], /* 5 vars */)`
)

func open(file string) string {
	return `openat(AT_FDCWD, "` + file + `", O_WRONLY|O_CLOEXEC, 0) = fd`
}

func TestCompile(t *testing.T) {
	root := snapshot()
	root.Ids = facts.Ids{}
	for _, test := range []struct {
		facts *facts.Snapshot
		args  string
		want  []string
	}{
		{snapshot(), "x", []string{"unshare(0)", cmd}},
		{snapshot(), "-r x", []string{
			"unshare(CLONE_NEWUSER)",
			open("/proc/self/uid_map"), `write(fd, "0 1000 1", 8)`,
			open("/proc/self/setgroups"), `write(fd, "deny", 4)`,
			open("/proc/self/gid_map"), `write(fd, "0 100 1", 7)`,
			cmd}},
		{snapshot(), "--map-user=nobody --map-group=staff --setgroups deny x", []string{
			"unshare(CLONE_NEWUSER)",
			open("/proc/self/uid_map"), `write(fd, "65534 1000 1", 12)`,
			open("/proc/self/setgroups"), `write(fd, "deny", 4)`,
			open("/proc/self/gid_map"), `write(fd, "50 100 1", 8)`,
			open("/proc/self/setgroups"), `write(fd, "deny", 4)`,
			cmd}},
		{snapshot(), "-r --map-users=auto x", []string{
			"pipe2(gate, O_CLOEXEC)", "clone(SIGCHLD) = newuidmap",
			"newuidmap: read(gate, 1)",
			`newuidmap: execve("newuidmap", ["newuidmap", "42", "0", "1000", "1", "1", "100000", "65536"], /* 5 vars */)`,
			"unshare(CLONE_NEWUSER)",
			`write(gate, "\n", 1)`, "wait4(newuidmap)",
			open("/proc/self/setgroups"), `write(fd, "deny", 4)`,
			open("/proc/self/gid_map"), `write(fd, "0 100 1", 7)`,
			cmd}},
		{root, "--map-users=5:10:3 --map-groups=all --owner 7:8 -r x", []string{
			"pipe2(gate, O_CLOEXEC)", "clone(SIGCHLD) = idmap",
			"idmap: read(gate, 1)",
			"idmap: " + open("/proc/42/uid_map"), `idmap: write(fd, "0 0 1\n5 10 3\n", 13)`,
			"idmap: " + open("/proc/42/gid_map"), `idmap: write(fd, "0 0 1\n1 1 4294967294\n", 21)`,
			"setgroups(0, NULL)", "setgid(8)", "setuid(7)",
			"unshare(CLONE_NEWUSER)",
			`write(gate, "\n", 1)`, "wait4(idmap)",
			cmd}},
		{root, "--owner 7:8 --setgroups deny x", []string{
			"setgroups(0, NULL)", "setgid(8)", "setuid(7)", "unshare(CLONE_NEWUSER)",
			"prctl(PR_SET_DUMPABLE, 1)", open("/proc/self/setgroups"), `write(fd, "deny", 4)`, "prctl(PR_SET_DUMPABLE, 0)",
			cmd}},
		{root, "-pf --mount-proc x", []string{
			"unshare(CLONE_NEWNS|CLONE_NEWPID)",
			"rt_sigprocmask(SIG_BLOCK, [INT TERM], old, 8)",
			"clone(SIGCHLD) = child",
			"parent: wait4(child)",
			"child: rt_sigprocmask(SIG_SETMASK, old, NULL, 8)",
			"child: " + private, "child: " + proc, "child: " + cmd}},
		{root, "-p --kill-child=TERM --forward-signals -S 3 x", []string{
			"unshare(CLONE_NEWPID)",
			"rt_sigprocmask(SIG_BLOCK, [INT TERM CHLD], old, 8)",
			"pidfd_open(42, 0) = fd",
			"clone(SIGCHLD) = child",
			"parent: rt_sigtimedwait([INT TERM CHLD]), kill(child, INT or TERM)",
			"parent: wait4(child)",
			"child: rt_sigprocmask(SIG_SETMASK, old, NULL, 8)",
			"child: prctl(PR_SET_PDEATHSIG, SIGTERM)",
			"child: ppoll([{fd=parent, events=POLLIN}], 1, {0}, NULL)",
			"child: setuid(3)",
			"child: prctl(PR_SET_PDEATHSIG, SIGTERM)",
			"child: ppoll([{fd=parent, events=POLLIN}], 1, {0}, NULL)",
			"child: " + cmd}},
		{root, "--net=/f --uts=/g x", []string{
			"unshare(CLONE_NEWUTS|CLONE_NEWNET)",
			`mount("/proc/42/ns/uts", "/g", NULL, MS_BIND, NULL)`,
			`mount("/proc/42/ns/net", "/f", NULL, MS_BIND, NULL)`,
			cmd}},
		{root, "--mount=/f -f x", []string{
			"pipe2(gate, O_CLOEXEC)", "clone(SIGCHLD) = bind",
			"bind: read(gate, 1)",
			`bind: mount("/proc/42/ns/mnt", "/f", NULL, MS_BIND, NULL)`,
			`openat(AT_FDCWD, "/proc/self/ns/mnt", O_RDONLY|O_CLOEXEC, 0) = fd`,
			"unshare(CLONE_NEWNS)",
			"ioctl(old, NS_GET_MNTNS_ID) /* unshare(CLONE_NEWNS) again while the new id is smaller */",
			private,
			"rt_sigprocmask(SIG_BLOCK, [INT TERM], old, 8)",
			"pipe2(gate, O_CLOEXEC)", "clone(SIGCHLD) = child",
			`parent: write(gate, "\n", 1)`, "parent: wait4(bind)",
			`parent: write(gate, "\n", 1)`, "parent: wait4(child)",
			"child: rt_sigprocmask(SIG_SETMASK, old, NULL, 8)",
			"child: read(gate, 1)",
			"child: " + cmd}},
		{root, "--mount=/f x", []string{
			"pipe2(gate, O_CLOEXEC)", "clone(SIGCHLD) = bind",
			"bind: read(gate, 1)",
			`bind: mount("/proc/42/ns/mnt", "/f", NULL, MS_BIND, NULL)`,
			`openat(AT_FDCWD, "/proc/self/ns/mnt", O_RDONLY|O_CLOEXEC, 0) = fd`,
			"unshare(CLONE_NEWNS)",
			"ioctl(old, NS_GET_MNTNS_ID) /* unshare(CLONE_NEWNS) again while the new id is smaller */",
			`write(gate, "\n", 1)`, "wait4(bind)",
			private, cmd}},
		{root, "-T --boottime=-3 --monotonic 4 x", []string{
			"unshare(CLONE_NEWTIME)",
			open("/proc/self/timens_offsets"), `write(fd, "7 -3 0", 6)`,
			open("/proc/self/timens_offsets"), `write(fd, "1 4 0", 5)`,
			cmd}},
		{root, "-R /r -w /w --mount-proc --propagation shared x", []string{
			"unshare(CLONE_NEWNS)",
			`mount("none", "/", NULL, MS_REC|MS_SHARED, NULL)`,
			`chroot("/r")`, `chdir("/w")`, proc, cmd}},
		{root, "--mount-proc=/p --propagation unchanged x", []string{
			"unshare(CLONE_NEWNS)",
			`mount("none", "/p", NULL, MS_REC|MS_PRIVATE, NULL)`,
			`mount("proc", "/p", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)`, cmd}},
		{root, "--pivot-root=/r --mount-proc x", []string{
			"unshare(CLONE_NEWNS)", private,
			`mount("/r", "/r", NULL, MS_BIND|MS_REC, NULL)`, `chdir("/r")`, `pivot_root(".", ".")`,
			proc, `umount2(".", MNT_DETACH)`, `chdir("/")`, cmd}},
		{root, "--load-interp :a:M::b::/i:F -R /r x", []string{
			"unshare(CLONE_NEWNS|CLONE_NEWUSER)", private,
			`mount("binfmt_misc", "/proc/sys/fs/binfmt_misc", "binfmt_misc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)`,
			open("/proc/sys/fs/binfmt_misc/register"), `write(fd, ":a:M::b::/i:F", 13)`,
			`chroot("/r")`, `chdir("/")`, proc,
			`mount("binfmt_misc", "/proc/sys/fs/binfmt_misc", "binfmt_misc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)`,
			cmd}},
		{root, "--hostname=h --loopback x", []string{
			"unshare(CLONE_NEWUTS|CLONE_NEWNET)",
			`sethostname("h", 1)`,
			"socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, 0) = fd",
			`ioctl(fd, SIOCSIFFLAGS, {ifr_name="lo", ifr_flags=IFF_UP})`,
			cmd}},
		{root, "-G 5 -S 6 -U --keep-caps x", []string{
			"unshare(CLONE_NEWUSER)",
			"setgroups(0, NULL)", "setgid(5)", "setuid(6)",
			"capset({inheritable=permitted})", "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, each)",
			cmd}},
	} {
		if got := lines(t, test.facts, strings.Fields(test.args)...); !slices.Equal(got, test.want) {
			t.Errorf("%s\ngot\n\t%s\nwant\n\t%s", test.args, strings.Join(got, "\n\t"), strings.Join(test.want, "\n\t"))
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	root := snapshot()
	root.Ids = facts.Ids{}
	stranger := snapshot()
	stranger.Ids = facts.Ids{UID: 7, EUID: 7}
	missing := snapshot()
	missing.Subuid = facts.File{Path: "/etc/subuid", Err: errNoFile}
	for _, test := range []struct {
		facts *facts.Snapshot
		args  string
		want  string
	}{
		{snapshot(), "--map-user=nosuch x", "failed to parse uid: 'nosuch'"},
		{snapshot(), "--map-group=nosuch x", "failed to parse gid: 'nosuch'"},
		{root, "--map-users=auto x", `no line matching user "root" in /etc/subuid`},
		{stranger, "--map-auto x", "you (user 7) don't exist."},
		{missing, "--map-auto x", "could not open '/etc/subuid': No such file or directory"},
		{snapshot(), "-r --setgroups=allow x", "options --setgroups=allow and --map-group are mutually exclusive"},
	} {
		o, err := Parse(append([]string{"unshare"}, strings.Fields(test.args)...))
		if err != nil {
			t.Errorf("Parse(%s): %v", test.args, err)
			continue
		}
		if _, err := Compile(o, test.facts); err == nil || err.Error() != test.want {
			t.Errorf("Compile(%s) = %v; want %s", test.args, err, test.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for args, want := range map[string]string{
		"-S 4294967296":              "failed to parse uid: '4294967296': Numerical result out of range",
		"-S -1":                      "failed to parse uid: '-1'",
		"--owner 1":                  "failed to parse owner",
		"--owner 1:2x":               "failed to parse owner",
		"--map-users 1:2":            "invalid mapping '1:2'",
		"--kill-child=65":            "unknown signal: 65",
		"--monotonic 5":              "options --monotonic and --boottime require unsharing of a time namespace (-T)",
		"--root / --pivot-root=/tmp": "options --root and --pivot-root are mutually exclusive",
		"--explain=yaml":             "unsupported --explain argument 'yaml'",
		"--pivot x":                  "unrecognized option '--pivot'",
		"--loop":                     "unrecognized option '--loop'",
	} {
		if _, err := Parse(append([]string{"unshare"}, strings.Fields(args)...)); err == nil || err.Error() != want {
			t.Errorf("Parse(%s) = %v; want %s", args, err, want)
		}
	}
}

func TestCommand(t *testing.T) {
	for _, test := range []struct {
		args  string
		env   []string
		paths []string
		argv  []string
		left  []string // in the environment
	}{
		{"x y", []string{"PATH=/a::/b"}, []string{"/a/x", "x", "/b/x"}, []string{"x", "y"}, []string{"PATH=/a::/b"}},
		{"x", nil, []string{"/bin/x", "/usr/bin/x"}, []string{"x"}, nil},
		{"./x", []string{"PATH=/a"}, []string{"./x"}, []string{"./x"}, []string{"PATH=/a"}},
		{"--clear-env x", []string{"PATH=/a"}, []string{"/bin/x", "/usr/bin/x"}, []string{"x"}, nil},
		{"--whitelist-env A,C x", []string{"B=1", "C=2", "A=3", "C=4", "D"}, []string{"/bin/x", "/usr/bin/x"}, []string{"x"}, []string{"C=2", "A=3"}},
		{"", []string{"SHELL=/usr/bin/fish"}, []string{"/usr/bin/fish"}, []string{"-fish"}, []string{"SHELL=/usr/bin/fish"}},
		{"", []string{"SHELL="}, []string{"/bin/usersh"}, []string{"-usersh"}, []string{"SHELL="}},
		{"-r", nil, []string{"/bin/rootsh"}, []string{"-rootsh"}, nil},
		{"-U", nil, []string{"/sbin/nologin"}, []string{"-nologin"}, nil},
		{"-S 77", nil, []string{"/bin/sh"}, []string{"-sh"}, nil},
	} {
		f := snapshot()
		f.Env = test.env
		o, err := Parse(append([]string{"unshare"}, strings.Fields(test.args)...))
		if err != nil {
			t.Fatal(err)
		}
		p, err := Compile(o, f)
		if err != nil {
			t.Fatal(err)
		}
		x := execOf(p)
		if !slices.Equal(x.Paths, test.paths) || !slices.Equal(x.Argv, test.argv) || !slices.Equal(x.Env, test.left) {
			t.Errorf("%q with %q: paths %q argv %q env %q; want %q %q %q", test.args, test.env, x.Paths, x.Argv, x.Env, test.paths, test.argv, test.left)
		}
	}
}

// TestCompilePty checks that the pty is of the new root, opened by the process that made
// the namespaces, and owned by the command's user.
func TestCompilePty(t *testing.T) {
	o, err := Parse(strings.Fields("unshare -m --root=/new -S 5 --pty x"))
	if err != nil {
		t.Fatal(err)
	}
	o.Pty = terminal.ExplainPty("tool")
	f := snapshot()
	p, err := Compile(o, f)
	if err != nil {
		t.Fatal(err)
	}
	text := p.Text()
	for _, call := range []string{"unshare(", `openat2("/new", "dev/pts/ptmx"`, "TIOCSCTTY", "clone(", "[child] ", `chroot("/new")`, "fchown(0, 5, -1)", "setuid(5)", "execve("} {
		_, after, found := strings.Cut(text, call)
		if !found {
			t.Fatalf("no %s after those before it; the rest is\n%s", call, text)
		}
		text = after
	}
}
