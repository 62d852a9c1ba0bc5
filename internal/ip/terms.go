package ip

import "nstools/internal/iproute"

// A term is a word of an object's grammar, and what it says about a T.
type term[T any] struct {
	name  string
	short bool // may be shortened
	bare  bool // without a value, and set gets ""
	last  bool // what stands behind is another grammar's
	set   func(t *T, value string) error
	take  func(t *T, words *iproute.Words) error // instead of set, for a value of several words
}

// read has each word say what it says. A word that is no term goes to other. What is
// left behind a last term is returned.
func read[T any](t *T, words iproute.Words, terms []term[T], other func(t *T, word string) error) (iproute.Words, error) {
	for {
		word, ok := words.Next()
		if !ok {
			return nil, nil
		}
		x := findTerm(terms, word)
		if x == nil {
			if err := other(t, word); err != nil {
				return nil, err
			}
			continue
		}
		if err := x.read(t, &words); err != nil {
			return nil, err
		}
		if x.last {
			return words, nil
		}
	}
}

func (x *term[T]) read(t *T, words *iproute.Words) error {
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
