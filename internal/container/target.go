package container

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"nstools/internal/netns"
	"nstools/internal/quote"
)

// Target returns the word by which [Find] finds it, "" if its name or id has characters
// that are special to a shell.
func (f *Found) Target() string {
	word := f.targetFor(cmp.Or(f.Name, f.ID))
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/_@+-"
	if strings.Trim(word, plain) != "" {
		return ""
	}
	return word
}

// Targets returns the targets of all that runs and has a name, and of the network
// namespaces that have one. cut is what was read only in part.
func Targets() (words, cut []string) {
	c := Load()
	defer c.Close()
	for _, f := range c.All() {
		words = append(words, f.Target())
	}
	names, _ := netns.Names() // empty if the directory cannot be read
	slices.Sort(names)
	for _, name := range names {
		if len(c.networkNamespace(name)) > 0 {
			words = append(words, (&Found{Runtime: Netns, Name: name}).Target())
		}
	}
	told := map[string]bool{"": true}
	words = slices.DeleteFunc(words, func(w string) bool {
		again := told[w]
		told[w] = true
		return again
	})
	return words, c.Truncated()
}

// OfProcess returns the container or unit of a process, by its cgroup, or else by the mount
// namespace that it shares with the first process of a container. Without either only the
// PID is set.
func OfProcess(pid int, p Process) (Found, error) {
	cgroup, err := p.ReadFile("cgroup", cgroupMax)
	if err != nil {
		return Found{}, err
	}
	c := Load()
	defer c.Close()
	f, ok := c.OwnerByCgroup(string(cgroup))
	if !ok || f.Runtime == Unit {
		if around, ok := c.withSameMounts(pid, p); ok {
			f = around
		}
	}
	f.PID = pid
	return f, nil
}

// withSameMounts returns the container of which it is the first process, or whose mounts it
// has.
func (c *Catalog) withSameMounts(pid int, p Process) (Found, bool) {
	mounts, err := p.Stat("ns/mnt")
	for _, f := range c.list {
		if f.PID <= 0 || f.Runtime == Unit || f.PID != pid && err != nil || !f.running(c) {
			continue
		}
		st, err := c.process(f.PID).Stat("ns/mnt")
		if f.PID == pid || err == nil && st.Dev == mounts.Dev && st.Ino == mounts.Ino {
			return *f, true
		}
	}
	return Found{}, false
}

// Hint returns where it was looked.
func (e *NotFoundError) Hint() string {
	hint := ""
	switch {
	case len(e.InPod) > 0:
		return "this is a pod without a container that keeps its namespaces: give one of its containers, " + strings.Join(e.InPod, " or ")
	case len(e.NeedUser) > 0:
		return "anybody can give that name to what is his; if it is meant, give " + strings.Join(e.NeedUser, " or ")
	case e.Near != "":
		hint = "nothing has that name or id; did you mean " + e.Near + "?"
	case len(e.Searched) > 0:
		hint = "nothing has that name or id; looked in " + strings.Join(e.Searched, ", ")
	}
	if len(e.Truncated) > 0 {
		hint += " (not read to the end: " + strings.Join(e.Truncated, ", ") + ")"
	}
	return hint
}

// Hint returns the command that starts it, "" without a general one.
func (e *StoppedError) Hint() string {
	f := e.Found
	if f.needsUser {
		return "it is uid " + formatUID(f.Owner) + "'s, who can start it"
	}
	switch f.Runtime {
	case Runc, Crun:
		if f.created {
			return "the container has been created, but not started: " + f.Runtime + " start " + f.ID
		}
	case Containerd:
		if f.nerdctl {
			in := ""
			if f.Namespace != "default" {
				in = "--namespace " + f.Namespace + " "
			}
			return "the container is stopped: nerdctl " + in + "start " + f.Name
		}
	case Docker, Podman:
		return "the container is stopped: " + f.Runtime + " start " + cmp.Or(f.Name, f.ID)
	case CRI:
		if f.Sandbox {
			return "the pod " + f.Pod + " is kept without a process: name one of its containers, pod:" + f.Pod + "/CONTAINER"
		}
		if f.exited != "" {
			return "the container has exited" + f.exited + ": crictl logs " + f.ID[:min(len(f.ID), 13)]
		}
	case Unit:
		if f.exited != "" {
			return f.exited
		}
		return "the unit is inactive: systemctl start " + f.Name
	}
	return ""
}

// ExecCommand returns the command by which the runtime's own client runs a shell in the
// container.
func (f *Found) ExecCommand() string {
	name := quote.Plain(cmp.Or(f.Name, f.ID))
	switch {
	case f.Runtime == Docker || f.Runtime == Podman:
		return f.Runtime + " exec -it " + name + " sh"
	case f.isKnownTo(CRI):
		return "crictl exec -it " + quote.Plain(f.ID[:min(len(f.ID), 13)]) + " sh"
	case f.Runtime == Containerd:
		return "ctr --namespace " + quote.Plain(f.Namespace) + " task exec --tty --exec-id sh " + quote.Plain(f.ID) + " sh"
	}
	return "runsc exec " + name + " sh"
}

// Alternatives returns targets that mean one of the candidates, as "A, B or C". Of two with
// the same name it gives more of the id, and the number where nothing else differs.
func (e *AmbiguousError) Alternatives() string {
	words := make([]string, len(e.Found))
	for i, f := range e.Found {
		words[i] = f.Target()
	}
	first := slices.Clone(words)
	for i, f := range e.Found {
		same := func(w string) bool { return w == first[i] }
		if first[i] != "" && slices.IndexFunc(first, same) == i && !slices.ContainsFunc(first[i+1:], same) {
			continue
		}
		switch f.fullName = true; {
		case f.targetFor(f.Name) != first[i] && f.Name != "":
			words[i] = f.targetFor(f.Name)
		case f.Pod != "" && f.ID != "":
			words[i] = CRI + ":" + f.ID
		case isLongID(f.ID):
			words[i] = f.targetFor(f.ID)
		}
		if slices.Contains(words[:i], words[i]) || words[i] == first[i] {
			words[i] = strconv.Itoa(f.PID)
		}
	}
	const most = 20
	if len(words) > most {
		return strings.Join(words[:most], ", ") + " or another of them"
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// Hint returns the targets that may be meant.
func (e *HostError) Hint() string {
	if len(e.Names) == 0 {
		return ""
	}
	return "the container goes by " + strings.Join(e.Names, " or ")
}
