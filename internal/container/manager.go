package container

import (
	"encoding/json"
	"path"
	"strconv"
	"strings"
)

// dockerConfig is what is needed of config.v2.json, see daemon/container in moby.
type dockerConfig struct {
	Name  string // with a slash in front
	State struct {
		Running bool
		Pid     int
	}
}

// parseDocker reads the config.v2.json of a container. It knows no time of start, so the
// cgroup has to have the id.
func parseDocker(id string, text []byte) (Found, error) {
	var d dockerConfig
	if err := json.Unmarshal(text, &d); err != nil {
		return Found{}, err
	}
	f := Found{Runtime: Docker, ID: id}
	f.setKubeName(strings.TrimPrefix(d.Name, "/"))
	if d.State.Running {
		f.PID, f.proof.within = d.State.Pid, id
	}
	return f, nil
}

func (c *Catalog) loadDocker(p place) {
	s, ok := c.open(p, p.docker, Docker)
	if !ok {
		return
	}
	defer s.close()
	for _, id := range s.names(".") {
		text, err := s.read(id + "/config.v2.json")
		if err != nil {
			continue
		}
		if f, err := parseDocker(id, text); err == nil {
			f.Owner = p.owner
			c.add(f)
		}
	}
}

// parseStorage reads containers.json of containers/storage, which podman and CRI-O share.
// It knows of no process: that is in the state of the runtime by the same id.
func parseStorage(text []byte) (list []Found, err error) {
	var containers []struct {
		ID    string   `json:"id"`
		Names []string `json:"names"`
	}
	if err := json.Unmarshal(text, &containers); err != nil {
		return nil, err
	}
	for _, s := range containers {
		f := Found{Runtime: Podman, ID: s.ID}
		if len(s.Names) > 0 {
			f.setKubeName(s.Names[0])
		}
		if f.Pod != "" { // CRI-O's, of which podman knows nothing
			f.Runtime, f.also = CRI, nil
		}
		list = append(list, f)
	}
	return list, nil
}

func (c *Catalog) loadStorage(p place) {
	s, ok := c.open(p, p.storage, Podman, CRI, Pod)
	if !ok {
		return
	}
	defer s.close()
	for _, dir := range s.names(".") {
		if !strings.HasSuffix(dir, "-containers") { // overlay-containers, vfs-containers
			continue
		}
		// What is removed when it stops may be apart.
		for _, file := range [...]string{"/containers.json", "/volatile-containers.json"} {
			text, err := s.readUpTo(dir+file, listMax)
			if err != nil {
				continue
			}
			list, _ := parseStorage(text) // malformed: none
			for _, f := range list {
				f.Owner = p.owner
				c.add(f)
			}
		}
	}
}

// containerds are the directories of state of containerd: its own, that of the one that
// docker starts where there is none, and that of k3s.
var containerds = [...]string{"run/containerd", "run/docker/containerd/daemon", "run/k3s/containerd"}

// loadContainerd reads the bundles of running tasks, NAMESPACE/ID, and the roots that
// runc has for them. The namespace moby is docker's.
func (c *Catalog) loadContainerd(p place) {
	for _, state := range containerds {
		s, ok := c.open(p, state+"/io.containerd.runtime.v2.task", Containerd, CRI, Pod, Docker)
		if !ok {
			continue
		}
		for _, namespace := range s.names(".") {
			for _, id := range s.names(namespace) {
				if f, ok := s.task(namespace, id); ok {
					f.Owner = p.owner
					c.add(f)
				}
			}
			c.loadOCI(p, path.Join("run/containerd/runc", namespace), runtimeOf(namespace))
		}
		s.close()
	}
}

func runtimeOf(namespace string) string {
	if namespace == "moby" {
		return Docker
	}
	return Containerd
}

func (s store) task(namespace, id string) (Found, bool) {
	text, err := s.read(path.Join(namespace, id, "init.pid"))
	if err != nil {
		return Found{}, false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid <= 0 {
		return Found{}, false
	}
	f := Found{PID: pid, ID: id, Runtime: Containerd, proof: proof{within: id}}
	config, _ := s.read(path.Join(namespace, id, "config.json")) // without it there is no name
	f.annotateBy(config)
	f.knownTo(runtimeOf(namespace))
	return f, true
}

// loadMachines reads the files of systemd-machined, which are variables as in
// environment files; see machine_save() in systemd's machine.c.
func (c *Catalog) loadMachines(p place) {
	s, ok := c.open(p, "run/systemd/machines", Machine)
	if !ok {
		return
	}
	defer s.close()
	for _, name := range s.names(".") {
		if strings.Contains(name, ":") { // unit:NAME, a link back
			continue
		}
		if text, err := s.read(name); err == nil {
			f := parseMachine(name, string(text))
			f.Owner = p.owner
			c.add(f)
		}
	}
}

func parseMachine(name, text string) Found {
	f := Found{Runtime: Machine, Name: name}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch value = strings.Trim(value, `"`); key {
		case "LEADER":
			f.PID, _ = strconv.Atoi(value)
		case "SCOPE": // the unit, scope or not
			f.proof.within = unquoteEnv(value)
		}
	}
	if f.PID < 0 || f.proof.within == "" {
		f.PID = 0
	}
	return f
}

// unquoteEnv takes off the backslashes of an environment file.
func unquoteEnv(s string) string { return strings.ReplaceAll(s, `\\`, `\`) }

// loadLXC takes the names of containers that are defined. Their processes are found by
// their cgroups.
func (c *Catalog) loadLXC(p place, dir string) {
	s, ok := c.open(p, dir, LXC)
	if !ok {
		return
	}
	defer s.close()
	for _, name := range s.names(".") {
		if s.isDir(name) {
			c.add(Found{Runtime: LXC, Name: name, Owner: p.owner})
		}
	}
}
