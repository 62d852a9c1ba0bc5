package proc

import "strings"

// Field returns the value of a line "NAME: VALUE", without the blanks around it; "" if the
// line is missing. /proc/PID/status and /proc/PID/fdinfo have that form.
func Field(text, name string) string {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
