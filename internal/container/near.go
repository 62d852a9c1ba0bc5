package container

import (
	"cmp"
	"slices"
	"strings"
)

// near returns the target among root's and the caller's own that is nearly called as was
// asked for, "" where there is none or more than one.
func near(q query, catalogs ...*Catalog) string {
	best, word := min(len(q.name)/3, 3)+1, ""
	for _, c := range catalogs {
		for _, f := range c.list {
			if !f.isOf(q.kind) || f.others || f.Target() == "" {
				continue
			}
			for name, target := range f.names() {
				d := distance(q.name, name)
				if d > best || !c.isThere(f) {
					continue
				}
				switch {
				case d < best:
					best, word = d, target
				case d == best && word != target:
					word = ""
				}
			}
		}
	}
	return word
}

// isThere reports whether a file tells of a container, or a process runs in its cgroup.
func (c *Catalog) isThere(f *Found) bool {
	if !f.filed {
		c.locate(f)
	}
	return f.filed || f.PID != 0
}

// names are what a container is called, with the target for each.
func (f *Found) names() map[string]string {
	name := cmp.Or(f.Name, f.ID)
	names := map[string]string{name: f.Target()}
	switch {
	case f.Pod != "":
		names[f.Pod+"/"+name] = f.Target()
		names[f.Pod] = Pod + ":" + f.Pod
	case f.Namespace != "":
		names[f.Namespace+"/"+name] = f.Target()
	case f.Runtime == Unit:
		names[strings.TrimSuffix(name, ".service")] = f.Target()
	}
	return names
}

// nameMax is the length of names that are compared; those of containers are shorter.
const nameMax = 128

// distance returns how many bytes have to be put in, taken out, changed or exchanged with
// their neighbour to make one word of the other.
func distance(a, b string) int {
	if len(a) > nameMax || len(b) > nameMax {
		return nameMax
	}
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = slices.Min([]int{last[j+1] + 1, next[j] + 1, last[j] + cost})
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, last = last, next
	}
	return last[len(b)]
}
