package container

import (
	"path"
	"slices"
)

// nameByMonitors names podman's containers whose storage is at an unknown path: the parent
// of each, conmon(8), has the name among its arguments.
func (c *Catalog) nameByMonitors() {
	for _, f := range c.list {
		if f.Name != "" || f.PID <= 0 || f.Runtime != Podman {
			continue
		}
		s, ok := c.process(f.PID).stat()
		if !ok || s.PPID <= 0 {
			continue
		}
		parent := c.process(s.PPID)
		if uid, ok := uidOf(parent); !ok || uid != f.Owner {
			continue // anybody can have such arguments
		}
		if id, name := parseConmon(parent.args()); id == f.ID {
			f.setKubeName(name)
		}
	}
}

// cmdlineMax is more than the arguments of a monitor have, in bytes.
const cmdlineMax = 1 << 16

// parseConmon returns the id and the name in the arguments of a container's conmon, "" for
// any other program.
func parseConmon(args []string) (id, name string) {
	if len(args) == 0 || path.Base(args[0]) != "conmon" {
		return "", ""
	}
	value := func(option string) string {
		if i := slices.Index(args, option); i >= 0 && i+1 < len(args) {
			return args[i+1]
		}
		return ""
	}
	return value("-c"), value("-n")
}
