package iproute

// A Term is a word of an object's grammar, and what it says about a T. A word of ip(8)
// that says nothing here is one, too, and is handed over: left out of the table it would
// be taken for the name of a device.
type Term[T any] struct {
	Name   string
	Short  bool   // may be shortened
	Bare   bool   // without a value, and Set gets ""
	Last   bool   // what stands behind is another grammar's
	IPOnly bool   // ip's alone
	Once   string // has a second value refused under this name; "" where the last one counts
	Minus  bool   // with Once: -1 is what ip keeps for a value that was not given, and does not count
	Value  Value  // what the value names, for completion
	Set    func(t *T, value string) error
	Take   func(t *T, words *Args) error // instead of Set, for a value of several words
}

// A Value is what a word on the command line names.
type Value uint8

const (
	AnyValue Value = iota
	Device
	Namespace // one with a name
	LinkKind  // "veth"
	Endpoint  // of a connection: a namespace, with more behind
	Command   // a program, with its arguments behind
)

// A Word is what completion and usage know of a [Term].
type Word struct {
	Name  string
	Value Value
}

// WordsOf returns the words of a grammar, without those that only ip knows.
func WordsOf[T any](terms []Term[T]) []Word {
	var list []Word
	for i := range terms {
		if x := &terms[i]; !x.IPOnly {
			list = append(list, Word{x.Name, x.Value})
		}
	}
	return list
}

// IPOnly are the terms that only ip knows. A dash at the end of a word says that it may
// be shortened.
func IPOnly[T any](words ...string) []Term[T] {
	list := make([]Term[T], 0, len(words))
	for _, w := range words {
		x := Term[T]{Name: w, IPOnly: true}
		if n := len(w) - 1; w[n] == '-' {
			x.Name, x.Short = w[:n], true
		}
		list = append(list, x)
	}
	return list
}

// ReadTerms has each word say what it says. A word that is no term is the first of other's
// value. What is left behind a last term is returned.
func ReadTerms[T any](t *T, words Args, terms []Term[T], other Term[T]) (Args, error) {
	given := make(map[string]bool)
	for len(words) > 0 {
		x := FindTerm(terms, words[0])
		switch {
		case x == nil:
			x = &other
		case x.IPOnly:
			return nil, Garbage(words[0])
		default:
			words.Next()
		}
		if err := x.Read(t, &words, given); err != nil {
			return nil, err
		}
		if x.Last {
			return words, nil
		}
	}
	return nil, nil
}

// Read takes the value over. What has been given once is kept in given.
func (x *Term[T]) Read(t *T, words *Args, given map[string]bool) error {
	switch {
	case x.Take != nil:
		return x.Take(t, words)
	case x.Bare:
		return x.Set(t, "")
	}
	value, err := words.Value()
	if err != nil {
		return err
	}
	if x.Once != "" {
		if given[x.Once] {
			return DuplicateValue(x.Once, value)
		}
		n, isNumber := Integer(value)
		given[x.Once] = !(x.Minus && isNumber && n == -1)
	}
	return x.Set(t, value)
}

// FindTerm returns the first term that a word fits, nil for none.
func FindTerm[T any](terms []Term[T], word string) *Term[T] {
	for i := range terms {
		if x := &terms[i]; word == x.Name || x.Short && Matches(word, x.Name) {
			return x
		}
	}
	return nil
}
