package proc

import "strings"

// A Mount is a line of /proc/PID/mountinfo; see proc_pid_mountinfo(5).
type Mount struct {
	Root    string // of the file system, what is mounted
	Point   string
	Shared  bool
	NoSuid  bool // set-user-ID bits count for nothing
	FSType  string
	Options string // of the file system, with commas between them
}

// ParseMounts reads the text of /proc/PID/mountinfo, and passes over lines that are none.
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

// unescape takes back the octal escapes of mountinfo: blank, tab, newline, backslash.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s // nearly always, and a Replacer is dear
	}
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}
