package inventory

import (
	"cmp"
	"slices"

	"nstools/internal/ns"
)

// A Namespace is a namespace that exists, and what is known of it.
type Namespace struct {
	Key
	Processes int
	First     Process // with the lowest number; its PID is 0 if nobody is in it

	// Owner is the user namespace that it belongs to. Parent is the next outer one of a
	// user or PID namespace. Both are 0 for the outermost, and where the caller may not see
	// them.
	// See: ioctl_nsfs(2).
	Owner, Parent uint64

	// Names are what users know it by, the best first. gonsenter takes each of them but
	// Host, as a target or as a file.
	Names []string

	related bool
}

// A Key is the identity of a namespace. Linux may reuse an inode number for a namespace of
// another kind.
type Key struct {
	Kind int    // of ns.Kinds
	ID   uint64 // inode number on nsfs
}

// A Process is a process in a namespace.
type Process struct {
	PID     int
	UID     uint32
	Command string // its arguments with blanks between them, else its comm
	Belonging
}

// A Belonging is the container or unit of a process.
type Belonging struct {
	Container string // as a target of gonsenter; "" without one
	Sandbox   string // the same, as a target that leaves out the rest of its pod
	NetOnly   bool   // the target leads to its network namespace only
	Unit      string // of systemd, if it is in no container
}

// Type returns the name of the kind in lsns(8).
func (k Key) Type() string { return ns.Kinds[k.Kind].File }

// Name returns the best of the names, "" without any.
func (n *Namespace) Name() string {
	if len(n.Names) == 0 {
		return ""
	}
	return n.Names[0]
}

// An Inventory is all that the caller may see.
type Inventory struct {
	Namespaces []*Namespace // in the order of their ids
	Hidden     int          // processes that the caller may not read

	byKey map[Key]*Namespace
}

// namespace returns the namespace of a key, and adds a new one.
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
