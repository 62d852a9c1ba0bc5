package inventory

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/ns"
	"nstools/internal/proc"
)

// A Survey reads /proc once.
type Survey struct {
	Skip int // a process that is left out; 0 without one

	// MembersOf are the ids of namespaces whose processes are listed one by one; 0 for none.
	MembersOf [len(ns.Kinds)]uint64

	// BelongingOf returns the container of a process as a target of gonsenter, or else its
	// unit, by the text of its /proc/PID/cgroup.
	BelongingOf func(pid int, cgroup string) Belonging

	inv        *Inventory
	members    map[Key][]Process
	references map[Key]*references
	ownMountID uint64 // the caller's mount namespace
	reader     reader
}

// Take reads all processes once. Processes that end meanwhile are skipped, and those that
// the caller may not read are counted.
// Errors: those of /proc itself, [proc.ErrNotMounted] among them.
func (s *Survey) Take() (*Inventory, error) {
	dir, err := proc.Open()
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(dir), "/proc")
	defer file.Close()
	pids, err := proc.Processes(file)
	if err != nil {
		return nil, err
	}
	s.inv, s.members, s.references = new(Inventory), make(map[Key][]Process), make(map[Key]*references)
	s.ownMounts()
	for _, pid := range pids {
		if pid != s.Skip {
			s.addProcess(dir, pid)
		}
	}
	s.addEmpty()
	s.nameAll(dir)
	s.inv.sort()
	return s.inv, nil
}

func (s *Survey) addProcess(proc, pid int) {
	dir, err := unix.Openat(proc, strconv.Itoa(pid)+"/ns", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		s.countHidden(err)
		return
	}
	defer unix.Close(dir)
	p := processFiles{pid: pid, dir: dir}
	for _, k := range ns.Kinds {
		key, err := readLink(dir, k.File)
		if s.countHidden(err) {
			return // the others of this process are refused, too
		}
		if err == nil { // a zombie has some kinds only
			s.addMember(key, &p)
		}
	}
	s.findReferences(&p)
}

// countHidden counts a process that the caller may not read. It reports whether this is
// one.
func (s *Survey) countHidden(err error) bool {
	if err != unix.EACCES && err != unix.EPERM {
		return false
	}
	s.inv.Hidden++
	return true
}

// addMember adds a process to a namespace.
func (s *Survey) addMember(k Key, p *processFiles) {
	n := s.inv.namespace(k)
	n.Processes++
	if n.Processes == 1 {
		n.First = p.process(s.BelongingOf)
		s.relateAt(n, p.dir, k.Type())
		if k.Kind == ns.Mount && k.ID != s.ownMountID {
			s.addMounts(p.read("mountinfo", mountsMax), "/proc/"+strconv.Itoa(p.pid)+"/root")
		}
	}
	if s.MembersOf[k.Kind] == k.ID {
		s.members[k] = append(s.members[k], p.process(s.BelongingOf))
	}
}
