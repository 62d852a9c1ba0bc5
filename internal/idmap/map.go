package idmap

import "strconv"

// idDigits is the length of the longest id, 4294967295.
const idDigits = 10

// Map is a complete user or group id map. See Hole, which makes them.
type Map []Range

// Lines returns the text to be written, at once, to /proc/PID/uid_map or
// gid_map: a line "inner outer count" for each range. The kernel takes less
// than a page of it and 340 lines, see user_namespaces(7).
func (m Map) Lines() string {
	b := make([]byte, 0, len(m)*3*(idDigits+1))
	for _, r := range m {
		b = strconv.AppendUint(b, uint64(r.Inner), 10)
		b = append(b, ' ')
		b = strconv.AppendUint(b, uint64(r.Outer), 10)
		b = append(b, ' ')
		b = strconv.AppendUint(b, uint64(r.Count), 10)
		b = append(b, '\n')
	}
	return string(b)
}

// Args returns the arguments of newuidmap(1) and newgidmap(1) that follow the
// process id: inner, outer and count of each range.
func (m Map) Args() []string {
	args := make([]string, 0, 3*len(m))
	for _, r := range m {
		args = append(args,
			strconv.FormatUint(uint64(r.Inner), 10),
			strconv.FormatUint(uint64(r.Outer), 10),
			strconv.FormatUint(uint64(r.Count), 10))
	}
	return args
}
