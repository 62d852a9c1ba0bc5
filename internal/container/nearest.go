package container

import (
	"cmp"
	"strings"

	"nstools/internal/diag"
)

// nearest returns the target with the most similar name among root's and the caller's own,
// "" for none or several.
func nearest(q query, catalogs ...*Catalog) string {
	best, word := min(len(q.name)/3, 3)+1, ""
	for _, c := range catalogs {
		for _, f := range c.list {
			if !f.matchesKind(q.kind) || f.needsUser || f.Target() == "" {
				continue
			}
			for name, target := range f.names() {
				d := diag.Distance(q.name, name)
				if d > best || !c.exists(f) {
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

// exists reports whether a file has a container, or a process runs in its cgroup.
func (c *Catalog) exists(f *Found) bool {
	if !f.hasRecord {
		c.findFirstProcess(f)
	}
	return f.hasRecord || f.PID != 0
}

// names returns the names of a container, with the target for each.
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
