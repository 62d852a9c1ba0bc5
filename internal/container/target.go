package container

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"nstools/internal/netns"
	"nstools/internal/quote"
)

// Target is the word by which [Find] finds it, "" where its name or id has characters
// that are special to a shell.
func (f *Found) Target() string {
	word := f.targetFor(cmp.Or(f.Name, f.ID))
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/_@+-"
	if strings.Trim(word, plain) != "" {
		return ""
	}
	return word
}

// Targets are the words for all that runs and has a name, and for the network namespaces
// that have one; and what of all that was not read to its end.
func Targets() (words, cut []string) {
	c := Load()
	defer c.Close()
	for _, f := range c.All() {
		words = append(words, f.Target())
	}
	names, _ := netns.Names() // none, where the directory cannot be read
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

// OfProcess is what a process belongs to, by its cgroup, or else by the mount namespace
// that it shares with the first process of a container. Of one that belongs to nothing
// only the PID is known.
func OfProcess(pid int, p Process) (Found, error) {
	cgroup, err := p.ReadFile("cgroup", cgroupMax)
	if err != nil {
		return Found{}, err
	}
	c := Load()
	defer c.Close()
	f, ok := c.Of(string(cgroup))
	if !ok || f.Runtime == Unit {
		if around, ok := c.withSameMounts(pid, p); ok {
			f = around
		}
	}
	f.PID = pid
	return f, nil
}

// withSameMounts is the container whose first process it is, or has the same mounts.
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

// Hint is where was looked.
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

// Hint is how to come to a process, "" where there is no general way.
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

// ExecCommand is how the runtime's own client runs a command in the container.
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

// Alternatives are targets that mean one of those that go by a name, as "A, B or C": more of the
// id where two have the same name, and the number where nothing else tells them apart.
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

// Hint is what may be meant.
func (e *HostError) Hint() string {
	if len(e.Names) == 0 {
		return ""
	}
	return "the container goes by " + strings.Join(e.Names, " or ")
}
