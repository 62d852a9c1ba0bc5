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

// Number takes an unsigned number of so many bits; what says in ip's words that
// it is none. The error is a *Failure.
func (w *Words) Number(bits int, what string) (uint32, error) {
	word, err := w.Value()
	if err != nil {
		return 0, err
	}
	n, ok := Unsigned(word, bits)
	if !ok {
		return 0, Invalid(what, word)
	}
	return n, nil
}
