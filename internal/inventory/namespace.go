package inventory

import (
	"cmp"
	"slices"

	"nstools/internal/ns"
)

// A Namespace is one that exists, and what is known of it.
type Namespace struct {
	Key
	Processes int
	First     Process // with the lowest number; its PID is 0 where there is none

	// Owner is the user namespace that it belongs to, Parent the next outer one of a
	// user or PID namespace; see ioctl_nsfs(2). Both are 0 where they are out of sight,
	// and for the outermost.
	Owner, Parent uint64

	// Names are what people know it by, the best first. gonsenter takes each of them
	// but Host, as a target or as a file.
	Names []string

	related bool
}

// A Key is the identity of a namespace. Linux may give the inode number of one that has
// gone to one of another kind.
type Key struct {
	Kind int    // of ns.Kinds
	ID   uint64 // inode number on nsfs
}

// A Process is one of those in a namespace.
type Process struct {
	PID     int
	UID     uint32
	Command string // its arguments with blanks between them, else its comm
	Belonging
}

// A Belonging is what a process is part of.
type Belonging struct {
	Container string // that it belongs to, as a target of gonsenter, or ""
	Sandbox   string // the same, where it is meant without the others of its pod
	NetOnly   bool   // only its network namespace can be entered by that
	Unit      string // of systemd that it belongs to, where it is in no container
}

// Type is the word of lsns(8) for the kind.
func (k Key) Type() string { return ns.Kinds[k.Kind].File }

// Name is the best of the names, or "".
func (n *Namespace) Name() string {
	if len(n.Names) == 0 {
		return ""
	}
	return n.Names[0]
}

// An Inventory is all that could be seen.
type Inventory struct {
	Namespaces []*Namespace // in the order of their ids
	Hidden     int          // processes that we may not look at

	byKey map[Key]*Namespace
}

// namespace is the namespace of a key, which is new if it was not known.
func (v *Inventory) namespace(k Key) *Namespace {
	n := v.byKey[k]
	if n == nil {
		n = &Namespace{Key: k}
		if v.byKey == nil {
			v.byKey = make(map[Key]*Namespace)
		}
		v.byKey[k] = n
		v.Namespaces = append(v.Namespaces, n)
	}
	return n
}

func (v *Inventory) sort() {
	slices.SortFunc(v.Namespaces, func(a, b *Namespace) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Kind, b.Kind))
	})
}
