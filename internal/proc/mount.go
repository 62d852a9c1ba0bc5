package proc

import "strings"

// A Mount is a line of /proc/PID/mountinfo.
// See: proc_pid_mountinfo(5).
type Mount struct {
	Root    string // the part of the file system that is mounted
	Point   string
	Shared  bool
	NoSuid  bool // set-user-ID bits have no effect
	FSType  string
	Options string // of the file system, with commas between them
}

// ParseMounts reads the text of /proc/PID/mountinfo, and skips malformed lines.
func ParseMounts(text string) []Mount {
	var list []Mount
	for line := range strings.Lines(text) {
		left, right, ok := strings.Cut(line, " - ")
		w := strings.Fields(left)
		if !ok || len(w) < 6 {
			continue
		}
		fs := strings.Fields(right + " ? ? ?") // type, source, options
		m := Mount{Root: unescape(w[3]), Point: unescape(w[4]), FSType: fs[0], Options: fs[2]}
		m.NoSuid = len(w[5]) > 2 && strings.HasPrefix(w[5][2:], ",nosuid") // next to rw or ro
		for _, tag := range w[6:] {
			m.Shared = m.Shared || strings.HasPrefix(tag, "shared:")
		}
		list = append(list, m)
	}
	return list
}

// unescape decodes the octal escapes of mountinfo: blank, tab, newline, backslash.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s // the usual case; a Replacer is slow
	}
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}
