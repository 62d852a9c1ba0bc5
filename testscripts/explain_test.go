package testscripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestExplainAgreesWithStrace compares the order of effects in --explain with what strace
// sees, of the original and of gounshare.
func TestExplainAgreesWithStrace(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	for _, program := range []string{"strace", oracle} {
		if !onPath(program) {
			t.Skipf("no %s to compare with", program)
		}
	}
	sets := []string{
		"-Ur",
		"-c",
		"-n",
		"-m",
		"-uiC",
		"-pf --mount-proc",
		"-Urpf --mount-proc",
		"-muinpCTUrf --mount-proc",
		"-UrT --boottime 100 --monotonic -5",
		"-m -R / -w /tmp",
		"-mf --propagation slave -R / --mount-proc",
		"-m -S 1 -G 1",
		"-U --setgroups deny --keep-caps",
		"-f --kill-child=TERM",
		"--net=FILE --uts",
		"-mpf --net=FILE --ipc=FILE2",
	}
	for _, set := range sets {
		t.Run(set, func(t *testing.T) {
			dir := t.TempDir()
			args := strings.Fields(set)
			for i := range args {
				name, file, ok := strings.Cut(args[i], "=FILE")
				if ok {
					args[i] = name + "=" + filepath.Join(dir, "file"+file)
					if err := os.WriteFile(filepath.Join(dir, "file"+file), nil, 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			args = append(args, "/bin/true")
			explained := explain(t, args)
			for _, program := range []string{oracle, filepath.Join(box.bin, "gounshare")} {
				if traced := trace(t, dir, program, args); !slices.Equal(traced, explained) {
					t.Errorf("%s does\n\t%s\n--explain says\n\t%s", program,
						strings.Join(traced, "\n\t"), strings.Join(explained, "\n\t"))
				}
			}
		})
	}
}

// explain returns what --explain prints, in the form of trace.
func explain(t *testing.T, args []string) []string {
	out, err := exec.Command(filepath.Join(box.bin, "gounshare"), append([]string{"--explain"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("--explain: %v\n%s", err, out)
	}
	process := map[string][]string{}
	var order []string
	for line := range strings.Lines(string(out)) {
		who, call := "", line
		if rest, ok := strings.CutPrefix(line, "["); ok {
			who, call, _ = strings.Cut(rest, "] ")
		}
		if who == "parent" {
			who = "" // strace shows one process where the plan has "before" and "parent"
		}
		if !slices.Contains(order, who) {
			order = append(order, who)
		}
		call, _, _ = strings.Cut(call, " # ")
		process[who] = append(process[who], call)
	}
	return flatten(order, process)
}

// trace returns what strace sees of a program, one process after the other.
func trace(t *testing.T, dir, program string, args []string) []string {
	file := filepath.Join(dir, "trace")
	cmd := exec.Command("strace", append([]string{"-f", "-qq", "-o", file, program}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("strace: %v\n%s", err, out)
	}
	for _, bound := range []string{"file", "file2"} {
		unix.Unmount(filepath.Join(dir, bound), unix.MNT_DETACH) // it may be unmounted already
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	process := map[string][]string{}
	var order []string
	var begun, done string
	for line := range strings.Lines(string(text)) {
		pid, call, _ := strings.Cut(strings.TrimSpace(line), " ")
		call = strings.TrimSpace(call)
		if begun == "" && strings.HasPrefix(call, "rt_sigaction(SIGCHLD, {sa_handler=SIG_DFL") {
			begun = pid // what comes before is the start of the program
		}
		if begun == "" || strings.Contains(done, pid+";") {
			continue
		}
		if len(order) == 0 {
			order = append(order, pid)
		}
		if m := child.FindStringSubmatch(call); m != nil {
			order = append(order, m[1]) // as they are made, not as they are scheduled
		}
		process[pid] = append(process[pid], call)
		if strings.HasPrefix(call, "execve(") && strings.HasSuffix(call, " = 0") {
			done += pid + ";" // what follows is the command
		}
	}
	return flatten(order, process)
}

var (
	child     = regexp.MustCompile(`^(?:clone\(|<... clone resumed>).* = (\d+)$`)
	openCall  = regexp.MustCompile(`^openat\(AT_FDCWD, ("/proc/[^"]*")`)
	writeCall = regexp.MustCompile(`^write\(\w+, ("[^"]*")`)
	procPID   = regexp.MustCompile(`/proc/(\d+|PID)/`)
	result    = regexp.MustCompile(`\)\s+= .*$`)
	flagSet   = regexp.MustCompile(`(MS|CLONE)_\w+(\|(MS|CLONE)_\w+)+`)
)

// flatten returns the calls with an effect, in order, from either notation.
func flatten(order []string, process map[string][]string) []string {
	var calls []string
	for _, who := range order {
		for _, c := range process[who] {
			if c = effectOf(c); c != "" && (len(calls) == 0 || calls[len(calls)-1] != c || !strings.HasPrefix(c, "ambient")) {
				calls = append(calls, c)
			}
		}
		calls = append(calls, "--")
	}
	return calls
}

// effects has the calls that change something.
var effects = []string{"unshare", "mount", "umount2", "chroot", "chdir", "setgroups", "setgid", "setuid",
	"capset", "rt_sigprocmask", "prctl", "execve"}

func effectOf(c string) string {
	c = strings.Replace(strings.TrimSpace(c), " <unfinished ...>", ")", 1)
	c = procPID.ReplaceAllString(c, "/proc/PID/")
	if m := openCall.FindStringSubmatch(c); m != nil {
		if m[1] == `"/proc/self/ns/mnt"` {
			return "" // only gounshare looks at the id of a mount namespace
		}
		return "open " + m[1]
	}
	if m := writeCall.FindStringSubmatch(c); m != nil {
		if m[1] == `"\n"` || strings.HasPrefix(m[1], `"\6\0`) {
			return "" // lets a helper go
		}
		return "write " + m[1]
	}
	name, _, _ := strings.Cut(c, "(")
	if !slices.Contains(effects, name) {
		return ""
	}
	c = flagSet.ReplaceAllStringFunc(c, func(s string) string {
		flags := strings.Split(s, "|")
		slices.Sort(flags)
		return strings.Join(flags, "|")
	})
	switch {
	case name == "execve":
		path, _, _ := strings.Cut(c, ",")
		return path
	case name == "capset", name == "rt_sigprocmask":
		return name // arguments that the two notations write differently
	case strings.HasPrefix(c, "prctl(PR_CAP_AMBIENT"):
		return "ambient capabilities"
	case strings.HasPrefix(c, "prctl(PR_CAPBSET_READ"):
		return ""
	}
	return result.ReplaceAllString(c, ")")
}
