package idmap

import "strings"

// Parse reads /proc/PID/uid_map or gid_map, described in user_namespaces(7):
// lines of "inner outer count", blanks around each number. Lines of any other
// form are skipped.
func Parse(procMap string) Map {
	var m Map
	for line := range strings.Lines(procMap) {
		if n, ok := parseIDs(strings.Fields(line)...); ok {
			m = append(m, Range{Inner: n[0], Outer: n[1], Count: n[2]})
		}
	}
	return m
}

// Inner returns the id inside for an outer one; false for an id that is not mapped.
func (m Map) Inner(outer uint32) (uint32, bool) {
	for _, r := range m {
		if outer >= r.Outer && outer-r.Outer < r.Count {
			return r.Inner + (outer - r.Outer), true
		}
	}
	return 0, false
}

// Identity returns entries that map every id of the current user namespace to itself.
// procMap is the text of /proc/self/uid_map or gid_map. Only the ids that exist here count,
// whatever they are further out.
func Identity(procMap string) []Entry {
	var entries []Entry
	for _, r := range Parse(procMap) {
		entries = append(entries, Entry{Range: Range{Inner: r.Inner, Outer: r.Inner, Count: r.Count}})
	}
	return entries
}
