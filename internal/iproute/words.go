package iproute

// Words are what is left of a command line.
type Words []string

// Next takes the next word; false at the end.
func (w *Words) Next() (string, bool) {
	if len(*w) == 0 {
		return "", false
	}
	word := (*w)[0]
	*w = (*w)[1:]
	return word, true
}

// Value takes the word that has to follow. The error is a *Failure.
func (w *Words) Value() (string, error) {
	word, ok := w.Next()
	if !ok {
		return "", Incomplete()
	}
	return word, nil
}
