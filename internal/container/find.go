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

// A NotFoundError says that nothing goes by a name, and where it was looked for. What
// only others may mean by it is not meant: anybody can give a program, a unit or a
// container of his the name of what an administrator looks for.
type NotFoundError struct {
	Searched  []string
	NeedUser  []string // targets of that name which have to be asked for
	Near      string   // a target that is nearly called so
	InPod     []string // containers of the pod of podman that has this id, if it has no infra container
	Truncated []string // what was not read to its end
}

func (*NotFoundError) Error() string { return "not found" }

// A StoppedError says that what goes by a name has no process.
type StoppedError struct {
	Found  Found
	Shared *Found // what has the namespaces of the pod that goes by the name
}

func (*StoppedError) Error() string { return "is not running" }

// Text says what is the matter, behind the name.
func (e *StoppedError) Text() string {
	switch f := e.Found; {
	case f.Runtime == CRI && f.exited != "":
		return "has exited"
	case f.Sandbox || f.Runtime == Unit && f.exited != "":
		return "has no process of its own"
	}
	return e.Error()
}

// An AmbiguousError says that several go by a name.
type AmbiguousError struct {
	Found  []Found
	Shared *Found // what has the namespaces that they share, where all are of one pod
}

func (*AmbiguousError) Error() string { return "is ambiguous" }

// A HostError says that what goes by a name has a process only outside of what was meant.
type HostError struct {
	Found Found
	What  string   // what that process is
	Names []string // targets that may be meant
}

func (e *HostError) Error() string { return e.What }

// ErrNoProc says that nothing can be found, for nothing shows processes.
var ErrNoProc = errors.New("proc is not mounted on /proc")

// Split takes a target apart into its kind and a name; the kind is "" where there is
// none of Kinds in front. kubectl(1) shows ids as containerd://ID and cri-o://ID.
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
	owner *uint32 // nil: root's or the caller's own
}

// newQuery reads a target. The user in front of a name is there for what is another
// user's: a name, or a number; for a unit, which may have that sign in its name, a number.
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

// isOfUnit reports whether a unit of a name may be meant.
func (q *query) isOfUnit(name string) bool {
	return (q.kind == "" || q.kind == Unit) && (name == q.name || strings.TrimSuffix(name, ".service") == q.name)
}

// Find finds what a target names, KIND:NAME or a word that is tried as a name of every
// kind but that of programs, among what is root's or the caller's own; KIND:USER@NAME is
// what is another user's. It reads files and cgroups, and may ask a runtime's client. What
// has more than one process is its first. The error is a *NotFoundError, *StoppedError,
// *AmbiguousError or *HostError.
//
// A network namespace is found without a process: its PID is 0.
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
		// A file may be where we do not look. Who knows the runtime's other places is asked
		// before the container is said to be stopped.
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

// find returns what the catalog has of a name: first what the files tell of the kind that
// was asked for, then all, with the cgroups, where that is no process.
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
	// The other hierarchies tell nothing new, but of a container that is in none of the first.
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
		c.searched = append(c.searched, searched{dir: netnsDir})
	}
	return found
}

// findOthers finds what another user has, who was named.
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

// findProgram finds a process by its name. Only root's and the caller's own are taken,
// outside of containers: for the others numbers are returned in the error.
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

// ownerRemark tells of a process whose it is, in parentheses.
func (c *Catalog) ownerRemark(pid int) string {
	if text, err := c.process(pid).ReadFile("cgroup", cgroupMax); err == nil {
		if f, ok := c.Of(string(text)); ok && f.Runtime != Unit {
			return " (" + f.Label() + ")"
		}
	}
	if uid, ok := uidOf(c.process(pid)); ok {
		return " (uid " + formatUID(uid) + ")"
	}
	return ""
}

// notFound looks for what others call so, and for what is nearly called so.
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

// inPod returns the targets of the containers in the pod of podman whose id was asked for.
// A pod with a container of its own has been found by now: see isInfra.
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

// single returns the only one that runs.
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

// sharedOf returns what has the namespaces of a pod, where all found are of that pod: the
// process that only keeps them or, without one, any container.
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

// isSentry reports whether a process is gVisor's kernel, in whose memory the processes of
// the container are.
func (p procDir) isSentry() bool {
	words := p.args()
	return len(words) > 0 && words[0] == "runsc-sandbox"
}

// resolveMonitor returns the container that a unit stands for whose own first process is the
// monitor of that container: conmon(8), which is on the host.
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
		id, name = "", "" // the words of whoever runs in the unit
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

// match returns all that has the name or id; else, all whose id begins so. The PID of what
// does not run is 0. Only what is of the user asked for counts: nobody else's record is
// taken instead. Who names a runtime means a container of its own, and not one that it has
// started for another; who has a container of his own by a name means that, and not root's;
// and by the name of a pod nobody means its sandbox.
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

// matchesOwner reports whether a record is of the user that is meant.
func (c *Catalog) matchesOwner(q query, f *Found) bool {
	if q.owner != nil {
		return f.Owner == *q.owner
	}
	return f.Owner == 0 || f.Owner == c.euid
}

// prefer leaves those for which something is true, if it is for one at least.
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
	case kind != "" && kind != f.Runtime: // which has started it for somebody, and has its id only
		return name == f.ID
	}
	if in, ok := strings.CutPrefix(name, f.Namespace+"/"); ok && f.Namespace != "" && (f.Runtime == Containerd || f.Runtime == LXC) && (in == f.Name || in == f.ID) {
		return in != ""
	}
	return name == f.Name || name == f.ID || f.Runtime == Unit && name+".service" == f.Name
}

// isInfra reports whether a container keeps the namespaces of the pod of podman that has
// an id: podman calls it by the first 12 digits of that.
func (f *Found) isInfra(q query) bool {
	if f.Runtime != Podman || len(q.name) < 12 || !isHex(q.name) || q.kind != "" && q.kind != Podman {
		return false
	}
	return f.Name == q.name[:12]+"-infra" && (f.podmanPod == "" || strings.HasPrefix(f.podmanPod, q.name))
}

// hasPrefix reports whether an id begins so. Those that people chose are taken for names,
// unless it is said that they are ids.
func (f *Found) hasPrefix(kind, name string) bool {
	if in, ok := strings.CutPrefix(name, f.Namespace+"/"); ok && f.Namespace != "" && in != "" {
		name = in
	}
	return kind != Pod && strings.HasPrefix(f.ID, name) && (isLongID(f.ID) || kind == Runc || kind == Crun)
}
