package proc

import "strings"

// Field is the value of a line "NAME:	VALUE", the form of /proc/PID/status and of
// /proc/PID/fdinfo, without the blanks around it; "" where there is none.
func Field(text, name string) string {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
