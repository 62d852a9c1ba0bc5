package iproute

import "strings"

// Matches tells whether a word is a full name or the beginning of it, which is all
// that ip(8) asks of an abbreviation: where several names fit, the first that is
// compared wins.
func Matches(word, name string) bool {
	return word != "" && strings.HasPrefix(name, word)
}
