package container

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"nstools/internal/kernel"
	"nstools/internal/proc"
	"nstools/internal/quote"
)

// A client is a runtime's own program. It knows what files lack: names that the caller
// may not read, aliases, storage at another path.
type client struct {
	kinds   []string
	program string
	// isUsed reports whether the host uses the runtime. Without it a client would only
	// start to make directories, or to wait.
	isUsed func() bool
	find   func(c *client, kind, name string) []Found
}

// Limits for a client.
const (
	clientTime = 5 * time.Second
	answerMax  = 4 << 20 // bytes
)

func clients() []client {
	return []client{
		{[]string{Docker}, "docker", anyOf("/run/docker.sock", inRuntime("docker.sock")), (*client).inspect},
		{[]string{Podman}, "podman", anyOf("/var/lib/containers/storage/libpod", inHome(".local/share/containers/storage/libpod"), "/var/lib/containers/storage/db.sql", inHome(".local/share/containers/storage/db.sql")), (*client).inspect},
		{[]string{CRI, Pod}, "crictl", anyOf("/run/containerd/containerd.sock", "/run/crio/crio.sock"), (*client).crictl},
		{[]string{LXC}, "lxc-info", anyOf("/var/lib/lxc", inHome(".local/share/lxc")), (*client).lxc},
		{[]string{Machine}, "machinectl", anyOf("/run/systemd/system"), (*client).machine},
		{[]string{Unit}, "systemctl", anyOf("/run/systemd/system"), (*client).unit},
	}
}

func inRuntime(name string) string { return inDirOf("XDG_RUNTIME_DIR", name) }
func inHome(name string) string    { return inDirOf("HOME", name) }

func inDirOf(variable, name string) string {
	if dir := os.Getenv(variable); dir != "" {
		return path.Join(dir, name)
	}
	return ""
}

func anyOf(paths ...string) func() bool {
	return func() bool {
		for _, p := range paths {
			if _, err := os.Stat(p); p != "" && err == nil {
				return true
			}
		}
		return false
	}
}

// askClients asks the clients of a kind what a name is, all of them for "". If files have
// only a container that does not run, it asks the clients of its runtimes. It returns the
// programs that it asked.
func askClients(kind, name string, stopped []Found) (found []Found, asked []string) {
	if strings.HasPrefix(name, "-") || strings.ContainsRune(name, 0) {
		return nil, nil // some take it for an option
	}
	if kind == "" && name[0] >= '0' && name[0] <= '9' && !isHex(name) {
		return nil, nil // a malformed number; starting programs is of no use
	}
	for _, c := range clients() {
		for _, k := range c.kinds {
			if kind != k && (kind != "" || k == Pod) || !mayKnow(stopped, k) || !c.isUsed() {
				continue
			}
			if _, err := exec.LookPath(c.program); err != nil {
				continue
			}
			asked = append(asked, c.program)
			var answer []Found
			if c.program == "crictl" && len(stopped) > 0 {
				answer = c.inspectAll(stopped) // by their ids: some who start pods leave out the labels
			} else {
				answer = c.find(&c, k, name)
			}
			for _, f := range answer {
				f.Owner, f.hasRecord = uint32(os.Geteuid()), true // it answers the caller
				if f = f.withCurrentStart(); f.PID != 0 || len(stopped) == 0 || f.exited != "" {
					found = append(found, f)
				}
			}
		}
	}
	return found, asked
}

// mayKnow reports whether a client of a kind may know one of the records that were found.
// Without any, each may.
func mayKnow(stopped []Found, kind string) bool {
	for i := range stopped {
		if stopped[i].matchesKind(kind) {
			return true
		}
	}
	return len(stopped) == 0
}

// withCurrentStart takes the start time of the process from /proc: the client has just
// answered.
func (f Found) withCurrentStart() Found {
	s, ok := procDir{procPath, f.PID}.stat()
	p := procDir{procPath, f.PID}
	within := f.proof.cgroup
	if within == "" {
		f.proof.start = s.Start
	}
	if f.PID <= 0 || !ok || f.Check(p) != nil {
		f.PID = 0
		return f
	}
	f.proof.start = s.Start
	return f
}

// run returns what a client prints on standard output, "" if it fails.
func (c *client) run(args ...string) string {
	kernel.RejoinProcess()
	ctx, cancel := context.WithTimeout(context.Background(), clientTime)
	defer cancel()
	out := &bounded{left: answerMax}
	cmd := exec.CommandContext(ctx, c.program, args...)
	cmd.Env, cmd.Stdout, cmd.WaitDelay = kernel.Environ(), out, time.Second
	if kernel.Start(cmd) != nil || cmd.Wait() != nil {
		return ""
	}
	return out.String()
}

// bounded keeps the beginning of what is written to it.
type bounded struct {
	bytes.Buffer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), b.left)])
	b.left -= min(len(p), b.left)
	return len(p), nil
}

// inspect asks docker or podman. docker may speak to another machine, so the process has to
// be in a cgroup with the id.
func (c *client) inspect(kind, name string) []Found {
	args := []string{"inspect", "--type", "container", "--format", "{{.State.Pid}} {{.Id}} {{.Name}}", name}
	if kind == Podman {
		args = append([]string{"--remote=false"}, args...)
	}
	w := strings.Fields(c.run(args...))
	if len(w) != 3 {
		return nil
	}
	f := Found{Runtime: kind, ID: w[1], Name: strings.TrimPrefix(w[2], "/")}
	f.PID, _ = strconv.Atoi(w[0])
	if kind == Docker {
		f.proof.cgroup = f.ID
	}
	return []Found{f}
}

// crictl asks for containers by id, by name, or by kubelet's labels. If none runs, it
// returns the last that has ended, since users then want to know why. A pod may have no
// process of its own.
func (c *client) crictl(kind, name string) (found []Found) {
	list := []string{"ps", "--all", "--quiet", "--name", "^" + quotePattern(name) + "$"}
	if kind == Pod {
		list = podLabels(name)
	} else if isHex(name) {
		if f, ok := c.inspectCRI(name); ok {
			return []Found{f}
		}
		if f, ok := parsePod([]byte(c.run("inspectp", "--output", "json", name))); ok {
			return []Found{f}
		}
	}
	for i, id := range strings.Fields(c.run(list...)) {
		if i == answersMax {
			break
		}
		if f, ok := c.inspectCRI(id); ok {
			found = append(found, f)
		}
	}
	if running := slices.DeleteFunc(slices.Clone(found), func(f Found) bool { return f.PID == 0 }); len(running) > 0 {
		return running
	}
	return found[:min(len(found), 1)]
}

// quotePattern quotes a name for a regular expression. crictl's names have letters, digits
// and dashes; a user may type a dot as well.
func quotePattern(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if strings.IndexByte(`\.+*?()|[]{}^$`, c) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// answersMax is how many containers of one name are asked for.
const answersMax = 20

func podLabels(name string) []string {
	args := []string{"ps", "--all", "--quiet"}
	keys := []string{"io.kubernetes.pod.namespace", "io.kubernetes.pod.name", "io.kubernetes.container.name"}
	for i, value := range strings.SplitN(name, "/", len(keys)) {
		args = append(args, "--label", keys[i]+"="+value)
	}
	return args
}

// inspectAll asks for the containers that a file has shown.
func (c *client) inspectAll(records []Found) (found []Found) {
	for _, k := range records[:min(len(records), answersMax)] {
		if f, ok := c.inspectCRI(k.ID); ok {
			f.Name, f.Pod = cmp.Or(f.Name, k.Name), cmp.Or(f.Pod, k.Pod)
			found = append(found, f)
		}
	}
	return found
}

func (c *client) inspectCRI(id string) (Found, bool) {
	return parseCrictl([]byte(c.run("inspect", "--output", "json", id)))
}

// parseCrictl reads what crictl inspect prints.
func parseCrictl(text []byte) (Found, bool) {
	var answer struct {
		Status struct {
			ID       string                `json:"id"`
			Metadata struct{ Name string } `json:"metadata"`
			Labels   map[string]string     `json:"labels"`
			State    string                `json:"state"`
			Finished string                `json:"finishedAt"`
			Code     int                   `json:"exitCode"`
			Reason   string                `json:"reason"`
		} `json:"status"`
		Info struct {
			PID int `json:"pid"`
		} `json:"info"`
	}
	if json.Unmarshal(text, &answer) != nil || answer.Status.ID == "" {
		return Found{}, false
	}
	s := answer.Status
	f := Found{PID: answer.Info.PID, Runtime: CRI, ID: s.ID, Name: s.Metadata.Name, proof: proof{cgroup: s.ID}}
	f.setPod(s.Labels["io.kubernetes.pod.namespace"], s.Labels["io.kubernetes.pod.name"])
	if s.State == "CONTAINER_EXITED" {
		f.PID = 0
		f.exited = " with status " + strconv.Itoa(s.Code)
		if s.Reason != "" {
			f.exited += " (" + quote.Plain(s.Reason) + ")"
		}
		if at, err := time.Parse(time.RFC3339Nano, s.Finished); err == nil {
			f.exited = " at " + at.UTC().Format(time.DateTime) + " UTC" + f.exited
		}
	}
	return f, true
}

// parsePod reads what crictl inspectp prints of a pod without a process of its own.
func parsePod(text []byte) (Found, bool) {
	var answer struct {
		Status struct {
			ID       string                           `json:"id"`
			Metadata struct{ Name, Namespace string } `json:"metadata"`
		} `json:"status"`
		Info struct {
			PID int `json:"pid"`
		} `json:"info"`
	}
	if json.Unmarshal(text, &answer) != nil || answer.Status.ID == "" {
		return Found{}, false
	}
	s := answer.Status
	f := Found{PID: answer.Info.PID, Runtime: CRI, ID: s.ID, Sandbox: true, proof: proof{cgroup: s.ID}}
	f.setPod(s.Metadata.Namespace, s.Metadata.Name)
	return f, true
}

// lxc asks at an abstract socket, which has no owner: while the container does not run, any
// user can bind the name and answer. So the process has to be a child of the monitor.
func (c *client) lxc(_, name string) []Found {
	answer := strings.TrimSpace(c.run("--name", name, "--pid", "--no-humanize"))
	pid, err := strconv.Atoi(answer)
	if err != nil || pid <= 0 || !(procDir{procPath, pid}).isOfLXC(name, uint32(os.Geteuid())) {
		return nil
	}
	return []Found{{PID: pid, Runtime: LXC, Name: name}}
}

func (c *client) machine(_, name string) []Found {
	return parseMachinectl(name, c.run("show", "--property=Leader", "--property=UID", name))
}

// parseMachinectl reads what machinectl show prints. Since systemd 258 it lists machines of
// ordinary users, too, with the user in UID.
func parseMachinectl(name, text string) []Found {
	text = strings.ReplaceAll(text, "=", ":") // in the form of proc.Field
	pid, err := strconv.Atoi(proc.Field(text, "Leader"))
	if uid := proc.Field(text, "UID"); err != nil || uid != "" && uid != "0" && uid != strconv.Itoa(os.Geteuid()) {
		return nil
	}
	return []Found{{PID: pid, Runtime: Machine, Name: name}}
}

// unit asks systemd, which knows aliases of units, and those that do not run.
func (c *client) unit(_, name string) []Found {
	return parseSystemctl(c.run("show", "--property=Id,LoadState,ActiveState,SubState,MainPID", "--", name))
}

// parseSystemctl reads what systemctl show prints.
func parseSystemctl(text string) []Found {
	text = strings.ReplaceAll(text, "=", ":") // in the form of proc.Field
	f := Found{Runtime: Unit, Name: proc.Field(text, "Id")}
	f.PID, _ = strconv.Atoi(proc.Field(text, "MainPID"))
	if proc.Field(text, "LoadState") != "loaded" || f.Name == "" {
		return nil
	}
	if f.PID == 0 && proc.Field(text, "ActiveState") == "active" {
		f.exited = "the unit is active (" + quote.Plain(proc.Field(text, "SubState")) + "), and has no process of its own"
	}
	return []Found{f}
}
