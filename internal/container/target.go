package container

import (
	"cmp"
	"slices"
	"strings"

	"nstools/internal/netns"
)

// Target is the word by which [Find] finds it, "" where its name or id has characters
// that are special to a shell.
func (f *Found) Target() string {
	word := f.Runtime + ":" + f.Name
	switch {
	case f.Pod != "" && f.Sandbox:
		word = f.Runtime + ":" + f.ID
	case f.Pod != "":
		word = Pod + ":" + f.Pod + "/" + f.Name
	case f.Name == "":
		word = f.Runtime + ":" + f.ID
	}
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/_@+-"
	if strings.Trim(word, plain) != "" {
		return ""
	}
	return word
}

// Targets are the words for all that runs and has a name, and for the network namespaces
// that have one.
func Targets() []string {
	var words []string
	for _, f := range Load().All() {
		words = append(words, f.Target())
	}
	names, _ := netns.Names() // none, where the directory cannot be read
	slices.Sort(names)
	for _, name := range names {
		words = append(words, (&Found{Runtime: Netns, Name: name}).Target())
	}
	told := map[string]bool{"": true} // two users may have the same names
	return slices.DeleteFunc(words, func(w string) bool {
		again := told[w]
		told[w] = true
		return again
	})
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
	f, ok := c.Of(string(cgroup))
	if !ok || f.Runtime == Unit {
		if around, ok := c.around(pid, p); ok {
			f = around
		}
	}
	f.PID = pid
	return f, nil
}

// around is the container whose first process it is, or has the same mounts.
func (c *Catalog) around(pid int, p Process) (Found, bool) {
	mounts, err := p.Stat("ns/mnt")
	for _, f := range c.list {
		if f.PID <= 0 || f.PID != pid && err != nil || !f.running() {
			continue
		}
		st, err := procDir(f.PID).Stat("ns/mnt")
		if f.PID == pid || err == nil && st.Dev == mounts.Dev && st.Ino == mounts.Ino {
			return *f, true
		}
	}
	return Found{}, false
}

// Hint is where was looked.
func (e *NotFoundError) Hint() string {
	if len(e.Others) > 0 {
		return "anybody can give that name to what is his; if it is meant, give " + strings.Join(e.Others, " or ")
	}
	if len(e.Looked) == 0 {
		return ""
	}
	return "nothing has that name or id; looked in " + strings.Join(e.Looked, ", ")
}

// Hint is how to come to a process, "" where there is no general way.
func (e *StoppedError) Hint() string {
	switch f := e.Found; f.Runtime {
	case Runc, Crun:
		if f.created {
			return "the container has been created, but not started: " + f.Runtime + " start " + f.ID
		}
	case Docker, Podman:
		return "the container is stopped: " + f.Runtime + " start " + cmp.Or(f.Name, f.ID)
	case Unit:
		return "the unit is inactive: systemctl start " + f.Name
	case Netns:
		return "it can be entered all the same: --net=" + netns.Path(f.Name)
	}
	return ""
}
