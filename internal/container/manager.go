package container

import (
	"bytes"
	"encoding/json"
	"path"
	"strconv"
	"strings"
)

// parseDocker reads the config.v2.json of a container. It has no start time, so the cgroup
// has to have the id.
// See: daemon/container in moby.
func parseDocker(id string, text []byte) (Found, error) {
	var name string // with a leading slash
	var state object
	var running bool
	var pid int
	err := object(text).pick(fields{"Name": &name, "State": &state})
	if err == nil && state.given() {
		err = state.pick(fields{"Running": &running, "Pid": &pid})
	}
	if err != nil {
		return Found{}, err
	}
	f := Found{Runtime: Docker, ID: id}
	f.setKubeName(strings.TrimPrefix(name, "/"))
	if running {
		f.PID, f.proof.cgroup = pid, id
	} else {
		f.stopped = true
	}
	return f, nil
}

// dockerData returns the directory of docker's data: /var/lib/docker, or "data-root" of the
// daemon's configuration.
// See: dockerd(8).
func (c *Catalog) dockerData(p stateDirs) string {
	if !p.system {
		return path.Join(p.persistent, "docker")
	}
	s, err := c.dirs.store(absolute(p.root, "etc/docker"), p.budget)
	if err == nil {
		var config struct {
			Root string `json:"data-root"`
		}
		text, e, err := s.read("daemon.json")
		if err == nil && !e.nobody && (e.uid == 0 || e.uid == c.euid) && json.Unmarshal(text, &config) == nil && path.IsAbs(config.Root) {
			return absolute(config.Root)
		}
	}
	return path.Join(p.persistent, "docker")
}

// loadDocker reads the containers of docker, and its roots of runc. With --userns-remap
// both are in directories of their own, named by the ids of the user's first range:
// UID.GID.
func (c *Catalog) loadDocker(p stateDirs) {
	for _, dir := range p.boot {
		s, ok := c.open(p, path.Join(dir, "docker/runtime-runc"), Docker, Runc)
		if !ok {
			continue
		}
		for _, namespace := range s.names(".") {
			if runtimeOf(namespace) == Docker {
				c.loadOCI(p, path.Join(dir, "docker/runtime-runc", namespace), Found{Runtime: Docker})
			}
		}
	}
	if p.persistent == "" {
		return
	}
	data := c.dockerData(p)
	s, err := c.dirs.store(absolute(p.root, data), p.budget)
	if err != nil {
		if denied(err) {
			c.open(p, data, Docker)
		}
		return
	}
	c.loadDockers(p, path.Join(data, "containers"))
	for _, name := range s.names(".") {
		if isUserAndGroup(name) {
			c.loadDockers(p, path.Join(data, name, "containers"))
		}
	}
}

// isUserAndGroup reports whether a name has the form UID.GID, as the data of a remapped
// daemon.
func isUserAndGroup(name string) bool {
	uid, gid, ok := strings.Cut(name, ".")
	return ok && uid != "" && gid != "" && strings.Trim(uid+gid, "0123456789") == ""
}

func (c *Catalog) loadDockers(p stateDirs, dir string) {
	s, ok := c.open(p, dir, Docker)
	if !ok {
		return
	}
	for _, id := range s.names(".") {
		text, e, err := s.read(id + "/config.v2.json")
		if err != nil {
			continue
		}
		if f, err := parseDocker(id, text); err == nil {
			c.addRecord(p, f, e)
		}
	}
}

// parseStorage reads containers.json of containers/storage, which podman and CRI-O share,
// up to a number of records. cut is true if there are more. The process is in the state of
// the runtime by the same id.
func parseStorage(text []byte, limit int64) (list []Found, cut bool) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if start, err := decoder.Token(); err != nil || start != json.Delim('[') {
		return nil, false
	}
	for decoder.More() {
		var s struct {
			ID    string   `json:"id"`
			Names []string `json:"names"`
		}
		if int64(len(list)) >= limit {
			return list, true
		}
		if decoder.Decode(&s) != nil {
			return list, false
		}
		f := Found{Runtime: Podman, ID: s.ID}
		if len(s.Names) > 0 {
			f.setKubeName(s.Names[0])
		}
		if f.Pod != "" { // CRI-O's, of which podman knows nothing
			f.Runtime, f.alsoKnownTo = CRI, nil
		}
		list = append(list, f)
	}
	return list, false
}

func (c *Catalog) loadStorage(p stateDirs) {
	if p.persistent == "" {
		return
	}
	s, ok := c.open(p, path.Join(p.persistent, "containers/storage"), Podman, CRI, Pod)
	if !ok {
		return
	}
	for _, dir := range s.names(".") {
		if !strings.HasSuffix(dir, "-containers") { // overlay-containers, vfs-containers
			continue
		}
		// What is removed when it stops may be in a file of its own.
		for _, file := range [...]string{"/containers.json", "/volatile-containers.json"} {
			text, e, err := s.readUpTo(dir+file, listMax)
			if err != nil {
				continue
			}
			list, cut := parseStorage(text, p.budget.names) // of a malformed file, the records before the mistake
			p.budget.truncated = p.budget.truncated || cut
			p.budget.names -= int64(len(list))
			for _, f := range list {
				c.addRecord(p, f, e)
			}
		}
	}
}

// containerds are the state directories of containerd, below those that last until the next
// boot: its own, that of docker's own containerd, and k3s's.
var containerds = [...]string{"containerd", "docker/containerd/daemon", "k3s/containerd"}

// loadContainerd reads the bundles of running tasks, NAMESPACE/ID, and the roots that runc
// has for them. The namespace moby is docker's. With another state directory (k0s,
// microk8s) the roots of runc are still here.
func (c *Catalog) loadContainerd(p stateDirs) {
	for _, dir := range p.boot {
		for _, state := range containerds {
			c.loadTasks(p, path.Join(dir, state, "io.containerd.runtime.v2.task"))
		}
		root := path.Join(dir, "containerd/runc")
		s, ok := c.open(p, root, Containerd, CRI, Pod, Docker, Runc)
		if !ok {
			continue
		}
		for _, namespace := range s.names(".") {
			c.loadOCI(p, path.Join(root, namespace), taskOf(namespace))
		}
	}
}

func (c *Catalog) loadTasks(p stateDirs, dir string) {
	s, ok := c.open(p, dir, Containerd, CRI, Pod, Docker)
	if !ok {
		return
	}
	for _, namespace := range s.names(".") {
		tasks, err := s.within(namespace)
		if err != nil {
			continue
		}
		for _, id := range tasks.names(".") {
			if f, e, ok := tasks.task(namespace, id); ok {
				c.addRecord(p, f, e)
			}
		}
		tasks.close()
	}
}

// taskOf returns what the containers in a namespace of containerd have in common.
func taskOf(namespace string) Found {
	f := Found{Runtime: runtimeOf(namespace), Namespace: namespace}
	if f.Runtime == Docker {
		f.Namespace, f.alsoKnownTo = "", []string{Containerd}
	}
	return f
}

// runtimeOf returns the runtime of a namespace of containerd. moby is docker's, with the
// ids of a remapped user behind it.
func runtimeOf(namespace string) string {
	if ids, ok := strings.CutPrefix(namespace, "moby-"); namespace == "moby" || ok && isUserAndGroup(ids) {
		return Docker
	}
	return Containerd
}

func (s store) task(namespace, id string) (Found, evidence, bool) {
	dir, err := s.within(id)
	if err != nil {
		return Found{}, evidence{}, false
	}
	defer dir.close()
	text, e, err := dir.read("init.pid")
	if err != nil {
		return Found{}, e, false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid <= 0 {
		return Found{}, e, false
	}
	f := taskOf(namespace)
	f.PID, f.ID, f.proof.cgroup = pid, id, id
	if config, by, err := dir.read("config.json"); err == nil && by.equals(e) {
		f.annotateBy(config) // without it there is only an id
	}
	if runtime, by, err := dir.read("runtime"); err == nil && by.equals(e) {
		f.gVisor = strings.Contains(string(runtime), "runsc")
	}
	return f, e, true
}

// loadMachines reads the files of systemd-machined, which have variables as environment
// files do.
// See: machine_save() in systemd's machine.c.
func (c *Catalog) loadMachines(p stateDirs) {
	if !p.system {
		return
	}
	s, ok := c.open(p, "run/systemd/machines", Machine)
	if !ok {
		return
	}
	for _, name := range s.names(".") {
		if strings.Contains(name, ":") { // unit:NAME, a link back
			continue
		}
		if text, e, err := s.read(name); err == nil {
			f := parseMachine(name, string(text))
			if e.equals(evidence{}) {
				e.uid = f.Owner
			}
			c.addRecord(p, f, e)
		}
	}
}

// parseMachine reads the file of a machine. Its owner is root, or since systemd 258 the
// ordinary user who has registered it.
func parseMachine(name, text string) Found {
	f := Found{Runtime: Machine, Name: name}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch value = strings.Trim(value, `"`); key {
		case "LEADER":
			f.PID, _ = strconv.Atoi(value)
		case "UID":
			uid, err := strconv.ParseUint(value, 10, 32)
			if err != nil {
				return Found{Runtime: Machine, Name: name}
			}
			f.Owner = uint32(uid)
		case "SCOPE": // the unit, scope or not
			f.proof.cgroup = unquoteEnv(value)
		}
	}
	if f.PID < 0 || f.proof.cgroup == "" {
		f.PID = 0
	}
	return f
}

// unquoteEnv removes the backslashes of an environment file.
func unquoteEnv(s string) string { return strings.ReplaceAll(s, `\\`, `\`) }

// lxcDirs are the directories in which containers of lxc, lxd and incus are defined. lxd
// and incus have links there, with the project in front of the name, except for the default
// one.
var lxcDirs = [...]string{
	"var/lib/lxc", "var/lib/lxd/containers", "var/snap/lxd/common/lxd/containers", "var/lib/incus/containers",
}

// loadLXC adds the names of containers that are defined. Their monitors lead to the
// processes.
func (c *Catalog) loadLXC(p stateDirs) {
	dirs := lxcDirs[:]
	if !p.system {
		if p.persistent == "" {
			return
		}
		dirs = []string{path.Join(p.persistent, "lxc")}
	}
	for _, dir := range dirs {
		s, ok := c.open(p, dir, LXC)
		if !ok {
			continue
		}
		for _, name := range s.names(".") {
			if s.isDir(name) {
				// The name is the word of the directory's owner.
				c.addRecord(p, Found{Runtime: LXC, Namespace: "/" + dir, Name: name}, s.evidence)
			}
		}
	}
}
