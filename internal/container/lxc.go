package container

import (
	"strconv"
	"strings"

	"nstools/internal/proc"
)

// addLXCMonitors adds the containers whose monitors are in a cgroup. The monitor is the
// parent of the container's first process, and has the container's name in its arguments.
// The cgroup's name does not do: it gets a number if an old one is left over.
func (c *Catalog) addLXCMonitors(g group) {
	dir, err := g.hierarchy.openAt(strings.Join(g.parts, "/"), 0)
	if err != nil {
		return
	}
	defer dir.close()
	for _, pid := range dir.processes() {
		p := c.process(pid)
		if uid, ok := uidOf(p); !ok || uid != g.uid || !c.openTree().isIn(p, g) {
			continue
		}
		text, err := p.ReadFile("cmdline", cmdlineMax)
		dir, name, ok := parseLXCMonitor(string(text))
		if err != nil || !ok {
			continue
		}
		init, s, ok := p.child()
		if !ok {
			continue
		}
		f := c.add(Found{Runtime: LXC, Namespace: dir, Name: name, Owner: g.uid, PID: init, hasRecord: true, proof: proof{start: s.Start}})
		f.PID, f.proof = init, proof{start: s.Start}
		c.claimGroups(f)
	}
}

// isOfLXC reports whether the parent of a process is a user's monitor of a container.
func (p procDir) isOfLXC(name string, owner uint32) bool {
	s, ok := p.stat()
	if !ok || s.PPID <= 0 {
		return false
	}
	monitor := p.sibling(s.PPID)
	if uid, ok := uidOf(monitor); !ok || uid != owner {
		return false
	}
	text, err := monitor.ReadFile("cmdline", cmdlineMax)
	_, of, ok := parseLXCMonitor(string(text))
	return err == nil && ok && of == name
}

// parseLXCMonitor returns the directory and the name in the arguments of a monitor, "[lxc
// monitor] LXCPATH NAME".
// See: lxc's start.c.
func parseLXCMonitor(cmdline string) (dir, name string, ok bool) {
	text, ok := strings.CutPrefix(strings.TrimRight(cmdline, "\x00"), "[lxc monitor] ")
	i := strings.LastIndexByte(text, ' ')
	if !ok || i < 0 || i == len(text)-1 || strings.ContainsRune(text, 0) { // it is one word
		return "", "", false
	}
	return text[:i], text[i+1:], true
}

// child returns the oldest child of a process.
func (p procDir) child() (pid int, s proc.Stat, ok bool) {
	text, err := p.ReadFile("task/"+strconv.Itoa(p.pid)+"/children", statMax)
	if err != nil {
		return 0, proc.Stat{}, false
	}
	for word := range strings.FieldsSeq(string(text)) {
		n, err := strconv.Atoi(word)
		if err != nil {
			continue
		}
		if cs, is := p.sibling(n).stat(); is && cs.State != 'Z' && cs.PPID == p.pid && (!ok || cs.Start < s.Start) {
			pid, s, ok = n, cs, true
		}
	}
	return pid, s, ok
}

// claimGroups assigns the cgroups of a container's first process to it, whatever they are
// called. Another container that went by such a name loses them.
func (c *Catalog) claimGroups(f *Found) {
	text, err := c.process(f.PID).ReadFile("cgroup", cgroupMax)
	if err != nil {
		return
	}
	for _, line := range proc.ParseCgroups(string(text)) {
		h, parts, ok := c.openTree().locate(line)
		if !ok {
			continue
		}
		cl, ok := claimOf(parts)
		if !ok || cl.Runtime != LXC {
			continue
		}
		c.assign(group{hierarchy: h, parts: parts[:cl.depth]}.key(), f)
		for _, other := range c.list {
			if other != f && other.Runtime == LXC && other.Name == cl.Name && other.Owner == f.Owner {
				other.cgroups = nil
			}
		}
	}
}
