package jsontext

// Quote returns a string of JSON with what the writer of ip(8) escapes, and control characters.
// Every other byte is written as it is, UTF-8 or not.
func Quote(s string) string {
	const digits = "0123456789abcdef"
	b := append(make([]byte, 0, len(s)+2), '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '\t':
			b = append(b, `\t`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\f':
			b = append(b, `\f`...)
		case '\b':
			b = append(b, `\b`...)
		case '\\', '"':
			b = append(b, '\\', c)
		default:
			if c < ' ' { // ip writes them raw, which JSON forbids
				b = append(b, `\u00`...)
				b = append(b, digits[c>>4], digits[c&15])
			} else {
				b = append(b, c)
			}
		}
	}
	return string(append(b, '"'))
}
