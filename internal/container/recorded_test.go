package container

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"nstools/internal/proc"
)

// TestRecorded replays what `make runtimes` has recorded of runtimes in the versions of the
// folders' names: state files, cgroups with their owners, and processes. The last line of
// each README has what was started, and the process of each name as the runtime's own
// client printed it.
func TestRecorded(t *testing.T) {
	const recorded = "testdata/recorded"
	entries, err := os.ReadDir(recorded)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			tree := filepath.Join(recorded, e.Name())
			text, err := os.ReadFile(tree + "/README")
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(string(text)), "\n")
			if len(lines) != 3 {
				t.Fatalf("README has %d lines", len(lines))
			}
			_, names, _ := strings.Cut(lines[2], ";")
			// Words of the description have no equals sign.
			replay(t, tree, wordsWith(names+" "+lines[2], "="))
		})
	}
}

func wordsWith(text, sign string) map[string]int {
	names := map[string]int{}
	for _, word := range strings.Fields(text) {
		name, number, ok := strings.Cut(word, sign)
		if pid, err := strconv.Atoi(number); ok && err == nil {
			names[name] = pid
		}
	}
	return names
}

func replay(t *testing.T, tree string, names map[string]int) {
	for name := range names {
		if os.Geteuid() != 0 && newQuery(name).owner != nil {
			t.Skip("not root, who gives files to several users")
		}
	}
	root := copied(t, tree)
	uids := restoreProc(t, root, names)
	c := newCatalog(uint32(os.Geteuid()))
	t.Cleanup(c.Close)
	c.proc = root + "/proc"
	c.tree = restoreCgroups(t, root)
	c.tree.euid = c.euid
	restoreOwners(t, root)
	c.load(systemStateDirs(root), "")
	for _, uid := range uids {
		chown(t, root+"/run/user/"+formatUID(uid), uid)
		p := c.stateDirsOf(uid, runtimeDir(uid))
		home := map[uint32]string{1000: "home/rt", 1001: "home/cron"}[uid] // as they were when it was recorded
		p.root, p.persistent = root, path.Join(home, ".local/share")
		chown(t, root+"/"+home, uid)
		chown(t, root+"/tmp/storage-run-"+formatUID(uid), uid)
		c.load(p, "")
	}
	c.walk(true)
	c.namePodman()
	c.makeLabelsUnique()
	for name, pid := range names {
		if got := c.lead(name); got != pid {
			t.Errorf("%s leads to %d; the runtime says %d", name, got, pid)
		}
	}
	// And every name that is shown leads to one process.
	for _, f := range c.All() {
		if around, err := c.resolveMonitor(f); err == nil {
			f.PID = around.PID // a unit that is a monitor's
		}
		if got := c.lead(f.Label()); got != f.PID {
			t.Errorf("%s is shown for %d, and leads to %d", f.Label(), f.PID, got)
		}
	}
}

// lead returns the process that a target leads to, 0 without one. For a pod it is the
// process that keeps its namespaces, if there is one.
func (c *Catalog) lead(word string) int {
	q := newQuery(word)
	for _, f := range c.list {
		if f.matchesKind(q.kind) && (f.matchesName(q.kind, q.name) || f.hasPrefix(q.kind, q.name)) {
			c.findFirstProcess(f)
		}
	}
	for _, f := range c.list {
		if q.kind == Pod && f.Sandbox && f.Pod == q.name && f.running(c) {
			return f.PID
		}
	}
	found := c.match(q)
	if len(found) == 0 {
		return 0
	}
	f, err := c.single(found)
	var several *AmbiguousError
	if errors.As(err, &several) {
		return -1
	}
	return f.PID
}

// restoreProc makes of recorded processes what /proc shows. Their ids are 0 if nothing else
// was recorded. It returns the ordinary users of the names.
func restoreProc(t *testing.T, root string, names map[string]int) (uids []uint32) {
	owners := map[string]string{}
	seen := map[uint32]bool{}
	for name, pid := range names {
		_, rest, _ := strings.Cut(name, ":")
		user, _, ok := strings.Cut(rest, "@")
		if uid, err := strconv.ParseUint(user, 10, 32); ok && err == nil {
			owners[strconv.Itoa(pid)] = user
			if !seen[uint32(uid)] {
				seen[uint32(uid)] = true
				uids = append(uids, uint32(uid))
			}
		}
	}
	dirs, err := os.ReadDir(root + "/proc")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	children := map[string]string{}
	for _, d := range dirs {
		dir := root + "/proc/" + d.Name()
		uid := "0"
		if user, ok := owners[d.Name()]; ok {
			uid = user
		}
		if text, err := os.ReadFile(dir + "/uid"); err == nil {
			uid = strings.TrimSpace(string(text))
		}
		if os.Geteuid() != 0 {
			uid = strconv.Itoa(os.Geteuid())
		}
		text, err := os.ReadFile(dir + "/stat")
		if err != nil {
			continue
		}
		besideUs(t, dir)
		restoreUnified(t, dir+"/cgroup")
		write(t, dir+"/status", "Uid:\t"+strings.Repeat(uid+"\t", 4)+"\n")
		if s, ok := proc.ParseStat(string(text)); ok {
			children[strconv.Itoa(s.PPID)] += d.Name() + " "
		}
	}
	for pid, list := range children {
		if _, err := os.Stat(root + "/proc/" + pid); err == nil {
			write(t, root+"/proc/"+pid+"/task/"+pid+"/children", list)
		}
	}
	return uids
}

// restoreUnified adds the line of version 2, which was left out if a line of version 1 has
// the same path.
func restoreUnified(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil || strings.Contains("\n"+string(text), "\n0::") {
		return
	}
	for _, c := range proc.ParseCgroups(string(text)) {
		if c.Path != "/" {
			write(t, file, string(text)+"0::"+c.Path+"\n")
			return
		}
	}
}

// besideUs gives a made-up process the caller's mounts, since a user namespace cannot be
// made up.
func besideUs(t *testing.T, dir string) {
	t.Helper()
	err := os.MkdirAll(dir+"/ns", 0o755)
	if err == nil {
		err = os.Symlink("/proc/self/ns/mnt", dir+"/ns/mnt")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// restoreCgroups makes directories of the recorded cgroups, in each hierarchy. A line has
// the hierarchies, the path, the owner and the processes.
func restoreCgroups(t *testing.T, root string) *tree {
	tr := &tree{owners: make(map[string]evidence), budgets: make(map[uint32]*int64), proc: root + "/proc"}
	text, err := os.ReadFile(root + "/cgroups")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if err != nil {
		text = cgroupsOf(t, root)
	}
	top, err := openRoot()
	if err != nil {
		t.Fatal(err)
	}
	defer top.close()
	hierarchies := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		w := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(w) != 4 {
			t.Fatalf("cgroups: %q", line)
		}
		uid, err := strconv.Atoi(w[2])
		if err != nil {
			t.Fatal(err)
		}
		for name := range strings.SplitSeq(w[0], ",") {
			hierarchies[name] = true
			dir := root + "/sys/fs/cgroup/" + name + w[1]
			write(t, dir+"/cgroup.procs", strings.ReplaceAll(w[3], ",", "\n"))
			chown(t, dir, uint32(uid))
		}
	}
	for name := range hierarchies {
		mount := proc.Mount{Root: "/", Point: "/sys/fs/cgroup/" + name, FSType: "cgroup", Options: name}
		switch name {
		case "unified", "cgroup": // the latter on a host with one only
			mount.FSType, mount.Options = "cgroup2", "rw"
		case "systemd":
			mount.Options = "name=systemd"
		}
		at, err := top.open(absolute(root, "sys/fs/cgroup", name))
		if err != nil {
			t.Fatal(err)
		}
		tr.list = append(tr.list, &hierarchy{handle: at, number: name, mount: mount})
	}
	tr.order()
	return tr
}

// restoreOwners gives files the owners and modes that were recorded, in lines of uid, mode
// and path: git keeps neither. Only root can give files away.
func restoreOwners(t *testing.T, root string) {
	text, err := os.ReadFile(root + "/owners")
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		w := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 3)
		if len(w) != 3 {
			t.Fatalf("owners: %q", line)
		}
		uid, err1 := strconv.Atoi(w[0])
		mode, err2 := strconv.ParseUint(w[1], 8, 32)
		if err1 != nil || err2 != nil {
			t.Fatalf("owners: %q", line)
		}
		path := root + w[2]
		if os.Geteuid() == 0 {
			err = os.Lchown(path, uid, uid)
		}
		if err == nil {
			err = unix.Chmod(path, uint32(mode))
		}
		if err != nil && !errors.Is(err, unix.ENOENT) { // an empty directory is not in a checkout
			t.Fatal(err)
		}
	}
}

// cgroupsOf makes up the cgroups, as root's, of the processes for which only these were
// recorded.
func cgroupsOf(t *testing.T, root string) (text []byte) {
	files, err := filepath.Glob(root + "/proc/*/cgroup")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		list, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range proc.ParseCgroups(string(list)) {
			name := strings.TrimPrefix(c.Controllers, "name=")
			if name == "" {
				name = "unified"
			}
			text = append(text, name+"\t"+c.Path+"\t0\t"+filepath.Base(filepath.Dir(file))+"\n"...)
		}
	}
	return text
}

// chown gives a directory and its content to a user, if the caller may.
func chown(t *testing.T, dir string, uid uint32) {
	t.Helper()
	if os.Geteuid() != 0 || uid == 0 {
		return
	}
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(uid), int(uid))
	})
	if err != nil && !errors.Is(err, unix.ENOENT) {
		t.Fatal(err)
	}
}
