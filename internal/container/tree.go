package container

import (
	"cmp"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/kernel"
	"nstools/internal/proc"
)

// A tree is the mounted cgroups, in every hierarchy. It is small where processes are many.
// Its directories have owners, which the text of /proc/PID/cgroup lacks.
type tree struct {
	list          []*hierarchy
	leading       int                 // how many at the front of the list show everything, as a rule
	owners        map[string]evidence // of directories, by hierarchy and path
	proc          string
	euid          uint32
	all           bool              // whether to read other users' directories, too
	budgets       map[uint32]*int64 // directories that may still be read, of each owner
	searchBudgets map[uint32]*int64 // processes and directories that the search of first processes may still read
	truncated     []uint32          // owners of directories that were not read
}

// A hierarchy is open at its mount point.
type hierarchy struct {
	handle
	number string // index in the tree
	mount  proc.Mount
}

// Limits of what is read of cgroups. The kernel's own limit for all of them together,
// cgroup.max.descendants, is infinite by default.
const (
	ownCgroups    = 1 << 16 // directories of root or the caller
	othersCgroups = 1 << 10 // directories of each other user
	othersSearch  = 1 << 12 // processes, and directories below what was found, of each other user
	depthMax      = 64
	procsMax      = 1 << 20 // bytes of a cgroup.procs
)

// openTree opens the hierarchies. Without a mount there are none, and cgroups prove
// nothing.
func openTree(self uint32) *tree {
	t := &tree{owners: make(map[string]evidence), budgets: make(map[uint32]*int64), proc: procPath, euid: self}
	var lines []string
	for line := range strings.Lines(string(readSystemFile("/proc/self/mountinfo"))) {
		if strings.Contains(line, " - cgroup") { // few, where there are containers
			lines = append(lines, line)
		}
	}
	// Of two mounts of a hierarchy the one that shows more of it counts.
	slices.SortStableFunc(lines, func(a, b string) int { return cmp.Compare(len(mountRoot(a)), len(mountRoot(b))) })
	seen := map[string]bool{}
	for _, line := range lines {
		id, device := strings.Fields(line)[0], strings.Fields(line)[2]
		for _, m := range proc.ParseMounts(line) {
			if seen[device] {
				continue
			}
			h, err := openHierarchy(m, id)
			if err != nil {
				continue
			}
			seen[device] = true
			h.number = strconv.Itoa(len(t.list))
			t.list = append(t.list, h)
		}
	}
	t.order()
	return t
}

// order puts those hierarchies first in which runtimes and systemd make a cgroup whatever
// limits are set: version 2, those that have only a name, and one controller for a host
// without either. There may be a dozen others with the same cgroups.
func (t *tree) order() {
	rank := func(h *hierarchy) int {
		switch {
		case h.mount.FSType == "cgroup2":
			return 0
		case h.has("name="):
			return 1
		case h.has("devices"): // without its rules for devices no container starts
			return 2
		}
		return 3
	}
	slices.SortStableFunc(t.list, func(a, b *hierarchy) int { return cmp.Compare(rank(a), rank(b)) })
	for i, h := range t.list {
		if rank(h) < 3 || i == 0 {
			t.leading = i + 1
		}
	}
}

// has reports whether the hierarchy has a controller, or for "name=" any name.
func (h *hierarchy) has(controller string) bool {
	for option := range strings.SplitSeq(h.mount.Options, ",") {
		if option == controller || controller == "name=" && strings.HasPrefix(option, controller) {
			return true
		}
	}
	return false
}

// mountRoot returns the part of the hierarchy that a line of mountinfo mounts.
func mountRoot(line string) string {
	if w := strings.Fields(line); len(w) > 3 {
		return w[3]
	}
	return ""
}

// openHierarchy opens the mount with an id, if its mount point leads to it.
func openHierarchy(m proc.Mount, id string) (*hierarchy, error) {
	fd, err := unix.Open(m.Point, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	h := &hierarchy{handle: handle{fd: fd}, mount: m}
	var fs unix.Statfs_t
	if err = unix.Fstatfs(fd, &fs); err == nil && fs.Type != unix.CGROUP2_SUPER_MAGIC && fs.Type != unix.CGROUP_SUPER_MAGIC {
		err = unix.ENODEV // something else is mounted over it
	}
	if err == nil && proc.MountID(fd) != id {
		err = unix.ENODEV // or another cgroup
	}
	if err == nil {
		err = unix.Fstat(fd, &h.st)
	}
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	h.evidence = evidence{}.below(&h.st)
	return h, nil
}

func (t *tree) close() {
	for _, h := range t.list {
		h.close()
	}
	t.list = nil
}

// locate returns the hierarchy of a line of /proc/PID/cgroup, and the parts of the path below
// its mount; false for a cgroup that is out of sight.
func (t *tree) locate(c proc.Cgroup) (*hierarchy, []string, bool) {
	for _, h := range t.list {
		if !c.Mounted(h.mount) {
			continue
		}
		parts, ok := c.Below(h.mount)
		if !ok || strings.HasPrefix(parts, "../") || parts == ".." {
			return nil, nil, false
		}
		if parts == "." {
			parts = ""
		}
		return h, splitPath(parts), true
	}
	return nil, nil, false
}

// owner returns whose word a cgroup is. Directories are opened beneath each other from the
// hierarchy's root down, without links.
func (t *tree) owner(h *hierarchy, parts []string) evidence {
	path := h.number + "/" + strings.Join(parts, "/")
	if e, ok := t.owners[path]; ok {
		return e
	}
	e := evidence{nobody: true}
	if dir, err := h.openAt(strings.Join(parts, "/"), 0); err == nil {
		e = dir.evidence
		dir.close()
	}
	t.owners[path] = e
	return e
}

// A group is a cgroup, and the parts of its path below its hierarchy's mount.
type group struct {
	*hierarchy
	parts []string
	evidence
}

func (g group) key() string { return g.number + "/" + strings.Join(g.parts, "/") }

// A visit is called with a cgroup, its path as in [group.key], and the unit above it. The
// path and the group's parts are valid until it returns: see [group.keep]. It returns the
// unit for what is below the cgroup, and whether to go on there.
type visit func(g group, path []byte, around *Found) (unit *Found, on bool)

// keep returns a copy of the group that stays valid after a visit.
func (g group) keep() group {
	g.parts = slices.Clone(g.parts)
	return g
}

// walk visits the cgroups of some hierarchies from the top down. Other users' are visited
// only if t.all, and a limited number of each owner.
func (t *tree) walk(list []*hierarchy, do visit) {
	for _, h := range list {
		t.walkBelow(h.handle, group{hierarchy: h, evidence: h.evidence}, []byte(h.number), nil, do)
	}
}

// walkBelow opens and keeps only directories that have others below them: most have none,
// and a host has hundreds in each hierarchy.
func (t *tree) walkBelow(dir handle, g group, path []byte, unit *Found, do visit) {
	if isLeaf(&dir.st) || len(g.parts) >= depthMax {
		return
	}
	type branch struct {
		name string
		evidence
		unit *Found
	}
	var on []branch
	next := group{hierarchy: g.hierarchy, parts: append(slices.Clone(g.parts), "")}
	name := &next.parts[len(g.parts)]
	below := func() []byte { return append(append(path, '/'), *name...) }
	budget := t.budgetOf(g.uid)
	err := dir.eachEntry(func(entry string, kind byte) error {
		var st unix.Stat_t
		switch {
		case kind != unix.DT_DIR:
			return nil
		case *budget == 0:
			return unix.E2BIG
		}
		*budget--
		if unix.Fstatat(dir.fd, entry, &st, unix.AT_SYMLINK_NOFOLLOW) != nil {
			return nil // it has gone
		}
		*name, next.evidence = entry, dir.below(&st)
		if next.nobody || !t.all && next.uid != 0 && next.uid != t.euid {
			return nil
		}
		if within, more := do(next, below(), unit); more && !isLeaf(&st) {
			on = append(on, branch{entry, next.evidence, within})
		}
		return nil
	})
	if err == unix.E2BIG {
		t.addTruncated(g.uid)
	}
	for _, b := range on {
		opened, err := dir.openAt(b.name, 0)
		if err != nil {
			continue
		}
		if *name, next.evidence = b.name, b.evidence; opened.evidence == b.evidence { // else it is another by now
			t.walkBelow(opened, next, below(), b.unit, do)
		}
		opened.close()
	}
}

// isLeaf reports whether a directory has none below it. Its links are its own name, "." and
// one from each directory in it.
// See: inode(7).
func isLeaf(st *unix.Stat_t) bool { return st.Nlink == 2 }

// budgetOf returns how many directories of an owner may still be read.
func (t *tree) budgetOf(uid uint32) *int64 {
	budget := t.budgets[uid]
	if budget == nil {
		n := int64(othersCgroups)
		if uid == 0 || uid == t.euid {
			n = ownCgroups
		}
		budget = &n
		t.budgets[uid] = budget
	}
	return budget
}

// first returns the oldest running process in a cgroup or below it. It leaves out cgroups
// below for which skip returns true, and those whose list of processes another user may
// write.
func (t *tree) first(g group, skip func(group) bool) (pid int, s proc.Stat, ok bool) {
	dir, err := g.hierarchy.openAt(strings.Join(g.parts, "/"), 0)
	if err != nil {
		return 0, proc.Stat{}, false
	}
	defer dir.close()
	if !dir.equals(g.evidence) {
		return 0, proc.Stat{}, false
	}
	budget := t.searchBudget(g.uid)
	t.firstBelow(dir, g, skip, budget, func(p procDir, ps proc.Stat) {
		if (!ok || ps.Start < s.Start) && t.isIn(p, g) {
			pid, s, ok = p.pid, ps, true
		}
	})
	if *budget == 0 {
		t.addTruncated(g.uid)
		return 0, proc.Stat{}, false // an older one may be in the part that was not read
	}
	return pid, s, ok
}

// searchBudget returns how many processes and directories of an owner may still be read in
// the search of first processes. Root's and the caller's groups have one each. Other users
// have one for all, since nested units are read again and again.
func (t *tree) searchBudget(uid uint32) *int64 {
	if uid == 0 || uid == t.euid {
		budget := int64(procsMax)
		return &budget
	}
	if t.searchBudgets == nil {
		t.searchBudgets = make(map[uint32]*int64)
	}
	if t.searchBudgets[uid] == nil {
		budget := int64(othersSearch)
		t.searchBudgets[uid] = &budget
	}
	return t.searchBudgets[uid]
}

// addTruncated notes that an owner's cgroups were read only in part.
func (t *tree) addTruncated(uid uint32) {
	if !slices.Contains(t.truncated, uid) {
		t.truncated = append(t.truncated, uid)
	}
}

// isIn reports whether a process is in a cgroup or below it. A cgroup.procs has numbers of
// the caller's PID namespace, and /proc may be another's; or the number has a new owner.
func (t *tree) isIn(p procDir, g group) bool {
	text, err := p.ReadFile("cgroup", cgroupMax)
	if err != nil {
		return false
	}
	for _, c := range proc.ParseCgroups(string(text)) {
		if h, parts, ok := t.locate(c); ok && h == g.hierarchy && len(parts) >= len(g.parts) && slices.Equal(parts[:len(g.parts)], g.parts) {
			return true
		}
	}
	return false
}

func (t *tree) firstBelow(dir handle, g group, skip func(group) bool, budget *int64, do func(procDir, proc.Stat)) {
	if *budget == 0 {
		return
	}
	for _, pid := range dir.processes() {
		if *budget == 0 {
			return
		}
		*budget--
		if pid == os.Getpid() || kernel.IsPlanner() && pid == os.Getppid() {
			continue
		}
		p := procDir{t.proc, pid}
		if s, ok := p.stat(); ok && s.State != 'Z' && s.State != 'X' {
			do(p, s)
		}
	}
	if isLeaf(&dir.st) || len(g.parts) >= depthMax {
		return
	}
	names, err := dir.entries(int(*budget), func(kind byte) bool { return kind == unix.DT_DIR })
	if *budget -= int64(len(names)); err == unix.E2BIG {
		*budget = 0
	}
	for _, name := range names {
		next := group{hierarchy: g.hierarchy, parts: append(g.parts[:len(g.parts):len(g.parts)], name), evidence: g.evidence}
		if skip(next) {
			continue
		}
		below, err := dir.openAt(name, 0)
		if err != nil {
			continue
		}
		if below.equals(g.evidence) { // unless it is delegated to another user
			t.firstBelow(below, next, skip, budget, do)
		}
		below.close()
	}
}

// processes returns the numbers in cgroup.procs. A user who may write there puts processes
// in: it is skipped if that is another than the directory's owner.
func (h handle) processes() []int {
	file, err := h.openAt("cgroup.procs", 0)
	if err != nil {
		return nil
	}
	defer file.close()
	if file.nobody || file.uid != h.uid {
		return nil
	}
	text, err := proc.ReadFile(h.fd, "cgroup.procs", procsMax)
	if err != nil {
		return nil
	}
	var pids []int
	for word := range strings.FieldsSeq(string(text)) {
		if pid, err := strconv.Atoi(word); err == nil && pid > 0 { // 0 stands for a PID namespace out of sight
			pids = append(pids, pid)
		}
	}
	return pids
}
