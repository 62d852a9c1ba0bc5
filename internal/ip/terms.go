package ip

import "nstools/internal/iproute"

// A term is a word of an object's grammar, and what it says about a T. A word of ip(8)
// that says nothing here is one, too, and is handed over: left out of the table it would
// be taken for the name of a device.
type term[T any] struct {
	name   string
	short  bool   // may be shortened
	bare   bool   // without a value, and set gets ""
	last   bool   // what stands behind is another grammar's
	beyond bool   // ip's alone
	once   string // has a second value refused under this name; "" where the last one counts
	set    func(t *T, value string) error
	take   func(t *T, words *iproute.Words) error // instead of set, for a value of several words
}

// beyond are the terms that only ip knows. A dash at the end of a word says that it may
// be shortened.
func beyond[T any](words ...string) []term[T] {
	list := make([]term[T], 0, len(words))
	for _, w := range words {
		x := term[T]{name: w, beyond: true}
		if n := len(w) - 1; w[n] == '-' {
			x.name, x.short = w[:n], true
		}
		list = append(list, x)
	}
	return list
}

// read has each word say what it says. A word that is no term is the first of other's
// value. What is left behind a last term is returned.
func read[T any](t *T, words iproute.Words, terms []term[T], other term[T]) (iproute.Words, error) {
	given := make(map[string]bool)
	for len(words) > 0 {
		x := findTerm(terms, words[0])
		switch {
		case x == nil:
			x = &other
		case x.beyond:
			return nil, iproute.Garbage(words[0])
		default:
			words.Next()
		}
		if err := x.read(t, &words, given); err != nil {
			return nil, err
		}
		if x.last {
			return words, nil
		}
	}
	return nil, nil
}

// read takes the value over. What has been given once is kept in given.
func (x *term[T]) read(t *T, words *iproute.Words, given map[string]bool) error {
	switch {
	case x.take != nil:
		return x.take(t, words)
	case x.bare:
		return x.set(t, "")
	}
	value, err := words.Value()
	if err != nil {
		return err
	}
	if x.once != "" {
		if given[x.once] {
			return iproute.Second(x.once, value)
		}
		given[x.once] = true
	}
	return x.set(t, value)
}

func findTerm[T any](terms []term[T], word string) *term[T] {
	for i := range terms {
		if x := &terms[i]; word == x.name || x.short && iproute.Matches(word, x.name) {
			return x
		}
	}
	return nil
}
