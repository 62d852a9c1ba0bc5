package container

import (
	"slices"
	"strconv"
	"strings"
)

// A claim is what the path of a cgroup says of itself, by the names that runtimes and
// systemd give to cgroups.
// See: cgroups(7).
//
// It proves nothing alone, since whoever makes a cgroup chooses its name. It is evidence of
// the owner of the directories down to its depth: see [evidence] and [tree.owner].
type claim struct {
	Found     // only Runtime, ID and Name are set, and podman's id of the pod
	depth int // parts of the path, through the one that has the name
}

// claimOf reads a path from the root of its hierarchy. The outermost container counts,
// since a container may choose any name below its own cgroup. Without a container it is the
// innermost unit other than a slice.
func claimOf(parts []string) (claim, bool) {
	var unit claim
	for i, part := range parts {
		if f, ok := containerOf(parts[:i], part); ok {
			return claim{f, i + 1}, true
		}
		if isUnit(part) {
			unit = claim{Found{Runtime: Unit, Name: part}, i + 1}
		}
	}
	return unit, unit.depth > 0
}

// splitPath splits the path of a cgroup.
func splitPath(path string) []string {
	list := make([]string, 0, strings.Count(path, "/")+1)
	for part := range strings.SplitSeq(path, "/") {
		if part != "" {
			list = append(list, part)
		}
	}
	return list
}

// scopes are the prefixes of the id in the name of a cgroup.
var scopes = []struct{ before, runtime string }{
	{"docker-", Docker},
	{"libpod-payload-", Podman},
	{"libpod-", Podman},
	{"cri-containerd-", CRI},
	{"crio-", CRI},
	{"nerdctl-", Containerd},
}

// containerOf reads one part of a path, given the parts above it.
func containerOf(above []string, part string) (Found, bool) {
	name, isScope := strings.CutSuffix(part, ".scope")
	for _, s := range scopes {
		// Monitors have a word between: libpod-conmon-ID, crio-conmon-ID.
		if id, ok := strings.CutPrefix(name, s.before); ok && isLongID(id) {
			return Found{Runtime: s.runtime, ID: id}, true
		}
	}
	last := ""
	if len(above) > 0 {
		last = above[len(above)-1]
	}
	if isLongID(part) {
		if last == "libpod_parent" { // a pod, in which podman puts containers and monitors
			return Found{}, false
		}
		return Found{Runtime: runtimeAbove(above), ID: part}, true
	}
	if name, ok := strings.CutPrefix(part, "lxc.payload."); ok && name != "" {
		return Found{Runtime: LXC, Name: name}, true
	}
	if last == "lxc" && part != "" {
		return Found{Runtime: LXC, Name: part}, true
	}
	// machine-libpod_pod_ID.slice beside them is a slice for a pod of podman.
	if name, ok := strings.CutPrefix(name, "machine-"); ok && isScope && name != "" && last == "machine.slice" {
		return Found{Runtime: Machine, Name: unescapeUnit(name)}, true
	}
	if name, ok := strings.CutPrefix(part, "systemd-nspawn@"); ok {
		if name, ok := strings.CutSuffix(name, ".service"); ok && name != "" {
			return Found{Runtime: Machine, Name: unescapeUnit(name)}, true
		}
	}
	return Found{}, false
}

// podmanPodAbove returns the id of podman's pod above a container's cgroup.
func podmanPodAbove(above []string) string {
	for i, part := range above {
		if isLongID(part) && i > 0 && above[i-1] == "libpod_parent" {
			return part
		}
		if id, ok := strings.CutPrefix(strings.TrimSuffix(part, ".slice"), "machine-libpod_pod_"); ok && isLongID(id) {
			return id
		}
	}
	return ""
}

// runtimeAbove returns the runtime of an id without a prefix, by the names above it.
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

// isUnit reports whether a cgroup is a unit that has processes.
// See: systemd.unit(5).
func isUnit(part string) bool {
	for _, end := range [...]string{".service", ".scope", ".socket", ".mount", ".swap"} {
		if strings.HasSuffix(part, end) {
			return true
		}
	}
	return false
}

// isLXCMonitor reports whether a cgroup belongs to the monitor of a container of lxc. Its
// name ends in a number if an old one was left over.
// See: lxc.cgroup.dir in lxc.container.conf(5).
func isLXCMonitor(part string) bool { return strings.HasPrefix(part, "lxc.monitor.") }

// unescapeUnit decodes the name of a machine, as systemd-escape(1) encodes it. Anything
// else stays.
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
