package container

import "path"

// loadNerdctl reads the names that nerdctl keeps: names/NAMESPACE/NAME below a directory
// for each containerd, with the id as content. The annotation in the bundle has the name
// that the container was made with.
func (c *Catalog) loadNerdctl(p stateDirs) {
	if p.persistent == "" {
		return
	}
	s, ok := c.open(p, path.Join(p.persistent, "nerdctl"), Containerd)
	if !ok {
		return
	}
	for _, containerd := range s.names(".") {
		names := path.Join(containerd, "names")
		for _, namespace := range s.names(names) {
			c.renameIn(s, path.Join(names, namespace), namespace)
		}
	}
}

// renameIn gives the containers of a namespace their current names.
func (c *Catalog) renameIn(s store, dir, namespace string) {
	now := map[key]string{}
	for _, name := range s.names(dir) {
		if id, e, err := s.read(path.Join(dir, name)); err == nil && !e.nobody {
			now[key{owner: e.uid, id: string(id)}] = name
		}
	}
	for _, f := range c.list {
		if f.Namespace == namespace && f.Pod == "" && f.Owner == s.uid {
			f.Name = now[key{owner: f.Owner, id: f.ID}]
			f.nerdctl = f.Name != ""
		}
	}
}
