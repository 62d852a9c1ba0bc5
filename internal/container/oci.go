package container

import (
	"path"
	"slices"
	"strings"
)

// parseRunc reads the state.json of a container.
// See: State and BaseState in runc's libcontainer/container_linux.go and container.go.
func parseRunc(text []byte) (Found, error) {
	f := Found{Runtime: Runc}
	var groups map[string]string // by controller, with the mount in front
	var config object
	var labels []string // "KEY=VALUE": the annotations of config.json, and the bundle
	err := object(text).pick(fields{
		"init_process_pid":   &f.PID,
		"init_process_start": &f.proof.start, // field 22 of /proc/PID/stat
		"cgroup_paths":       &groups,
		"config":             &config,
	})
	if err == nil && config.given() {
		err = config.pick(fields{"labels": &labels})
	}
	if err != nil {
		return Found{}, err
	}
	f.requireStart()
	for _, made := range groups {
		f.proof.addGroup(made)
	}
	f.annotate(func(name string) string {
		for _, label := range labels {
			if value, ok := strings.CutPrefix(label, name+"="); ok {
				return value
			}
		}
		return ""
	})
	return f, nil
}

// parseCrun reads the status of a container, and its config.json, which may be nil.
// See: libcrun/status.c.
func parseCrun(text, config []byte) (Found, error) {
	f := Found{Runtime: Crun}
	var group string // below the mount
	err := object(text).pick(fields{
		"pid":                &f.PID,
		"process-start-time": &f.proof.start, // field 22 of /proc/PID/stat
		"cgroup-path":        &group,
	})
	if err != nil {
		return Found{}, err
	}
	f.requireStart()
	f.proof.addGroup(group)
	f.annotateBy(config)
	return f, nil
}

// requireStart drops a process without its start time: its number may be another's.
func (f *Found) requireStart() {
	if f.proof.start == 0 {
		f.PID = 0
	}
}

// addGroup notes a cgroup that a state file names, once.
func (p *proof) addGroup(made string) {
	if made != "" && !slices.Contains(p.cgroups, made) {
		p.cgroups = append(p.cgroups, made)
	}
}

// loadRoots reads the roots of runc and crun.
func (c *Catalog) loadRoots(p stateDirs) {
	for _, dir := range p.boot {
		c.loadOCI(p, path.Join(dir, "runc"), Found{})
		c.loadOCI(p, path.Join(dir, "crun"), Found{})
	}
}

// loadOCI reads a root of runc or crun, which has a directory for each container. If a
// runtime starts these containers for another, like has what they have in common.
func (c *Catalog) loadOCI(p stateDirs, dir string, like Found) {
	kinds := []string{Runc, Crun, Podman}
	if like.Runtime != "" {
		kinds = []string{like.Runtime, Runc, Crun}
	}
	s, ok := c.open(p, dir, kinds...)
	if !ok {
		return
	}
	for _, id := range s.names(".") {
		f, e, ok := s.oci(id)
		if !ok {
			continue
		}
		f.ID, f.Namespace = id, like.Namespace
		for _, kind := range append([]string{like.Runtime}, like.alsoKnownTo...) {
			if kind != "" {
				f.addRuntime(kind)
			}
		}
		c.addRecord(p, f, e)
	}
}

// oci reads the state of one container, of runc or crun.
func (s store) oci(id string) (f Found, e evidence, ok bool) {
	dir, err := s.within(id)
	if err != nil {
		return f, e, false
	}
	defer dir.close()
	text, e, err := dir.read("state.json")
	if err == nil {
		f, err = parseRunc(text)
	} else {
		if text, e, err = dir.read("status"); err != nil {
			return f, e, false
		}
		text = slices.Clone(text)
		config, by, _ := dir.read("config.json") // older versions have none
		if !by.equals(e) {
			config = nil
		}
		f, err = parseCrun(text, config)
	}
	if dir.has("exec.fifo") {
		f.PID, f.created = 0, true // its process is still the runtime's own
	}
	return f, e, err == nil
}
