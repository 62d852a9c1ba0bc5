package facts

import "strings"

// A Mount is a line of /proc/PID/mountinfo; see proc_pid_mountinfo(5).
type Mount struct {
	Point  string
	Shared bool
	FSType string
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
		m := Mount{Point: unescape(w[4]), FSType: strings.Fields(right + " ?")[0]}
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
