package iproute

import "strings"

// Matches reports whether a word is a name or the beginning of it. ip(8) asks no more of an
// abbreviation: where several names match, the first that it compares wins.
func Matches(word, name string) bool {
	return word != "" && strings.HasPrefix(name, word)
}
