package container

import (
	"cmp"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"

	"nstools/internal/facts"
	"nstools/internal/proc"
)

// A NotFoundError says that nothing has a name, and where it was looked for. Another user's
// records are only hinted at: anybody can give an own program, unit or container the name
// that an administrator looks for.
type NotFoundError struct {
	Searched  []string
	NeedUser  []string // targets of that name which need the user in front
	Near      string   // a target with a similar name
	InPod     []string // containers of the podman pod that has this id, if it has no infra container
	Truncated []string // what was read only in part
}

func (*NotFoundError) Error() string { return "not found" }

// A StoppedError says that what has a name has no process.
type StoppedError struct {
	Found  Found
	Shared *Found // has the namespaces of the pod that has the name
}

func (*StoppedError) Error() string { return "is not running" }

// Text returns what is the matter, to stand behind the name.
func (e *StoppedError) Text() string {
	switch f := e.Found; {
	case f.Runtime == CRI && f.exited != "":
		return "has exited"
	case f.Sandbox || f.Runtime == Unit && f.exited != "":
		return "has no process of its own"
	}
	return e.Error()
}

// An AmbiguousError says that several have a name.
type AmbiguousError struct {
	Found  []Found
	Shared *Found // has the namespaces that they share, if all are of one pod
}

func (*AmbiguousError) Error() string { return "is ambiguous" }

// A HostError says that the only process of a name is outside of what the name means.
type HostError struct {
	Found Found
	What  string   // what that process is
	Names []string // targets that may be meant
}

func (e *HostError) Error() string { return e.What }

// ErrNoProc says that nothing can be found without a proc.
var ErrNoProc = errors.New("proc is not mounted on /proc")

// Split splits a target into its kind and a name. The kind is "" if none of Kinds is in
// front. kubectl(1) shows ids as containerd://ID and cri-o://ID.
func Split(word string) (kind, name string) {
	kind, name, ok := strings.Cut(word, ":")
	if kind == "cri-o" {
		kind = CRI
	}
	if !ok || !slices.Contains(Kinds[:], kind) {
		return "", word
	}
	return kind, strings.TrimPrefix(name, "//")
}

// A query is a target taken apart.
type query struct {
	kind  string
	name  string
	owner *uint32 // nil for root's or the caller's own
}

// newQuery reads a target. USER@ in front of a name stands for another user, by name or
// number. A unit's name may have that sign, so that only a number counts there.
func newQuery(word string) query {
	kind, name := Split(word)
	q := query{kind: kind, name: name}
	user, rest, ok := strings.Cut(name, "@")
	if !ok || kind == "" || kind == Netns || kind == Comm || rest == "" {
		return q
	}
	if n, err := strconv.ParseUint(user, 10, 32); err == nil {
		uid := uint32(n)
		return query{kind, rest, &uid}
	}
	if kind == Unit || kind == Machine {
		return q
	}
	if u, ok := facts.UserByName(readSystemFile("/etc/passwd"), user); ok {
		uid := u.UID
		return query{kind, rest, &uid}
	}
	return q
}

// isOfUnit reports whether the query may mean a unit.
func (q *query) isOfUnit(name string) bool {
	return (q.kind == "" || q.kind == Unit) && (name == q.name || strings.TrimSuffix(name, ".service") == q.name)
}

// Find returns what a target names. That is KIND:NAME, or a word that is tried as a name of
// every kind but programs, among root's and the caller's own. KIND:USER@NAME is another
// user's. It reads files and cgroups, and may ask a runtime's client. Several processes are
// represented by the first.
//
// A network namespace is found without a process: its PID is 0.
//
// Errors: *NotFoundError, *StoppedError, *AmbiguousError, *HostError or [ErrNoProc].
func Find(word string) (Found, error) {
	q := newQuery(word)
	switch {
	case q.name == "":
		return Found{}, &NotFoundError{}
	case !proc.Mounted():
		return Found{}, ErrNoProc
	}
	c := newCatalog(uint32(os.Geteuid()))
	defer c.Close()
	switch {
	case q.kind == Netns:
		if found := c.networkNamespace(q.name); len(found) > 0 {
			return found[0], nil
		}
		return Found{}, &NotFoundError{Searched: []string{netnsDir}}
	case q.kind == Comm:
		return c.findProgram(q.name)
	case q.owner != nil && *q.owner != 0 && *q.owner != c.euid:
		return c.findOthers(q)
	}
	found := c.find(q)
	var clients []string
	if !slices.ContainsFunc(found, func(f Found) bool { return f.PID != 0 || f.Runtime == Netns }) {
		// A file may be at an unknown path. Clients that know more paths are asked before
		// the container is said to be stopped.
		var asked []Found
		if asked, clients = askClients(q.kind, q.name, found); len(asked) > 0 {
			found = asked
		}
	}
	if len(found) == 0 {
		return Found{}, c.notFound(q, clients)
	}
	return c.single(found)
}

// find returns the catalog's records of a name. It reads the files of the kind that was
// asked for first. If these have no process, it reads all files and the cgroups.
func (c *Catalog) find(q query) []Found {
	c.query = &q
	places := c.ownStateDirs()
	if q.kind != "" {
		for _, p := range places {
			c.load(p, q.kind)
		}
		if found := c.match(q); slices.ContainsFunc(found, func(f Found) bool { return f.PID != 0 && f.Name != "" || f.PID != 0 && !isLongID(f.ID) }) {
			return found
		}
		c.searched = nil
	}
	for _, p := range places {
		p.budget = ownBudget()
		c.load(p, "")
	}
	var found []Found
	// The other hierarchies add only containers that the first lack.
	for _, end := range [...]int{c.openTree().leading, len(c.openTree().list)} {
		c.walkTo(end, false)
		for _, f := range c.list {
			if f.matchesKind(q.kind) && (f.matchesName(q.kind, q.name) || f.hasPrefix(q.kind, q.name)) {
				c.findFirstProcess(f)
			}
		}
		if q.kind == Podman || q.kind == "" {
			c.namePodman()
		}
		if found = c.match(q); slices.ContainsFunc(found, func(f Found) bool { return f.PID != 0 }) {
			break
		}
	}
	if q.kind == "" {
		found = append(found, c.networkNamespace(q.name)...)
		c.searched = append(c.searched, searchedDir{dir: netnsDir})
	}
	return found
}

// findOthers finds records of another user, who was named.
func (c *Catalog) findOthers(q query) (Found, error) {
	c.query = &q
	if c.euid != 0 {
		for _, p := range c.ownStateDirs() {
			c.load(p, q.kind)
		}
	}
	c.loadOthers(q.kind, q.owner)
	c.walk(true)
	for _, f := range c.list {
		if f.Owner == *q.owner {
			c.findFirstProcess(f)
		}
	}
	c.nameByMonitors()
	found := c.match(q)
	if len(found) == 0 {
		return Found{}, &NotFoundError{Searched: c.searchedFor(q.kind), InPod: c.inPod(q), Truncated: c.Truncated()}
	}
	return c.single(found)
}

// findProgram finds a process by its name. It takes only root's and the caller's own,
// outside of containers. The error has the numbers of the others.
func (c *Catalog) findProgram(name string) (Found, error) {
	list := processesByName(name)
	if len(list) > 0 {
		for _, p := range c.ownStateDirs() {
			c.load(p, "")
		}
	}
	var own []Found
	none := &NotFoundError{Searched: []string{"the names of processes"}}
	for _, f := range list {
		if c.ownProgram(&f) {
			own = append(own, f)
		} else {
			none.NeedUser = append(none.NeedUser, strconv.Itoa(f.PID)+c.ownerRemark(f.PID))
		}
	}
	if len(own) == 0 {
		return Found{}, none
	}
	return c.single(own)
}

// ownerRemark returns the container or user of a process, in parentheses.
func (c *Catalog) ownerRemark(pid int) string {
	if text, err := c.process(pid).ReadFile("cgroup", cgroupMax); err == nil {
		if f, ok := c.OwnerByCgroup(string(text)); ok && f.Runtime != Unit {
			return " (" + f.Label() + ")"
		}
	}
	if uid, ok := uidOf(c.process(pid)); ok {
		return " (uid " + formatUID(uid) + ")"
	}
	return ""
}

// notFound looks for other users' records of a name, and for similar names.
func (c *Catalog) notFound(q query, clients []string) *NotFoundError {
	e := &NotFoundError{Searched: append(c.searchedFor(q.kind), clients...), InPod: c.inPod(q)}
	o := newCatalog(c.euid)
	defer o.Close()
	o.loadOthers(q.kind, nil)
	o.walk(true)
	for _, f := range o.list {
		if f.needsUser && f.Name == "" {
			o.findFirstProcess(f)
		}
	}
	o.nameByMonitors()
	e.Near = nearest(q, c, o)
	for _, f := range o.list {
		if !f.needsUser || !f.matchesKind(q.kind) || !f.matchesName(q.kind, q.name) {
			continue
		}
		if o.findFirstProcess(f); f.PID == 0 || !f.running(o) {
			continue
		}
		if word := f.Target(); word != "" && !slices.Contains(e.NeedUser, word) {
			e.NeedUser = append(e.NeedUser, word)
		}
	}
	if q.kind == "" && len(e.NeedUser) == 0 && len(processesByName(q.name)) > 0 {
		e.NeedUser = []string{Comm + ":" + q.name}
	}
	e.Truncated = append(c.Truncated(), o.Truncated()...)
	return e
}

// inPod returns the targets of the containers in the podman pod that has an id. A pod with
// an infra container was found before: see isInfra.
func (c *Catalog) inPod(q query) (words []string) {
	if len(q.name) < 12 || !isHex(q.name) || q.kind != "" && q.kind != Podman {
		return nil
	}
	for _, f := range c.list {
		if f.Runtime == Podman && c.matchesOwner(q, f) && strings.HasPrefix(f.podmanPod, q.name) && f.Target() != "" {
			words = append(words, f.Target())
		}
	}
	return words
}

// single returns the only record that runs.
func (c *Catalog) single(found []Found) (Found, error) {
	slices.SortFunc(found, func(a, b Found) int {
		return cmp.Or(cmp.Compare(rank(a.Runtime), rank(b.Runtime)), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Pod, b.Pod), cmp.Compare(a.Name, b.Name), cmp.Compare(a.PID, b.PID))
	})
	running := slices.DeleteFunc(slices.Clone(found), func(f Found) bool { return f.PID == 0 && f.Runtime != Netns })
	switch {
	case len(running) == 1:
		return c.resolveMonitor(running[0])
	case len(running) > 1:
		return Found{}, &AmbiguousError{running, c.sharedOf(running)}
	case len(found) > 1:
		return Found{}, &AmbiguousError{found, nil}
	}
	e := &StoppedError{Found: found[0]}
	if found[0].Sandbox {
		e.Shared = c.sharedOf(found)
	}
	return Found{}, e
}

// sharedOf returns the record that has the namespaces of a pod, if all records are of that
// pod: the process that only keeps them or, without one, any container.
func (c *Catalog) sharedOf(found []Found) *Found {
	for _, f := range found {
		if f.Pod == "" || f.Pod != found[0].Pod || f.Owner != found[0].Owner {
			return nil
		}
	}
	var shared *Found
	for _, f := range c.list {
		if f.Pod == found[0].Pod && f.Owner == found[0].Owner && f.PID != 0 && (shared == nil || f.Sandbox) && f.running(c) {
			one := *f
			shared = &one
		}
	}
	return shared
}

// isSentry reports whether a process is gVisor's kernel, which has the container's
// processes in its memory.
func (p procDir) isSentry() bool {
	words := p.args()
	return len(words) > 0 && words[0] == "runsc-sandbox"
}

// resolveMonitor returns the container of a unit whose main process is the container's
// monitor: conmon(8), which is on the host.
func (c *Catalog) resolveMonitor(f Found) (Found, error) {
	if f.Runtime != Unit {
		f.gVisor = f.gVisor || f.Runtime != Netns && f.Runtime != Comm && c.process(f.PID).isSentry()
		return f, nil
	}
	id, name := parseConmon(c.process(f.PID).args())
	if id == "" || strings.Contains(f.Name, "-conmon-") { // the monitor's own unit means the monitor
		return f, nil
	}
	if uid, ok := uidOf(c.process(f.PID)); !ok || uid != f.Owner {
		id, name = "", "" // anybody in the unit may have written them
	}
	for _, g := range c.list {
		if id != "" && g.ID == id && g.Owner == f.Owner {
			if c.findFirstProcess(g); g.PID != 0 && g.running(c) {
				return *g, nil
			}
		}
	}
	e := &HostError{Found: f, What: "its main process is conmon, the monitor of a container, which is on the host"}
	if len(f.containers) == 1 {
		if g := f.containers[0]; g.Target() != "" {
			e.Names = append(e.Names, g.Target())
		}
	} else if name != "" {
		e.Names = append(e.Names, Podman+":"+name)
	}
	return Found{}, e
}

// match returns the records that have a name or id, or else those whose id begins so. The
// PID of one that does not run is 0. Only records of the user asked for count. A runtime's
// name means its own containers, without those that it starts for another. A name of the
// caller's own goes before root's, and a pod's name before its sandbox.
func (c *Catalog) match(q query) []Found {
	var exact, prefix []Found
	for _, f := range c.list {
		if !f.matchesKind(q.kind) || !c.matchesOwner(q, f) || f.PID == 0 && !f.hasRecord {
			continue
		}
		switch {
		case f.matchesName(q.kind, q.name) || f.isInfra(q):
			exact = append(exact, *f)
		case f.hasPrefix(q.kind, q.name):
			prefix = append(prefix, *f)
		}
	}
	if len(exact) == 0 {
		exact = prefix
	}
	for i := range exact {
		if !exact[i].running(c) {
			exact[i].PID = 0
		}
	}
	exact = prefer(exact, func(f Found) bool { return q.kind == "" || f.Runtime == q.kind })
	exact = prefer(exact, func(f Found) bool { return f.Owner == c.euid })
	exact = prefer(exact, func(f Found) bool { return f.PID != 0 })
	return prefer(exact, func(f Found) bool { return !f.Sandbox })
}

// matchesOwner reports whether a record is of the user that the query means.
func (c *Catalog) matchesOwner(q query, f *Found) bool {
	if q.owner != nil {
		return f.Owner == *q.owner
	}
	return f.Owner == 0 || f.Owner == c.euid
}

// prefer returns the records that meet a condition, or all if none does.
func prefer(list []Found, is func(Found) bool) []Found {
	if slices.ContainsFunc(list, is) {
		return slices.DeleteFunc(list, func(f Found) bool { return !is(f) })
	}
	return list
}

func (f *Found) matchesKind(kind string) bool {
	switch kind {
	case "":
		return true
	case Pod:
		return f.Pod != ""
	}
	return f.isKnownTo(kind)
}

func (f *Found) matchesName(kind, name string) bool {
	if f.Pod != "" && (kind == Pod || kind == "") && (name == f.Pod || !f.Sandbox && name == f.Pod+"/"+f.Name) {
		return true
	}
	switch {
	case kind == Pod:
		return false
	case kind != "" && kind != f.Runtime: // it has started it for another, and has its id only
		return name == f.ID
	}
	if in, ok := strings.CutPrefix(name, f.Namespace+"/"); ok && f.Namespace != "" && (f.Runtime == Containerd || f.Runtime == LXC) && (in == f.Name || in == f.ID) {
		return in != ""
	}
	return name == f.Name || name == f.ID || f.Runtime == Unit && name+".service" == f.Name
}

// isInfra reports whether a container keeps the namespaces of the podman pod that has an
// id. podman names it by the first 12 digits.
func (f *Found) isInfra(q query) bool {
	if f.Runtime != Podman || len(q.name) < 12 || !isHex(q.name) || q.kind != "" && q.kind != Podman {
		return false
	}
	return f.Name == q.name[:12]+"-infra" && (f.podmanPod == "" || strings.HasPrefix(f.podmanPod, q.name))
}

// hasPrefix reports whether an id begins so. Ids that users choose count as names, unless
// the kind says that they are ids.
func (f *Found) hasPrefix(kind, name string) bool {
	if in, ok := strings.CutPrefix(name, f.Namespace+"/"); ok && f.Namespace != "" && in != "" {
		name = in
	}
	return kind != Pod && strings.HasPrefix(f.ID, name) && (isLongID(f.ID) || kind == Runc || kind == Crun)
}
