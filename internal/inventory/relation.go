package inventory

import (
	"golang.org/x/sys/unix"

	"nstools/internal/ns"
)

// relateAt asks the kernel for the relatives of a namespace that a file leads to.
func (s *Survey) relateAt(n *Namespace, dir int, name string) {
	if n.related {
		return
	}
	if fd, err := openNamespace(dir, name, n.Key); err == nil {
		s.relate(n, fd)
		unix.Close(fd)
	}
}

// relate reads the owner and the parent of a namespace, and theirs in turn: the kernel
// keeps them, even if nobody is in them any more. It refuses those outside of the caller's
// own user or PID namespace.
func (s *Survey) relate(n *Namespace, fd int) {
	n.related = true
	n.Owner = s.relative(fd, unix.NS_GET_USERNS, ns.User)
	switch n.Kind {
	case ns.User: // its owner is its parent
		n.Parent = n.Owner
	case ns.PID:
		n.Parent = s.relative(fd, unix.NS_GET_PARENT, ns.PID)
	}
}

// relative returns the id of the namespace that an ioctl_nsfs(2) opens, 0 for an error.
func (s *Survey) relative(fd int, request uint, kind int) uint64 {
	found, err := unix.IoctlRetInt(fd, request)
	if err != nil {
		return 0
	}
	defer unix.Close(found)
	var st unix.Stat_t
	if unix.Fstat(found, &st) != nil {
		return 0
	}
	if n := s.inv.namespace(Key{kind, st.Ino}); !n.related {
		s.relate(n, found)
	}
	return st.Ino
}
