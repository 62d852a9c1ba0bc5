package proc

import (
	"slices"
	"strings"
)

// A Cgroup is a line of /proc/PID/cgroup: the place of a process in one hierarchy;
// see cgroups(7).
type Cgroup struct {
	Controllers string // of version 1, with commas between them, or "name=NAME"; "" for version 2
	Path        string // as the reader's cgroup namespace has it; any byte but a newline
}

// ParseCgroups reads the text of /proc/PID/cgroup, and passes over lines that are none.
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

// Mounted tells whether a mount shows the hierarchy of the cgroup. What is above the
// mount's root cannot be reached through it.
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

// Below is the way to the cgroup from the point of a mount of its hierarchy; false
// where it is not below that.
func (c Cgroup) Below(m Mount) (string, bool) {
	if c.Path == m.Root {
		return ".", true
	}
	root := strings.TrimSuffix(m.Root, "/") + "/"
	way, ok := strings.CutPrefix(c.Path, root)
	return way, ok
}
