package container

import (
	"encoding/json"
	"path"
	"strings"
)

// runcState is what is needed of state.json, see State and BaseState in runc's
// libcontainer/container_linux.go and container.go.
type runcState struct {
	PID     int               `json:"init_process_pid"`
	Start   uint64            `json:"init_process_start"` // field 22 of /proc/PID/stat
	Cgroups map[string]string `json:"cgroup_paths"`       // by controller, with the mount in front
	Config  struct {
		Labels []string `json:"labels"` // "KEY=VALUE": the annotations of config.json, and the bundle
	} `json:"config"`
}

// parseRunc reads the state.json of a container.
func parseRunc(text []byte) (Found, error) {
	var s runcState
	if err := json.Unmarshal(text, &s); err != nil {
		return Found{}, err
	}
	f := Found{Runtime: Runc, PID: s.PID, proof: proof{start: s.Start}}
	f.needStart()
	for _, made := range s.Cgroups {
		f.proof.addGroup(made)
	}
	f.annotate(func(name string) string {
		for _, label := range s.Config.Labels {
			if value, ok := strings.CutPrefix(label, name+"="); ok {
				return value
			}
		}
		return ""
	})
	return f, nil
}

// crunStatus is what is needed of the status of crun, see libcrun/status.c.
type crunStatus struct {
	PID    int    `json:"pid"`
	Start  uint64 `json:"process-start-time"` // field 22 of /proc/PID/stat
	Cgroup string `json:"cgroup-path"`        // below the mount
}

// parseCrun reads the status of a container, and the config.json that is beside it or nil.
func parseCrun(text, config []byte) (Found, error) {
	var s crunStatus
	if err := json.Unmarshal(text, &s); err != nil {
		return Found{}, err
	}
	f := Found{Runtime: Crun, PID: s.PID, proof: proof{start: s.Start}}
	f.needStart()
	f.proof.addGroup(s.Cgroup)
	f.annotateBy(config)
	return f, nil
}

// needStart forgets a process without the time of its start: its number may be another's.
func (f *Found) needStart() {
	if f.proof.start == 0 {
		f.PID = 0
	}
}

// addGroup notes a cgroup that a state file names, once.
func (p *proof) addGroup(made string) {
	if made != "" && !contains(p.groups, made) {
		p.groups = append(p.groups, made)
	}
}

// loadRoots reads the roots of runc and crun.
func (c *Catalog) loadRoots(p place) {
	for _, dir := range p.runtime {
		c.loadOCI(p, path.Join(dir, "runc"), Found{})
		c.loadOCI(p, path.Join(dir, "crun"), Found{})
	}
}

// loadOCI reads a root of runc or crun, in which each container has a directory. Where
// it belongs to somebody who starts containers by them, like has what is common to them.
func (c *Catalog) loadOCI(p place, dir string, like Found) {
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
		if s.has(id + "/exec.fifo") {
			f.PID, f.created = 0, true // its process is the runtime's own still
		}
		for _, kind := range append([]string{like.Runtime}, like.also...) {
			if kind != "" {
				f.knownTo(kind)
			}
		}
		c.record(p, f, e)
	}
}

// oci reads the state of one container, whichever runtime's it is.
func (s store) oci(id string) (f Found, e evidence, ok bool) {
	text, e, err := s.read(id + "/state.json")
	if err == nil {
		f, err = parseRunc(text)
		return f, e, err == nil
	}
	text, e, err = s.read(id + "/status")
	if err != nil {
		return f, e, false
	}
	config, by, _ := s.read(id + "/config.json") // older ones keep none
	if !by.is(e) {
		config = nil
	}
	f, err = parseCrun(text, config)
	return f, e, err == nil
}
