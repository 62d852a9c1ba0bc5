package nsenter

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/kernel"
	"nstools/internal/ns"
	"nstools/internal/opt"
	"nstools/internal/plan"
	"nstools/internal/tool"
)

// A caller is the user for whom a command line is compiled.
type caller struct {
	euid, egid uint32
	env        []string
}

// openedFiles returns where the new descriptors lead, sorted, and closes them.
func openedFiles(t *testing.T, before map[string]bool) (links []string) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		link, err := os.Readlink("/proc/self/fd/" + e.Name())
		if before[e.Name()] || err != nil { // or it is the directory itself
			continue
		}
		fd, _ := strconv.Atoi(e.Name())
		unix.Close(fd)
		links = append(links, link)
	}
	slices.Sort(links)
	return links
}

func descriptors(t *testing.T) map[string]bool {
	t.Helper()
	before := map[string]bool{}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil {
			before[e.Name()] = true
		}
	}
	return before
}

// longWay returns the program of a command line as the planner makes it, "" for a mistake.
func longWay(t *testing.T, argv []string, c caller) string {
	o, err := Parse(argv)
	if err != nil || o.Answered() || o.Explain != "" || o.WantsPty() || o.List.wanted || o.Which != nil || o.Targets {
		return ""
	}
	opened, err := openAll(o)
	if err != nil {
		return ""
	}
	p := compile(opened, c.env)
	text, err := kernel.Whole(p, kernel.Reporter{
		Name: diag.Name(argv), Env: c.env, HintEnv: tool.HintEnv(p.Steps[len(p.Steps)-1].Op.(plan.Exec)), Childless: childless, Origin: plan.OriginProcess, Reasons: diag.ErrorTexts(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var callers = []caller{
	{0, 0, []string{"PATH=/usr/bin:/bin", "HOME=/root", "SHELL=/bin/bash"}},
	{1000, 100, []string{"PATH=::/a:/b/:", "HOME=", "SHELL=zsh"}},
	{1, 1, []string{"SHELL=", "PATH="}},
	{7, 8, nil},
}

// startTarget starts a process in namespaces of its own, and returns its number.
func startTarget(t *testing.T, flags uintptr) (pid string, ok bool) {
	cmd := exec.Command("sleep", "600")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flags}
	if flags&unix.CLONE_NEWUSER != 0 {
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	if err := cmd.Start(); err != nil {
		return "", false
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return strconv.Itoa(cmd.Process.Pid), true
}

// checkShort compares the two ways for a command line, and reports whether the short way took
// it. The files of before were open already.
func checkShort(t *testing.T, argv []string, c caller, before map[string]bool) bool {
	t.Helper()
	short, ok := kernel.Sketched(Short, argv, c.env, c.euid, c.egid, 42)
	files := openedFiles(t, before)
	if !ok {
		if len(files) != 0 {
			t.Fatalf("%q: the short way was left with %q open", argv, files)
		}
		return false
	}
	long := longWay(t, argv, c)
	longFiles := openedFiles(t, before)
	if long != short || !slices.Equal(files, longFiles) {
		t.Fatalf("%q for %+v: short.go makes another program than compile.go\nshort:\n%s%q\nlong:\n%s%q", argv, c, short, files, long, longFiles)
	}
	return true
}

// TestShortWayOfEachOption compares the two ways for each option by itself, so that an option
// which is new in short.go is compared without a word in pieces.
func TestShortWayOfEachOption(t *testing.T) {
	pid := strconv.Itoa(os.Getpid())
	before := descriptors(t)
	for _, s := range spellings {
		words := []string{"--" + s.Long}
		if s.Arg == opt.Required {
			words = nil
		}
		if s.Arg != opt.None {
			words = append(words, "--"+s.Long+"=", "--"+s.Long+"=1", "--"+s.Long+"=/")
		}
		for _, word := range words {
			for _, c := range callers {
				checkShort(t, []string{"gonsenter", "-t", pid, "-n", word, "true", "x"}, c, before)
			}
			for _, other := range []string{"-a", "-mr", "-Uw", "-F"} {
				checkShort(t, []string{"gonsenter", "-t", pid, other, word, "true", "x"}, callers[0], before)
				checkShort(t, []string{"gonsenter", "-t", pid, word, other}, callers[0], before)
			}
		}
	}
}

// TestShortWay checks that the short way makes the planner's program, instruction for
// instruction, and opens the same files. A command line that it gives up leaves nothing
// open.
func TestShortWay(t *testing.T) {
	targets := []string{strconv.Itoa(os.Getpid()), "1", "999999999"}
	for _, flags := range []uintptr{
		unix.CLONE_NEWNET | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWPID | unix.CLONE_NEWNS, unix.CLONE_NEWUSER | unix.CLONE_NEWNET, unix.CLONE_NEWUSER | unix.CLONE_NEWPID,
	} {
		if pid, ok := startTarget(t, flags); ok {
			targets = append(targets, pid)
		}
	}
	other := targets[len(targets)-1]
	pieces := []string{
		"-a", "-n", "-m", "-u", "-i", "-p", "-U", "-C", "-T", "-F", "-r", "-w", "--all", "--net", "--user", "--pid", "--preserve-credentials", "-S0", "-G0", "-S", "-G",
		"-aF", "-muinp", "-UF", "-rw", "-W", "-W/tmp", "-W=/tmp", "-W=", "--wdns=/", "--wdns", "--no-fork", "--root", "--wd", "--keep-caps", "--pres", "--al", "--ne", "--n", "--t", "--tar",
		"-n/proc/self/ns/net", "--net=/proc/" + other + "/ns/net", "-U/proc/" + other + "/ns/user", "-m/proc/self/ns/mnt", "-n/dev/null", "-n/nothing", "-n=/proc/self/ns/net", "-n/", "-n:3", "-u/etc/passwd", "-p/proc/self/ns/pid",
		"-r/", "-w/", "--root=/", "--wd=/tmp", "--setuid=follow", "--setuid", "5", "--setgid=05", "-c", "-e", "--env=A", "-Z", "-N3", "--user-parent",
		"--", "-", "", "true", "./x", "12", "sh", "--list", "--which=x", "--targets", "--tools", "--mount-proc", "--pty", "--explain", "-h", "-V", "--as-container", "--json", "--x", "-x",
		"-t", "-t" + other, "--target=" + other, "--target", "-t0", "-t01", "-t name", "-t4294967296", "-t1:2", "-at" + other,
	}
	random := rand.New(rand.NewPCG(3, 4))
	count := 20_000
	if testing.Short() {
		count = 2_000
	}
	before := descriptors(t)
	taken := 0
	for range count {
		argv := []string{"/usr/bin/nsenter"}
		if random.IntN(10) > 0 {
			argv = append(argv, "-t", targets[random.IntN(len(targets))])
		}
		for range random.IntN(5) {
			n := random.IntN(len(pieces))
			if random.IntN(3) > 0 { // most are the usual ones, which come first
				n = random.IntN(len(pieces) / 4)
			}
			argv = append(argv, pieces[n])
		}
		if random.IntN(3) > 0 {
			argv = append(argv, "true", "word")
		}
		c := callers[random.IntN(len(callers))]
		if checkShort(t, argv, c, before) {
			taken++
		}
	}
	t.Logf("%d command lines, %d on the short way", count, taken)
	if taken < count/8 {
		t.Errorf("only %d of %d command lines took the short way", taken, count)
	}
}

// TestSpellings checks that both ways have the options in one order, in which glibc lists
// what an abbreviation may mean.
func TestSpellings(t *testing.T) {
	if len(spellings) > 64 {
		t.Fatalf("%d options: short.go has bits for 64", len(spellings))
	}
	for n, f := range Table(new(Options)).Flags {
		if f.Long != spellings[n].Long {
			t.Errorf("option %d of the table is --%s, and of the spellings --%s", n, f.Long, spellings[n].Long)
		}
	}
	for n, option := range optionOf {
		if k := ns.Kinds[n].Option; k != spellings[option].Long {
			t.Errorf("kind %s has the option --%s", k, spellings[option].Long)
		}
	}
}
