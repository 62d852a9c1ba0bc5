package nsenter

import (
	"strings"
	"testing"

	"nstools/internal/target"
)

// TestLimit checks which capabilities of a target the command gets, and what is reported as
// lost.
func TestLimit(t *testing.T) {
	const chown, kill, raw, all = 1 << 0, 1 << 5, 1 << 13, 1<<41 - 1
	root := target.Credentials{Permitted: all, Bounding: all}
	user := target.Ids{UID: 7}
	for _, test := range []struct {
		name             string
		targets, callers target.Credentials
		permitted, amb   uint64
		lost             string
	}{
		{"as root", target.Credentials{Permitted: chown | kill, Effective: kill, Bounding: chown | kill}, root, chown | kill, 0, ""},
		{"more than we have", target.Credentials{Permitted: chown | kill}, target.Credentials{Permitted: kill, Bounding: all}, kill, 0, "cap_chown, which you have not"},
		{"ambient", target.Credentials{Ids: user, Permitted: raw, Effective: raw, Inheritable: raw, Bounding: raw, Ambient: raw}, root, raw, raw, ""},
		{"inheritable, but not bounding", target.Credentials{Inheritable: chown, Permitted: kill, Bounding: kill}, root, kill, 0, ""},
		{"inheritable to a user, but not bounding", target.Credentials{Ids: user, Inheritable: chown, Bounding: kill}, root, 0, 0, "inheritable cap_chown"},
		{"gone by exec", target.Credentials{Ids: user, Permitted: raw, Effective: raw}, root, raw, 0, "cap_net_raw, which no program keeps that a uid other than 0 starts"},
		{"a filter", target.Credentials{Seccomp: true}, root, 0, 0, "its seccomp filter"},
	} {
		a := &targetAttributes{Credentials: test.targets}
		a.limit(test.callers)
		if lost := strings.Join(a.lost, "; "); a.Permitted != test.permitted || a.Ambient != test.amb || lost != test.lost {
			t.Errorf("%s: permitted %#x, ambient %#x, lost %q", test.name, a.Permitted, a.Ambient, lost)
		}
		if a.UID == 0 && a.Bounding&^a.Permitted != 0 {
			t.Errorf("%s: bounding %#x, permitted %#x", test.name, a.Bounding, a.Permitted)
		}
		if a.bounding != (test.callers.Bounding&^a.Bounding != 0) {
			t.Errorf("%s: bounding %v", test.name, a.bounding)
		}
	}
}
