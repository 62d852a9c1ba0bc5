package proc

import (
	"slices"
	"strings"
)

// A Cgroup is a line of /proc/PID/cgroup: the cgroup of a process in one hierarchy.
// See: cgroups(7).
type Cgroup struct {
	Controllers string // of version 1, with commas between them, or "name=NAME"; "" for version 2
	Path        string // as the reader's cgroup namespace has it; any byte but a newline
}

// ParseCgroups reads the text of /proc/PID/cgroup, and skips malformed lines.
func ParseCgroups(text string) []Cgroup {
	var list []Cgroup
	for line := range strings.Lines(text) {
		w := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(w) == 3 {
			list = append(list, Cgroup{Controllers: w[1], Path: w[2]})
		}
	}
	return list
}

// Mounted reports whether a mount shows the cgroup's hierarchy. Above the mount's root
// nothing can be reached through it.
func (c Cgroup) Mounted(m Mount) bool {
	if c.Controllers == "" {
		return m.FSType == "cgroup2"
	}
	if m.FSType != "cgroup" {
		return false
	}
	options := strings.Split(m.Options, ",")
	for controller := range strings.SplitSeq(c.Controllers, ",") {
		if !slices.Contains(options, controller) {
			return false
		}
	}
	return true
}

// Below returns the path of the cgroup from the point of a mount of its hierarchy; false
// for a cgroup outside the mount.
func (c Cgroup) Below(m Mount) (string, bool) {
	if c.Path == m.Root {
		return ".", true
	}
	root := strings.TrimSuffix(m.Root, "/") + "/"
	way, ok := strings.CutPrefix(c.Path, root)
	return way, ok
}
