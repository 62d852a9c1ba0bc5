package container

import (
	"slices"
	"strconv"
	"strings"

	"nstools/internal/facts"
)

// inCgroup reads the text of /proc/PID/cgroup: whose the process is, by the names that
// runtimes and systemd give to cgroups; see cgroups(7). The innermost container counts,
// but of those whose names people choose only one that is in no other: what is below its
// own cgroup a container may call as it likes. Else it is the innermost unit that is no
// slice. Only Runtime, ID, Name and Owner are set.
//
// With version 1 there is a line for each hierarchy. They agree, or all but one are the
// root.
func inCgroup(text string) (f Found, ok bool) {
	var unit Found
	for _, c := range facts.ParseCgroups(text) {
		parts := strings.Split(c.Path, "/")
		for i, part := range slices.Backward(parts) {
			if outer, is := containerOf(parts[:i], part); is {
				f, ok = outer, true
				f.Owner = ownerOf(parts)
			}
			if ok && isLongID(f.ID) {
				return f, true
			}
			if unit.Name == "" && isUnit(part) {
				unit = Found{Runtime: Unit, Name: part, Owner: ownerOf(parts)}
			}
		}
		if ok {
			return f, true
		}
	}
	return unit, unit.Name != ""
}

// scopes are what stands before the id in the name of a cgroup.
var scopes = []struct{ before, runtime string }{
	{"docker-", Docker},
	{"libpod-payload-", Podman},
	{"libpod-", Podman},
	{"cri-containerd-", CRI},
	{"crio-", CRI},
	{"nerdctl-", Containerd},
}

// containerOf reads one part of a path, which is below others.
func containerOf(above []string, part string) (Found, bool) {
	name := strings.TrimSuffix(part, ".scope")
	for _, s := range scopes {
		// Not the cgroups of monitors: libpod-conmon-ID.
		if id, ok := strings.CutPrefix(name, s.before); ok && isLongID(id) {
			return Found{Runtime: s.runtime, ID: id}, true
		}
	}
	last := ""
	if len(above) > 0 {
		last = above[len(above)-1]
	}
	if isLongID(part) {
		return Found{Runtime: runtimeAbove(above), ID: part}, true
	}
	if name, ok := strings.CutPrefix(part, "lxc.payload."); ok && name != "" {
		return Found{Runtime: LXC, Name: name}, true
	}
	if last == "lxc" && part != "" {
		return Found{Runtime: LXC, Name: part}, true
	}
	if name, ok := strings.CutPrefix(name, "machine-"); ok && name != "" && name != part && last == "machine.slice" {
		return Found{Runtime: Machine, Name: unescapeUnit(name)}, true
	}
	if name, ok := strings.CutPrefix(part, "systemd-nspawn@"); ok {
		if name, ok := strings.CutSuffix(name, ".service"); ok && name != "" {
			return Found{Runtime: Machine, Name: unescapeUnit(name)}, true
		}
	}
	return Found{}, false
}

// runtimeAbove tells whose an id is that stands alone, by the names above it.
func runtimeAbove(above []string) string {
	for _, part := range slices.Backward(above) {
		switch {
		case part == "docker":
			return Docker
		case part == "libpod_parent" || strings.HasPrefix(part, "machine-libpod"):
			return Podman
		case strings.HasPrefix(part, "kubepods") || strings.HasPrefix(part, "pod"):
			return CRI
		}
	}
	return Containerd // its own cgroups are /NAMESPACE/ID
}

// isUnit tells whether a cgroup is a unit that has processes; see systemd.unit(5).
func isUnit(part string) bool {
	return strings.HasSuffix(part, ".service") || strings.HasSuffix(part, ".scope") || strings.HasSuffix(part, ".socket") || strings.HasSuffix(part, ".mount")
}

// ownerOf is the user in whose slice a cgroup is, where users have their own; else root.
func ownerOf(parts []string) uint32 {
	for _, part := range parts {
		if number, ok := strings.CutPrefix(part, "user-"); ok {
			if uid, err := strconv.ParseUint(strings.TrimSuffix(number, ".slice"), 10, 32); err == nil {
				return uint32(uid)
			}
		}
	}
	return 0
}

// unescapeUnit takes back what systemd-escape(1) does to the name of a machine. What is
// no escape stays.
func unescapeUnit(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if strings.HasPrefix(s[i:], `\x`) && len(s) >= i+4 {
			if c, err := strconv.ParseUint(s[i+2:i+4], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
