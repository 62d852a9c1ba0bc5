package container

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// nameByMonitors names containers of podman whose storage is at a place of their own: the
// process around each, conmon(8), has the name among its arguments.
func (c *Catalog) nameByMonitors() {
	for _, f := range c.list {
		if f.Name != "" || f.PID <= 0 || f.Runtime != Podman {
			continue
		}
		s, ok := procDir(f.PID).stat()
		if !ok || s.ppid <= 0 {
			continue
		}
		parent := procDir(s.ppid)
		var st unix.Stat_t
		if unix.Stat(parent.path(""), &st) != nil || st.Uid != f.Owner {
			continue // anybody can have such arguments
		}
		if text, err := parent.ReadFile("cmdline", cmdlineMax); err == nil {
			f.setKubeName(monitored(string(text), f.ID))
		}
	}
}

// cmdlineMax is more than the arguments of a conmon have, in bytes.
const cmdlineMax = 1 << 16

// monitored is the name in the arguments of the conmon of a container, "" in others.
func monitored(cmdline, id string) string {
	args := strings.Split(cmdline, "\x00")
	if path.Base(args[0]) != "conmon" {
		return ""
	}
	value := func(option string) string {
		if i := slices.Index(args, option); i >= 0 && i+1 < len(args) {
			return args[i+1]
		}
		return ""
	}
	if value("-c") != id {
		return ""
	}
	return value("-n")
}
