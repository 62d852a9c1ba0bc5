package idmap

import "strings"

// Identity returns entries that map every id of the current user namespace to
// itself. procMap is the text of /proc/self/uid_map or gid_map, described in
// user_namespaces(7): lines of "inner outer count", blanks around each number.
// What the ids are further out does not matter, only that they exist here.
// Lines of any other form are skipped.
func Identity(procMap string) []Entry {
	var entries []Entry
	for line := range strings.Lines(procMap) {
		n, ok := parseIDs(strings.Fields(line)...)
		if !ok {
			continue
		}
		entries = append(entries, Entry{Range: Range{Inner: n[0], Outer: n[0], Count: n[2]}})
	}
	return entries
}
