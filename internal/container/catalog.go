package container

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"nstools/internal/diag"
	"nstools/internal/proc"
)

// A Catalog is what state files and cgroups say of containers, units and machines, at one
// moment. See [Load].
//
// To name a process of any kind, ask [Catalog.OwnerByCgroup] by its cgroup. Without an
// answer it may be the first process of one of [Catalog.All].
type Catalog struct {
	list      []*Found
	byKey     map[key]*Found
	searched  []searchedDir
	truncated []string // what was read only in part
	euid      uint32   // effective user id of the caller
	query     *query   // nil for all: a host has hundreds of units, and a query may mean one

	proc              string // where proc is mounted
	dirs              cache
	tree              *tree
	walkedHierarchies int               // hierarchies of the tree that were read
	cgroupsSeen       int               // cgroups in them
	byCgroup          map[string]*Found // by the paths of cgroups that files name; contested where two do
	byFirstPID        map[int]*Found    // by the first process, as files have it
	byCgroupText      map[string]answer // answers of OwnerByCgroup
}

type answer struct {
	f  Found
	ok bool
}

func newCatalog(self uint32) *Catalog {
	return &Catalog{euid: self, proc: procPath, dirs: make(cache), byKey: make(map[key]*Found), byCgroup: make(map[string]*Found), byCgroupText: make(map[string]answer)}
}

// searchedDir is a directory that exists, and the kinds of names in it; all kinds for nil.
type searchedDir struct {
	dir   string
	kinds []string
}

// searchedFor returns the directories where a name of a kind was looked for, of any kind
// for "".
func (c *Catalog) searchedFor(kind string) []string {
	var places []string
	for _, l := range c.searched {
		if (kind == "" || len(l.kinds) == 0 || slices.Contains(l.kinds, kind)) && !slices.Contains(places, l.dir) {
			places = append(places, l.dir)
		}
	}
	if c.walkedHierarchies > 0 {
		places = append(places, diag.Count(c.cgroupsSeen, "cgroup"))
	}
	return places
}

// A key is the same for two records of one container. It has the owner, so that a user's
// record is never completed by another user's.
type key struct {
	owner                  uint32
	namespace, runtime, id string
}

// keyOf returns the key of a record. It leaves out the namespace beside a long id, which is
// unique: cgroups do not have it.
func keyOf(f *Found) key {
	if isLongID(f.ID) {
		return key{owner: f.Owner, id: f.ID}
	}
	return key{f.Owner, f.Namespace, f.Runtime, cmp.Or(f.ID, f.Name)}
}

// add adds what one source says, and returns the record of the container. The owner has to
// be set: it is part of the key.
func (c *Catalog) add(f Found) *Found {
	k := keyOf(&f)
	record, ok := c.byKey[k]
	if ok && f.Namespace != "" && record.Namespace != "" && f.Namespace != record.Namespace {
		k.namespace = f.Namespace // the same id in two namespaces of containerd
		record, ok = c.byKey[k]
	}
	if !ok {
		added := f // a copy, since most records are not new
		added.needsUser = f.Owner != 0 && f.Owner != c.euid
		c.byKey[k] = &added
		c.list = append(c.list, &added)
		return &added
	}
	record.merge(f)
	return record
}

// merge completes a record by another of the same container and the same owner.
func (f *Found) merge(o Found) {
	f.addRuntime(o.Runtime)
	for _, kind := range o.alsoKnownTo {
		f.addRuntime(kind)
	}
	f.Name, f.Pod, f.podmanPod, f.exited = cmp.Or(f.Name, o.Name), cmp.Or(f.Pod, o.Pod), cmp.Or(f.podmanPod, o.podmanPod), cmp.Or(f.exited, o.exited)
	f.Namespace = cmp.Or(f.Namespace, o.Namespace)
	f.Sandbox = f.Sandbox || o.Sandbox
	f.hasRecord = f.hasRecord || o.hasRecord
	f.created = f.created || o.created
	f.gVisor = f.gVisor || o.gVisor
	f.stopped = f.stopped || o.stopped
	f.cgroups = append(f.cgroups, o.cgroups...)
	// A file with the start time is the best proof.
	if f.PID == 0 || f.proof.start == 0 && o.proof.start != 0 {
		f.PID, f.proof = o.PID, o.proof
	}
}

// openTree opens the cgroups once.
func (c *Catalog) openTree() *tree {
	if c.tree == nil {
		c.tree = openTree(c.euid)
	}
	return c.tree
}

// walk adds what the cgroups of all hierarchies say, once. Other users' count only if all.
func (c *Catalog) walk(all bool) { c.walkTo(len(c.openTree().list), all) }

// walkTo adds what the cgroups of the first hierarchies say. A later call with a higher
// number goes on from there.
func (c *Catalog) walkTo(end int, all bool) {
	t := c.openTree()
	t.all = all
	if c.walkedHierarchies == 0 {
		c.assignCgroups()
	}
	var list []*hierarchy
	if end > c.walkedHierarchies {
		list, c.walkedHierarchies = t.list[c.walkedHierarchies:end], end
	}
	var monitors []group
	t.walk(list, func(g group, path []byte, unit *Found) (*Found, bool) {
		c.cgroupsSeen++
		above, name := g.parts[:len(g.parts)-1], g.parts[len(g.parts)-1]
		if isLXCMonitor(name) {
			monitors = append(monitors, g.keep())
		}
		f := c.byCgroup[string(path)]
		if f == nil {
			if found, ok := containerOf(above, name); ok {
				found.Owner, found.podmanPod = g.uid, podmanPodAbove(above)
				found.cgroups = []group{g.keep()}
				f = c.add(found)
			}
		}
		switch {
		case f == contested:
			return nil, false
		case f != nil:
			if unit != nil && f.Owner == unit.Owner && !slices.Contains(unit.containers, f) {
				unit.containers = append(unit.containers, f)
			}
			return nil, false // everything below belongs to the container
		case isUnit(name) && (c.query == nil || c.query.isOfUnit(name)):
			unit = c.add(Found{Runtime: Unit, Name: name, Owner: g.uid, cgroups: []group{g.keep()}})
		case isUnit(name):
			unit = nil
		}
		return unit, true
	})
	for _, g := range monitors {
		c.addLXCMonitors(g)
	}
}

// assignCgroups notes the cgroups of containers whose files name a running process.
// Everything below such a cgroup is the container's, whatever the names are.
func (c *Catalog) assignCgroups() {
	for _, f := range slices.Clone(c.list) {
		if f.PID <= 0 || !f.running(c) {
			continue
		}
		text, err := c.process(f.PID).ReadFile("cgroup", cgroupMax)
		if err != nil {
			continue
		}
		for _, line := range proc.ParseCgroups(string(text)) {
			h, parts, ok := c.openTree().locate(line)
			if !ok {
				continue
			}
			if n := f.depthIn(h, parts); n > 0 {
				c.assign(group{hierarchy: h, parts: parts[:n]}.key(), f)
			}
		}
	}
}

// contested is the record of a cgroup with two containers, which belongs to neither.
var contested = &Found{}

// assign notes the container of a cgroup.
func (c *Catalog) assign(path string, f *Found) {
	if entry := c.byCgroup[path]; entry != nil && entry != f {
		f = contested
	}
	c.byCgroup[path] = f
}

// depthIn returns how many parts of the path to its process's cgroup lead to the
// container's: through the outermost that its state file names, or that has its id.
func (f *Found) depthIn(h *hierarchy, parts []string) int {
	for _, made := range f.proof.cgroups {
		rest, ok := h.pathBelow(made)
		if ok && len(rest) > 0 && len(rest) <= len(parts) && slices.Equal(rest, parts[:len(rest)]) {
			return len(rest)
		}
	}
	if cl, ok := claimOf(parts); ok && cl.Runtime != Unit && (cl.ID == f.ID && f.ID != "" || cl.Runtime == f.Runtime && cl.Name == f.Name && f.Name != "") {
		return cl.depth
	}
	return 0
}

// pathBelow returns the names below the mount of the hierarchy, for a cgroup as the state files
// of runc and crun have it: with the mount in front, or without.
func (h *hierarchy) pathBelow(made string) ([]string, bool) {
	if rest, ok := strings.CutPrefix(made, h.mount.Point); ok && (rest == "" || rest[0] == '/') {
		return splitPath(rest), true
	}
	if made == "" || made == "/sys/fs/cgroup" || strings.HasPrefix(made, "/sys/fs/cgroup/") { // of another hierarchy
		return nil, false
	}
	return splitPath(made), true
}

// findFirstProcess finds the first process in the cgroups of a record, if its files have no
// running one. A container that is stopped or only created keeps none.
func (c *Catalog) findFirstProcess(f *Found) {
	if f.stopped || f.created || len(f.cgroups) == 0 || f.PID != 0 && f.running(c) {
		return
	}
	skip := func(group) bool { return false }
	if f.Runtime == Unit {
		skip = func(g group) bool {
			last := len(g.parts) - 1
			_, ok := containerOf(g.parts[:last], g.parts[last])
			return ok || c.byCgroup[g.key()] != nil
		}
	}
	for _, g := range f.cgroups {
		if pid, s, ok := c.openTree().first(g, skip); ok {
			f.PID, f.proof = pid, proof{start: s.Start, fromCgroup: true}
			return
		}
	}
}

// All returns the containers, machines and units that run, sorted by kind and PID. It has
// other users' as far as the caller may see them. It reads no process outside of them.
func (c *Catalog) All() []Found {
	var all []Found
	for _, f := range c.list {
		c.findFirstProcess(f)
	}
	for _, f := range c.list {
		if f.PID != 0 && f.running(c) {
			all = append(all, *f)
		}
	}
	slices.SortFunc(all, func(a, b Found) int {
		return cmp.Or(cmp.Compare(rank(a.Runtime), rank(b.Runtime)), cmp.Compare(a.PID, b.PID))
	})
	return all
}

// namePodman names podman's containers that only cgroups have shown.
func (c *Catalog) namePodman() {
	for _, f := range c.list {
		if f.Runtime == Podman && f.Name == "" {
			c.findFirstProcess(f)
		}
	}
	c.nameByMonitors()
}

// makeLabelsUnique has every label lead to one record. Of two with the same name both go by
// their ids, and root's says so beside the caller's own.
func (c *Catalog) makeLabelsUnique() {
	byLabel := map[string][]*Found{}
	for _, f := range c.list {
		if f.PID != 0 || len(f.cgroups) > 0 {
			byLabel[f.Label()] = append(byLabel[f.Label()], f)
		}
	}
	for _, same := range byLabel {
		if len(same) == 1 {
			continue
		}
		same = slices.DeleteFunc(same, func(f *Found) bool { c.findFirstProcess(f); return f.PID == 0 }) // drop what was left over
		own := slices.ContainsFunc(same, func(f *Found) bool { return f.Owner == c.euid })
		count := 0
		for _, f := range same {
			if own && f.Owner == 0 && c.euid != 0 {
				f.needsUser = true
			} else {
				count++
			}
		}
		if count < 2 {
			continue
		}
		for _, f := range same {
			f.fullName = true
			if f.ID != "" && f.Name != "" && !(f.Pod != "" && f.Sandbox) {
				f.Name, f.Pod = "", ""
			}
		}
	}
}

// OwnerByCgroup returns the container of a process, or else its unit, by the text of its
// /proc/PID/cgroup. The owner is the user whose evidence that is. PID is the first process,
// 0 if no state file has it. It returns false where no cgroups are mounted, or where the
// path proves nothing.
func (c *Catalog) OwnerByCgroup(cgroup string) (Found, bool) {
	if m, ok := c.byCgroupText[cgroup]; ok {
		return m.f, m.ok
	}
	c.walk(true)
	f, ok := c.ownerByCgroup(cgroup)
	c.byCgroupText[cgroup] = answer{f, ok}
	return f, ok
}

func (c *Catalog) ownerByCgroup(cgroup string) (unit Found, ok bool) {
	for _, line := range proc.ParseCgroups(cgroup) {
		h, parts, seen := c.tree.locate(line)
		if !seen {
			continue
		}
		for n := range parts {
			if f := c.byCgroup[group{hierarchy: h, parts: parts[:n+1]}.key()]; f != nil {
				return *f, f != contested
			}
		}
		cl, claimed := claimOf(parts)
		if !claimed {
			continue
		}
		e := c.tree.owner(h, parts[:cl.depth])
		if e.nobody {
			continue
		}
		cl.Owner = e.uid
		f := c.add(cl.Found)
		if f.Runtime != Unit {
			return *f, true
		}
		if !ok {
			unit, ok = *f, true
		}
	}
	return unit, ok
}

// OwnerByFirstPID returns the container whose first process has a number, by the state
// files alone: some containers have no cgroup of their own, and some share one.
func (c *Catalog) OwnerByFirstPID(pid int) (Found, bool) {
	if c.byFirstPID == nil {
		c.byFirstPID = make(map[int]*Found)
		for _, f := range c.list {
			if f.PID > 0 && f.Runtime != Unit && f.running(c) {
				f.gVisor = f.gVisor || c.process(f.PID).isSentry()
				c.byFirstPID[f.PID] = f
			}
		}
	}
	f, ok := c.byFirstPID[pid]
	if !ok {
		return Found{}, false
	}
	return *f, true
}

// Truncated returns what was read only in part, for it was too large or took too long.
func (c *Catalog) Truncated() []string {
	cut := slices.Clone(c.truncated)
	if c.tree != nil {
		for _, uid := range c.tree.truncated {
			cut = append(cut, "cgroups of uid "+formatUID(uid))
		}
	}
	return cut
}

// Close closes what is open.
func (c *Catalog) Close() {
	c.dirs.close()
	if c.tree != nil {
		c.tree.close()
	}
}

// uidOf returns the real, effective, saved and file system id of a process, if all are
// equal. The owner of its directory proves nothing: it is root for a process that is not
// dumpable.
func uidOf(p Process) (uint32, bool) {
	text, err := p.ReadFile("status", statMax)
	if err != nil {
		return 0, false
	}
	words := fieldsOf(string(text), "Uid")
	if len(words) != 4 {
		return 0, false
	}
	for _, w := range words[1:] {
		if w != words[0] {
			return 0, false
		}
	}
	uid, err := strconv.ParseUint(words[0], 10, 32)
	return uint32(uid), err == nil
}
