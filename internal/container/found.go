package container

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"nstools/internal/quote"
)

// The kinds of names, which are the words in front of the colon in a target.
const (
	Docker     = "docker"
	Podman     = "podman"
	CRI        = "cri" // of the Container Runtime Interface of Kubernetes, by containerd or CRI-O
	Pod        = "pod"
	Containerd = "containerd"
	LXC        = "lxc"
	Machine    = "machine"
	Unit       = "unit"
	Runc       = "runc"
	Crun       = "crun"
	Netns      = "netns"
	Comm       = "comm"
)

// Kinds are all kinds in the order in which they are tried. Of several that know the same
// container the first is its runtime: docker starts its containers by containerd, and that
// by runc.
var Kinds = [...]string{Docker, Podman, CRI, Pod, Containerd, LXC, Machine, Unit, Runc, Crun, Netns, Comm}

// A Found is what has a name. Its strings are another user's text: see [Found.Line].
type Found struct {
	PID       int    // of the first process, as /proc has it; 0 if nothing runs
	Runtime   string // one of Kinds, other than Pod
	ID        string // "" if there is only a name
	Name      string // "" if there is only an id
	Namespace string // of containerd, other than docker's; for lxc the directory
	Pod       string // NAMESPACE/POD, if it is part of one
	Sandbox   bool   // it only keeps the namespaces of the pod
	Owner     uint32 // user id of whoever wrote all of this, see [evidence]

	created     bool     // but not started
	stopped     bool     // its runtime's file says that it does not run
	exited      string   // how it ended, in words; "" if that is unknown
	gVisor      bool     // its processes run in gVisor's kernel
	alsoKnownTo []string // kinds that know it beside Runtime
	proof       proof

	fullName   bool     // its target has the namespace, since another has the same name
	hasRecord  bool     // a file or a client has it, whether it runs or not
	nerdctl    bool     // nerdctl knows it by its name
	needsUser  bool     // its target has the user in front
	cgroups    []group  // its cgroups, if these have shown it
	containers []*Found // containers with cgroups below the unit's
	podmanPod  string   // id of the pod of podman
}

// isKnownTo reports whether a container is known to a runtime.
func (f *Found) isKnownTo(kind string) bool {
	return f.Runtime == kind || slices.Contains(f.alsoKnownTo, kind)
}

// addRuntime adds a runtime that knows it. The first of Kinds becomes the runtime.
func (f *Found) addRuntime(kind string) {
	if f.isKnownTo(kind) {
		return
	}
	if rank(kind) < rank(f.Runtime) {
		kind, f.Runtime = f.Runtime, kind
	}
	f.alsoKnownTo = append(f.alsoKnownTo, kind)
}

// GVisor reports whether its processes are those of gVisor's kernel, which is itself a
// process.
func (f *Found) GVisor() bool { return f.gVisor }

// Label returns the name that users know it by, as a target, and escaped: the pod and the
// container, or the name, or the first 12 digits of the id, as docker prints them.
func (f *Found) Label() string {
	if f.Name == "" && f.Pod == "" && isLongID(f.ID) {
		return quote.Plain(f.targetFor(f.ID[:12]))
	}
	return quote.Plain(f.targetFor(cmp.Or(f.Name, f.ID)))
}

// SandboxLabel returns the label of a pod's sandbox without the pod, for namespaces that
// the pod's containers do not share; else it is [Found.Label].
func (f *Found) SandboxLabel() string {
	if f.Pod != "" && f.Sandbox && f.ID != "" {
		g := *f
		g.Pod = ""
		return quote.Plain(g.targetFor(f.ID[:min(len(f.ID), 12)]))
	}
	return f.Label()
}

// targetFor returns the target by one of its names.
func (f *Found) targetFor(name string) string {
	kind := f.Runtime
	switch {
	case f.Pod != "" && f.Sandbox:
		kind, name = Pod, f.Pod
	case f.Pod != "":
		kind, name = Pod, f.Pod+"/"+name
	case f.Namespace != "" && (f.Runtime == Containerd || f.Runtime == LXC && f.fullName):
		name = f.Namespace + "/" + name
	}
	if f.needsUser || newQuery(kind+":"+name).owner != nil { // a name may look like a user's
		name = strconv.FormatUint(uint64(f.Owner), 10) + "@" + name
	}
	return kind + ":" + name
}

// Line returns PID, runtime, id and name with tabs between them, each escaped; "-" for a
// missing one.
func (f *Found) Line() string {
	name := f.Name
	if f.Pod != "" {
		name = strings.TrimSuffix(f.Pod+"/"+f.Name, "/")
	}
	words := []string{strconv.Itoa(f.PID), f.Runtime, f.ID, name}
	if f.PID == 0 {
		words[0] = ""
	}
	for i, w := range words {
		words[i] = cmp.Or(quote.Plain(w), "-")
	}
	return strings.Join(words, "\t")
}

// isLongID reports whether a word is an id as docker, podman, containerd's CRI and CRI-O
// make them: 64 hexadecimal digits. It is unique.
func isLongID(s string) bool { return len(s) == 64 && isHex(s) }

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

// rank returns the index of a kind in Kinds.
func rank(kind string) int { return slices.Index(Kinds[:], kind) }
