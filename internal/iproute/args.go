package iproute

import "strings"

// Words are what is left of a command line.
type Args []string

// Next takes the next word; false at the end.
func (w *Args) Next() (string, bool) {
	if len(*w) == 0 {
		return "", false
	}
	word := (*w)[0]
	*w = (*w)[1:]
	return word, true
}

// Value takes the word that has to follow. The error is a *Failure.
func (w *Args) Value() (string, error) {
	word, ok := w.Next()
	if !ok {
		return "", Incomplete()
	}
	return word, nil
}

// IsDeviceName is what ip makes sure of. It may be one of a device's other names, which
// are longer.
func IsDeviceName(s string) bool {
	return s != "" && !strings.ContainsAny(s, "/ \t\n\v\f\r")
}
