package quote

import "strings"

// Plain escapes control characters and what is not ASCII. A hint quotes names of files and
// mountinfo, which others write and which could control the terminal.
func Plain(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' {
			b.WriteString(`\` + string([]byte{'0' + c>>6, '0' + c>>3&7, '0' + c&7}))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
