package quote

import "strings"

// Shell returns words as a line for a shell, each in quotes where it needs them.
func Shell(words []string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%"
	quoted := make([]string, len(words))
	for i, w := range words {
		if w == "" || strings.Trim(w, plain) != "" {
			w = Single(w)
		}
		quoted[i] = w
	}
	return strings.Join(quoted, " ")
}

// Single returns text in single quotes, one word for sh, bash and zsh.
func Single(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// Fish returns text in single quotes for fish, where a backslash in them escapes.
func Fish(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}
