package idmap

import (
	"errors"
	"strings"
)

// noID is the 32-bit value that no id has: (uid_t)-1.
const noID = 1<<32 - 1

// Range maps Count consecutive ids: those from Inner on, inside the
// namespace, to those from Outer on, in the parent namespace.
type Range struct{ Inner, Outer, Count uint32 }

// Pair maps the one id Inner inside the namespace to Outer in the parent.
type Pair struct{ Inner, Outer uint32 }

// Entry is a range as the user asked for it.
type Entry struct {
	Range

	// Auto marks a block of subordinate ids, see subuid(5), of which only
	// the outer ids matter: inner ids count up from 0, whatever Inner says,
	// and pass over the single mapped id instead of losing one to it.
	Auto bool
}

// ParseRange parses the argument of --map-users and --map-groups: either
// "inner:outer:count" or the older "outer,inner,count", each as [ParseNumber] reads it. A
// count of 0 and ranges past the last id are left to the kernel, which refuses them with
// EINVAL.
// Errors: "invalid mapping 'S'" for any other form.
func ParseRange(s string) (Range, error) {
	if n, ok := parseTriple(s, ":"); ok {
		return Range{Inner: n[0], Outer: n[1], Count: n[2]}, nil
	}
	if n, ok := parseTriple(s, ","); ok {
		return Range{Inner: n[1], Outer: n[0], Count: n[2]}, nil
	}
	return Range{}, errors.New("invalid mapping '" + s + "'")
}

// parseTriple parses exactly three ids separated by sep.
func parseTriple(s, sep string) (n [3]uint32, ok bool) {
	first, rest, _ := strings.Cut(s, sep)
	second, third, _ := strings.Cut(rest, sep)
	return parseIDs(first, second, third)
}

// parseIDs parses three decimal ids, all of which have to be right.
func parseIDs(fields ...string) (n [3]uint32, ok bool) {
	if len(fields) != len(n) {
		return n, false
	}
	for i, field := range fields {
		id, err := ParseNumber(field)
		if err != nil {
			return n, false
		}
		n[i] = id
	}
	return n, true
}

// exists reports whether r has ids and all of them are valid. The kernel takes
// no other range.
func (r Range) exists() bool {
	count := uint64(r.Count)
	return count > 0 && uint64(r.Inner)+count <= noID && uint64(r.Outer)+count <= noID
}
