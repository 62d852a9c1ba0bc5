package facts

import "errors"

// GroupByName returns the id of the first group called name in the text of
// /etc/group, see group(5). Lines without a decimal gid are skipped.
func GroupByName(group []byte, name string) (gid uint32, ok bool) {
	for line := range records(group) {
		field, rest := cut(line)
		if string(field) != name {
			continue
		}
		_, rest = cut(rest)
		field, _ = cut(rest)
		if gid, ok := parseNumber(field); ok {
			return gid, true
		}
	}
	return 0, false
}

// ParseGroupID returns the group id that s is, as a decimal number, or else the id of the
// group it names in the text of /etc/group. A number needs no group, and wins over a group
// of that name.
// Errors: "failed to parse gid 'S'" for an unknown name, and for 4294967295.
func ParseGroupID(group []byte, s string) (uint32, error) {
	gid, ok := parseID(s, func(name string) (uint32, bool) {
		return GroupByName(group, name)
	})
	if !ok {
		return 0, errors.New("failed to parse gid '" + s + "'")
	}
	return gid, nil
}
