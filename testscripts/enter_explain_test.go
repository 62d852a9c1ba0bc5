package testscripts

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestEnterExplainAgreesWithStrace compares the order of effects in gonsenter's --explain with
// what strace sees, of the original and of gonsenter.
func TestEnterExplainAgreesWithStrace(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	for _, program := range []string{"strace", "/usr/bin/nsenter"} {
		if !onPath(program) {
			t.Skipf("no %s to compare with", program)
		}
	}
	gonsenter := filepath.Join(box.bin, "gonsenter")
	sets := []struct {
		options string
		oracle  bool // whether util-linux 2.38 has them
	}{
		{"-n/proc/T/ns/net", true},
		{"-n/proc/T/ns/net -u/proc/T/ns/uts -i/proc/T/ns/ipc -m/proc/T/ns/mnt", true},
		{"-U/proc/T/ns/user -n/proc/T/ns/net -C/proc/T/ns/cgroup", true},
		{"-U/proc/T/ns/user --preserve-credentials -n/proc/T/ns/net", true},
		{"-p/proc/T/ns/pid", true},
		{"-p/proc/T/ns/pid -F -u/proc/T/ns/uts", true},
		{"-T/proc/T/ns/time -m/proc/T/ns/mnt -r/ -w/tmp", true},
		{"-m/proc/T/ns/mnt -r/", true},
		{"-n/proc/T/ns/net -S 1 -G 2", true},
		{"-n/proc/T/ns/net -S 1", true},
		{"-t T -n", true},
		{"-t T -a", true},
		{"-t T -a -r -w", true},
		{"-t T -m -u -i -n -p", true},
		{"-t T -U -n -m -S 0 -G 0", true},
		{"-t T -p -r", true},
		{"-t T -r -w/", true},
		{"-t T -m -n/proc/T/ns/net -W/tmp", true},
		{"-t T -m -r -W /tmp", true},
		{"-t T -n -S follow -G follow -e", false},
		{"-t T -U -n --keep-caps -S 0 -G 0", false},
		{"-t T -p --mount-proc -W /tmp", false},
		{"-t T --tools", false},
		{"-t T --tools -w/tmp -S 0", false},
		{"-t T --tools=TOOLS -W /bin", false},
	}
	target, tools := startTarget(t, "-muinpCTUrf"), toolsDir(t)
	for _, set := range sets {
		t.Run(set.options, func(t *testing.T) {
			args := append(strings.Fields(strings.NewReplacer("TOOLS", tools, "T", target).Replace(set.options)), "/bin/true")
			for i, a := range args { // the option -T stays
				if a == "-"+target || strings.HasPrefix(a, "-"+target+"/") {
					args[i] = "-T" + strings.TrimPrefix(a, "-"+target)
				}
			}
			out, err := exec.Command(gonsenter, append([]string{"--explain"}, args...)...).CombinedOutput()
			if err != nil {
				t.Fatalf("--explain: %v\n%s", err, out)
			}
			announced := enterCalls(strings.Split(string(out), "\n"))
			if len(announced) < 2 {
				t.Fatalf("--explain says only\n%s", out)
			}
			programs := []string{gonsenter}
			if set.oracle {
				programs = append(programs, "/usr/bin/nsenter")
			}
			for _, program := range programs {
				done := enterCalls(enterTrace(t, program, args))
				want := announced
				if program != gonsenter { // the original stays dumpable, and enters one after the other
					want = slices.DeleteFunc(slices.Clone(joinSetns(want)), func(c string) bool { return c == "prctl(PR_SET_DUMPABLE)" })
					done = joinSetns(done)
				}
				if !slices.Equal(done, want) {
					t.Errorf("%s does\n\t%s\n--explain says\n\t%s", program, strings.Join(done, "\n\t"), strings.Join(want, "\n\t"))
				}
			}
		})
	}
}

// toolsDir returns a directory of tools in which the target's root can be shown.
func toolsDir(t *testing.T) string {
	if box.rootfs == "" {
		t.Skip("no busybox to fill a directory with")
	}
	dir := filepath.Join(t.TempDir(), "tools")
	if out, err := exec.Command("cp", "-R", box.rootfs, dir).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v\n%s", err, out)
	}
	if err := os.Mkdir(filepath.Join(dir, "mnt"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// startTarget starts a process to enter and returns its number.
func startTarget(t *testing.T, options string) string {
	cmd := exec.Command(filepath.Join(box.commands, "beside"), options, "sh", "-c", "echo $T; read x")
	cmd.Env = append(os.Environ(), "PATH="+box.commands+":"+os.Getenv("PATH"))
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
	})
	var pid string
	if _, err := fmt.Fscan(stdout, &pid); err != nil {
		t.Fatal(err)
	}
	return pid
}

// enterTrace returns what strace sees of the process that was started and of its child,
// without the planner.
func enterTrace(t *testing.T, program string, args []string) []string {
	file := filepath.Join(t.TempDir(), "trace")
	if out, err := exec.Command("strace", append([]string{"-f", "-qq", "-o", file, program}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("strace: %v\n%s", err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	first, _, _ := strings.Cut(lines[0], " ")
	forked := ""
	calls := map[string][]string{}
	ended := map[string]bool{}
	for _, line := range lines[1:] { // without the start of the program
		pid, call, _ := strings.Cut(line, " ")
		call = strings.TrimSpace(call)
		if strings.HasPrefix(call, "clone(") && strings.HasSuffix(call, "<unfinished ...>") {
			continue
		}
		if m := forkCall.FindStringSubmatch(call); m != nil && pid == first {
			forked, call = m[1], "clone(SIGCHLD)"
		}
		if pid == first && strings.Contains(call, "__WALL") { // the planner has ended
			forked, calls[first] = "", nil
			continue
		}
		if !ended[pid] {
			calls[pid] = append(calls[pid], call)
		}
		if strings.HasPrefix(call, "execve(") && strings.HasSuffix(call, " = 0") {
			ended[pid] = true // what follows is the command
		}
	}
	return append(calls[first], calls[forked]...)
}

var (
	forkCall   = regexp.MustCompile(`^(?:clone\(|<... clone resumed>).* = (\d+)$`)
	setnsCall  = regexp.MustCompile(`^setns\(\w+, (\w+(?:\|\w+)*)`)
	numberCall = regexp.MustCompile(`^(setuid|setgid)\((the target's|\w+)`)
)

// enterCalls returns the calls with an effect, in order, in a form that fits both notations.
func enterCalls(lines []string) []string {
	var calls []string
	for _, c := range lines {
		c = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(c), "[parent] "), "[child] ")
		name, _, _ := strings.Cut(c, "(")
		switch name {
		case "setns":
			m := setnsCall.FindStringSubmatch(c)
			flags := strings.Split(m[1], "|")
			slices.Sort(flags)
			calls = append(calls, "setns("+strings.Join(flags, "|")+")")
		case "setuid", "setgid":
			m := numberCall.FindStringSubmatch(c)
			if strings.HasPrefix(m[2], "the target's") {
				m[2] = "0"
			}
			calls = append(calls, m[1]+"("+m[2]+")")
		case "chroot", "chdir":
			path, _, _ := strings.Cut(strings.SplitAfter(c, `"`)[1], `"`)
			calls = append(calls, name+"("+path+")")
		case "setgroups", "fchdir", "clone", "execve", "unshare", "mount", "umount2", "pivot_root", "open_tree", "move_mount":
			calls = append(calls, name)
		case "prctl":
			if strings.HasPrefix(c, "prctl(PR_SET_DUMPABLE") {
				calls = append(calls, "prctl(PR_SET_DUMPABLE)")
			} else if strings.HasPrefix(c, "prctl(PR_CAP_AMBIENT") && (len(calls) == 0 || calls[len(calls)-1] != "ambient") {
				calls = append(calls, "ambient")
			}
		}
	}
	return calls
}

// joinSetns returns calls with neighbouring setns as one, except for the user namespace's.
func joinSetns(calls []string) []string {
	var joined []string
	flags := func(c string) (string, bool) {
		c, ok := strings.CutPrefix(c, "setns(")
		return strings.TrimSuffix(c, ")"), ok && c != "CLONE_NEWUSER)"
	}
	for _, c := range calls {
		now, ok := flags(c)
		if n := len(joined); ok && n > 0 {
			if before, ok := flags(joined[n-1]); ok {
				all := strings.Split(before+"|"+now, "|")
				slices.Sort(all)
				joined[n-1] = "setns(" + strings.Join(all, "|") + ")"
				continue
			}
		}
		joined = append(joined, c)
	}
	return joined
}

// TestEnterExplainTouchesNothing has an ordinary user explain what only root may do, with
// processes and files that do not exist or must not be opened.
func TestEnterExplainTouchesNothing(t *testing.T) {
	t.Parallel()
	if !onPath("strace") {
		t.Skip("no strace")
	}
	for _, options := range []string{
		"-t 1 -a", "-t 1 -m -u -i -n -p -U -C -T -r -w -e -c -Z", "-t 4194304 -a -S follow -G follow",
		"-n/no/such/file -r/no/such/dir -w/no/such/dir", "-t 1 -N 5 --user-parent --keep-caps", "-n=:4026531840", "-t 1:5 -p -W/no/such/dir",
		"-t 1 -p --mount-proc -w/no/such/dir", "-t 1 --tools --env=A", "-t 4194304 --tools=/no/such/dir",
	} {
		t.Run(options, func(t *testing.T) {
			dir, err := os.MkdirTemp(box.work, "explain")
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(dir)
			if err := os.Chmod(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "trace")
			args := append([]string{"-f", "-qq", "-o", file, filepath.Join(box.bin, "gonsenter"), "--explain=json"}, strings.Fields(options)...)
			cmd := exec.Command("strace", append(args, "/no/such/command")...)
			if os.Geteuid() == 0 {
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: userID, Gid: userID}}
			}
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			var steps any
			if err := json.Unmarshal(out, &steps); err != nil {
				t.Errorf("not JSON: %v\n%s", err, out)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if touched := touching.FindString(preempting.ReplaceAllString(string(text), "")); touched != "" {
				t.Errorf("--explain does %s", touched)
			}
		})
	}
}

// preempting matches the signal that Go's runtime sends to its own thread that has run for
// long, as on a busy machine.
var preempting = regexp.MustCompile(`(?m)^\d+ +tgkill\(\d+, \d+, SIGURG.*$`)

// touching matches calls that change something, or that open the target or a named file. It
// passes over the files of this process itself.
var touching = regexp.MustCompile(`(?m)^\d+ +(?:(?:setns|unshare|chroot|fchdir|chdir|setgroups|set(?:re|res|fs)?[ug]id|pidfd_open|pidfd_getfd|open_by_handle_at|ioctl|kill|tgkill|mount|umount2|pivot_root|open_tree|move_mount|execveat)\([^\n]*|(?:openat2?|open)\([^\n]*"(?:/no/such|/proc/(?:1|4194304)\b)[^\n]*)`)
