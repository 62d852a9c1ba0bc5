package container

import (
	"encoding/json"
	"strings"
)

// runcState is what is needed of state.json, see State and BaseState in runc's
// libcontainer/container_linux.go and container.go.
type runcState struct {
	PID    int    `json:"init_process_pid"`
	Start  uint64 `json:"init_process_start"` // field 22 of /proc/PID/stat
	Config struct {
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
	PID   int    `json:"pid"`
	Start uint64 `json:"process-start-time"` // field 22 of /proc/PID/stat
}

// parseCrun reads the status of a container, and the config.json that is beside it or nil.
func parseCrun(text, config []byte) (Found, error) {
	var s crunStatus
	if err := json.Unmarshal(text, &s); err != nil {
		return Found{}, err
	}
	f := Found{Runtime: Crun, PID: s.PID, proof: proof{start: s.Start}}
	f.annotateBy(config)
	return f, nil
}

// loadOCI reads a root of runc or crun, in which each container has a directory. Where
// it belongs to somebody who starts containers by them, runtime is his.
func (c *Catalog) loadOCI(p place, dir, runtime string) {
	kinds := []string{Runc, Crun, Podman}
	if runtime != "" {
		kinds = []string{runtime}
	}
	s, ok := c.open(p, dir, kinds...)
	if !ok {
		return
	}
	defer s.close()
	for _, id := range s.names(".") {
		if f, ok := s.oci(id); ok {
			f.ID, f.Owner = id, p.owner
			if s.has(id + "/exec.fifo") {
				f.PID, f.created = 0, true // its process is the runtime's own still
			}
			if runtime != "" {
				f.knownTo(runtime)
			}
			c.add(f)
		}
	}
}

// oci reads the state of one container, whichever runtime's it is.
func (s store) oci(id string) (f Found, ok bool) {
	text, err := s.read(id + "/state.json")
	if err == nil {
		f, err = parseRunc(text)
		return f, err == nil
	}
	text, err = s.read(id + "/status")
	if err != nil {
		return f, false
	}
	config, _ := s.read(id + "/config.json") // older ones keep none
	f, err = parseCrun(text, config)
	return f, err == nil
}
