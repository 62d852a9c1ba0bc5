package container

import (
	"slices"

	"golang.org/x/sys/unix"

	"nstools/internal/netns"
)

const netnsDir = netns.Dir

// inNetns is the first process in a network namespace that has a name. Without a process
// its PID is 0; where there is no such name it is none.
func inNetns(name string) []Found {
	var want unix.Stat_t
	if netns.Check(name) != nil || unix.Stat(netns.Path(name), &want) != nil {
		return nil
	}
	f := Found{Runtime: Netns, Name: name}
	eachProcess(func(p procDir) {
		var st unix.Stat_t
		if unix.Stat(p.path("ns/net"), &st) != nil || st.Ino != want.Ino || st.Dev != want.Dev {
			return
		}
		if s, ok := p.stat(); ok && (f.PID == 0 || s.start < f.proof.start) {
			f.PID, f.proof = int(p), proof{start: s.start, net: inode{uint64(st.Dev), st.Ino}}
		}
	})
	return []Found{f}
}

// commMax is the length at which the kernel cuts the name of a process, TASK_COMM_LEN
// without the NUL.
const commMax = 15

// named are the processes of a name, but for those that descend from another one of
// them: by the name of a server its first process is meant.
func named(name string) []Found {
	all := map[int]stat{}
	var list []Found
	eachProcess(func(p procDir) {
		s, ok := p.stat()
		if !ok || s.state == 'Z' {
			return
		}
		all[int(p)] = s
		if s.comm == name[:min(len(name), commMax)] {
			list = append(list, Found{PID: int(p), Runtime: Comm, Name: s.comm, proof: proof{start: s.start, comm: s.comm}})
		}
	})
	descends := descendants(list, all)
	return slices.DeleteFunc(list, func(f Found) bool { return descends[f.PID] })
}

// descendants tells of the processes of a list, and of those above them, whether another
// one of the list is above. They were not read at one moment: what looks like a circle
// has an end.
func descendants(list []Found, all map[int]stat) map[int]bool {
	listed := make(map[int]bool, len(list))
	for _, f := range list {
		listed[f.PID] = true
	}
	known := make(map[int]bool)
	for _, f := range list {
		var way []int
		pid := f.PID
		for pid != 0 {
			if _, seen := known[pid]; seen {
				break
			}
			known[pid] = false
			way = append(way, pid)
			pid = all[pid].ppid
		}
		is := !slices.Contains(way, pid) && (known[pid] || listed[pid])
		for _, pid := range slices.Backward(way) {
			known[pid] = is
			is = is || listed[pid]
		}
	}
	return known
}
