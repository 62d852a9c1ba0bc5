package unshare

import (
	"math/rand/v2"
	"strings"
	"testing"

	"nstools/internal/diag"
	"nstools/internal/facts"
	"nstools/internal/kernel"
	"nstools/internal/plan"
	"nstools/internal/tool"
)

// A caller is the user for whom a command line is compiled.
type caller struct {
	euid, egid uint32
	env        []string
}

// longWay returns the program of a command line as the planner makes it, "" for a mistake.
func longWay(t *testing.T, argv []string, c caller) string {
	o, err := Parse(argv)
	if err != nil || o.Answered() || o.Explain != "" || o.WantsPty() {
		return ""
	}
	const pid = 42
	f := facts.Snapshot{PID: pid, Self: "42", Env: c.env, Ids: facts.Ids{UID: c.euid, EUID: c.euid, GID: c.egid, EGID: c.egid}}
	p, err := Compile(o, &f)
	if err != nil {
		return ""
	}
	x := p.Steps[len(p.Steps)-1].Op.(plan.Exec)
	text, err := kernel.Whole(p, kernel.Reporter{
		Name: diag.Name(argv), Env: c.env, HintEnv: tool.HintEnv(x), Childless: childless, Reasons: diag.ErrorTexts(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// checkShort compares the two ways. It reports whether the short way took the line.
func checkShort(t *testing.T, argv []string, c caller) bool {
	t.Helper()
	short, ok := kernel.Sketched(Short, argv, c.env, c.euid, c.egid, 42)
	if !ok {
		return false
	}
	if long := longWay(t, argv, c); long != short {
		t.Errorf("%q for %+v: short.go makes another program than compile.go\nshort:\n%s\nlong:\n%s", argv, c, short, long)
	}
	return true
}

var callers = []caller{
	{0, 0, []string{"PATH=/usr/bin:/bin", "HOME=/root", "SHELL=/bin/bash"}},
	{1000, 100, []string{"PATH=::/a:/b/:", "HOME=", "SHELL=zsh"}},
	{4294967294, 65534, []string{"SHELL=/usr/bin/fish", "PATHS=/x", "=x", "", "NOTHING", "PATH=/first", "PATH=/second"}},
	{1, 1, []string{"SHELL=", "PATH="}},
	{7, 8, nil},
	{0, 5, []string{"SHELL=/bin/", "HOME=/h", "GODEBUG=x", "PATH=" + strings.Repeat("/d:", 40)}},
	{0, 5, []string{"SHELL=/", "PATH=" + strings.Repeat("/d:", 80)}},
	{0, 0, []string{"PATH=/" + strings.Repeat("x", 4095) + ":/ok", "SHELL=//"}},
}

// pieces are parts of command lines: options in every spelling, and other words.
var pieces = []string{
	"-m", "-u", "-i", "-n", "-p", "-U", "-C", "-T", "-f", "-r", "-c",
	"--mount", "--uts", "--ipc", "--net", "--pid", "--user", "--cgroup", "--time", "--fork", "--map-root-user", "--map-current-user",
	"-Ur", "-fp", "-mpf", "-Urm", "-rc", "-nU", "-munipCUf", "-ff", "-UT", "-rS0", "-fR/", "-fw", "-S", "-G", "-R", "-w", "-S5", "-G", "6", "-G7", "-w/tmp", "-R/new",
	"--kill-child", "--kill-child=TERM", "--kill-child=SIGTERM", "--kill-child=kill", "--kill-child=9", "--kill-child=", "--kill-child=SIG", "--kill-child=INT",
	"--forward-signals", "--mount-proc", "--mount-proc=/p", "--mount-proc=", "--map-user=5", "--map-user", "--map-user=root", "--map-group=6", "--map-group=06",
	"--map-user=4294967295", "--map-user=999999999", "--map-user=1000000000", "--map-group=+1", "--map-user=", "--map-user= 1",
	"--propagation=private", "--propagation=slave", "--propagation", "shared", "unchanged", "--propagation=unchanged", "--propagation=x", "private",
	"--setgroups=allow", "--setgroups=deny", "--setgroups", "allow", "--setgroups=", "--hostname=x", "--hostname", "--hostname=", "--loopback",
	"--root=/new", "--root", "--wd=/tmp", "--wd", "--wd=", "--setuid=3", "--setgid=4", "--setuid", "0", "--setgid=x", "--keep-caps",
	"--", "-", "", "true", "sh", "./x", "/bin/true", "-c", "echo hi", strings.Repeat("n", 255), strings.Repeat("n", 256),
	"--ne", "--n", "--m", "--map", "--map-r", "--map-root", "--mou", "--mount-p", "--f", "--fo", "--for", "--ki", "--kill=HUP", "--prop=slave", "--set", "--setg=deny", "--setgi=3", "--use", "--us", "--u", "--ti", "--c", "--pi", "--p", "--host=x", "--loop", "--w=/", "--r=/", "--k",
	"--net=/x", "--net=", "--fork=x", "--user=f", "--help", "-h", "-V", "--version", "--explain", "--pty", "--map-auto", "--map-users=0:0:1", "--owner=1:1",
	"-x", "--nothing", "--=x", "--monotonic=5", "--boottime=5", "-l", "--load-interp=x", "--mount-binfmt", "--clear-env", "--whitelist-env=A", "--pivot-root=/x", "--completion=bash", "--map-subids", "--map-groups=0:0:1", "---", "-\xff", "--\xff",
}

var programs = []string{"gounshare", "/usr/bin/unshare", "./unshare", "unshare/", "", "nstools-hint", "nstools-pty", "/"}

// TestShortWay checks that the short way makes the planner's program, instruction for
// instruction. It tries all lines of up to two pieces with and without a command, then
// random ones.
func TestShortWay(t *testing.T) {
	lines, taken := 0, 0
	try := func(c caller, argv ...string) {
		lines++
		if checkShort(t, argv, c) {
			taken++
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	c := callers[0]
	for _, a := range append([]string{"-n"}, pieces...) {
		try(c, "gounshare", a)
		try(c, "gounshare", a, "true")
		for _, b := range pieces {
			try(c, "gounshare", a, b, "true", "x")
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	count := 100_000
	if testing.Short() {
		count = 5_000
	}
	for range count {
		argv := []string{programs[0]}
		if random.IntN(20) == 0 {
			argv[0] = programs[random.IntN(len(programs))]
		}
		for range random.IntN(7) {
			n := random.IntN(len(pieces))
			if random.IntN(3) > 0 { // most are the usual ones, which come first
				n = random.IntN(len(pieces) / 3)
			}
			argv = append(argv, pieces[n])
		}
		if random.IntN(50) == 0 {
			for range random.IntN(80) {
				argv = append(argv, "-f")
			}
		}
		if random.IntN(3) > 0 {
			argv = append(argv, "true", "word")
		}
		try(callers[random.IntN(len(callers))], argv...)
	}
	t.Logf("%d command lines, %d on the short way", lines, taken)
	if taken < lines/5 {
		t.Errorf("only %d of %d command lines took the short way", taken, lines)
	}
}
