package container

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/netns"
	"nstools/internal/proc"
)

const netnsDir = netns.Dir

// networkNamespace returns the network namespace that has a name. The name is the word of
// the directory's owner. It stands for the namespace alone, and for no process: several may
// be in it, and being the first proves nothing.
func (c *Catalog) networkNamespace(name string) []Found {
	if netns.Check(name) != nil {
		return nil
	}
	s, err := c.dirs.store(absolute(netnsDir), &budget{})
	if err != nil {
		return nil
	}
	h, err := s.open(name)
	if err != nil {
		return nil
	}
	defer h.close()
	var fs unix.Statfs_t
	if s.nobody || s.uid != 0 && s.uid != c.euid || unix.Fstatfs(h.fd, &fs) != nil || fs.Type != unix.NSFS_MAGIC && fs.Type != unix.PROC_SUPER_MAGIC {
		return nil
	}
	return []Found{{Runtime: Netns, Name: name, Owner: s.uid}}
}

// commMax is the length at which the kernel cuts the name of a process: TASK_COMM_LEN
// without the NUL.
const commMax = 15

// processesByName returns the processes of a name, without descendants of each other: a
// server's name means its first process.
func processesByName(name string) []Found {
	all := map[int]proc.Stat{}
	var list []Found
	eachProcess(func(p procDir) {
		s, ok := p.stat()
		if !ok || s.State == 'Z' {
			return
		}
		all[p.pid] = s
		if s.Comm == name[:min(len(name), commMax)] {
			list = append(list, Found{PID: p.pid, Runtime: Comm, Name: s.Comm, proof: proof{start: s.Start, comm: s.Comm}})
		}
	})
	descends := descendants(list, all)
	return slices.DeleteFunc(list, func(f Found) bool { return descends[f.PID] })
}

// descendants reports for the processes of a list, and for those above them, whether
// another one of the list is above. /proc was not read at one moment, so that a circle is
// possible, and is cut.
func descendants(list []Found, all map[int]proc.Stat) map[int]bool {
	listed := make(map[int]bool, len(list))
	for _, f := range list {
		listed[f.PID] = true
	}
	below := make(map[int]bool)
	for _, f := range list {
		var chain []int
		pid := f.PID
		for pid != 0 {
			if _, seen := below[pid]; seen {
				break
			}
			below[pid] = false
			chain = append(chain, pid)
			pid = all[pid].PPID
		}
		is := !slices.Contains(chain, pid) && (below[pid] || listed[pid])
		for _, pid := range slices.Backward(chain) {
			below[pid] = is
			is = is || listed[pid]
		}
	}
	return below
}

// ownProgram reports whether a process is a program of root or of the caller, outside of
// containers and in the caller's user namespace. Any other process may have any name, which
// is the word of whoever runs it.
func (c *Catalog) ownProgram(f *Found) bool {
	p := c.process(f.PID)
	if uid, ok := uidOf(p); !ok || uid != 0 && uid != c.euid {
		return false
	}
	user, err1 := p.Stat("ns/user")
	own, err2 := c.process(0).Stat("ns/user")
	if err1 != nil || err2 != nil || user.Ino != own.Ino || user.Dev != own.Dev {
		return false
	}
	text, err := p.ReadFile("cgroup", cgroupMax)
	if err != nil {
		return false
	}
	around, ok := c.OwnerByCgroup(string(text))
	return !ok || around.Runtime == Unit || c.inOwnContainer(string(text))
}

// inOwnContainer reports whether the caller is in a cgroup of the same container.
func (c *Catalog) inOwnContainer(text string) bool {
	own, ok1 := c.OwnerByCgroup(string(readSystemFile("/proc/self/cgroup")))
	other, ok2 := c.OwnerByCgroup(text)
	return ok1 && ok2 && own.Runtime == other.Runtime && own.ID == other.ID && own.Name == other.Name && own.Owner == other.Owner
}

// args returns the arguments of a process.
func (p procDir) args() []string {
	text, err := p.ReadFile("cmdline", cmdlineMax)
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
}
