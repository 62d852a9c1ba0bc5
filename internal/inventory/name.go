package inventory

import (
	"golang.org/x/sys/unix"

	"nstools/internal/ns"
)

// Host is the name of the namespaces in which the system runs.
const Host = "host"

// nameAll gives every namespace its names.
func (s *Survey) nameAll(proc int) {
	host := hostIDs(proc)
	for _, n := range s.inv.Namespaces {
		t := s.references[n.Key]
		if t == nil {
			t = new(references)
		}
		n.Names = names(n, t, n.ID == host[n.Kind] || n.ID == initialID(ns.Kinds[n.Kind].Flag))
	}
}

// names returns the names of a namespace, the most telling first.
func names(n *Namespace, t *references, isHost bool) []string {
	var list []string
	add := func(name string) {
		if name != "" {
			list = append(list, name)
		}
	}
	if isHost {
		add(Host)
	} else {
		add(n.container())
	}
	list = append(list, t.mounts...)
	if !isHost {
		add(n.First.Unit)
	}
	if n.Processes == 0 {
		add(t.file)
	}
	return list
}

// container returns the target of the first process's container that leads to this very
// namespace, "" without one.
func (n *Namespace) container() string {
	if n.First.NetOnly && ns.Kinds[n.Kind].Flag != unix.CLONE_NEWNET {
		return ""
	}
	if n.First.Sandbox != "" && ns.Kinds[n.Kind].Flag&ns.Pod == 0 {
		return n.First.Sandbox
	}
	return n.First.Container
}

// hostIDs returns the namespaces of process 1. Without access to it, they are those of the
// kernel's threads, which process 2 has made. In another PID namespace than the system's
// these numbers are other processes, and the ids are 0.
func hostIDs(proc int) (ids [len(ns.Kinds)]uint64) {
	own, err := readLink(proc, "self/ns/pid")
	if err != nil || own.ID != initialID(unix.CLONE_NEWPID) {
		return ids
	}
	for i, k := range ns.Kinds {
		for _, pid := range []string{"1", "2"} {
			if key, err := readLink(proc, pid+"/ns/"+k.File); err == nil {
				ids[i] = key.ID
				break
			}
		}
	}
	return ids
}

// initialID returns the id of the first namespace of a kind. Those of net and mnt are fixed
// since Linux 6.18, and were unused before.
// See: enum init_ns_ino in include/uapi/linux/nsfs.h.
func initialID(flag uintptr) uint64 {
	switch flag {
	case unix.CLONE_NEWIPC:
		return 0xEFFFFFFF
	case unix.CLONE_NEWUTS:
		return 0xEFFFFFFE
	case unix.CLONE_NEWUSER:
		return 0xEFFFFFFD
	case unix.CLONE_NEWPID:
		return 0xEFFFFFFC
	case unix.CLONE_NEWCGROUP:
		return 0xEFFFFFFB
	case unix.CLONE_NEWTIME:
		return 0xEFFFFFFA
	case unix.CLONE_NEWNET:
		return 0xEFFFFFF9
	case unix.CLONE_NEWNS:
		return 0xEFFFFFF8
	}
	return 0
}
