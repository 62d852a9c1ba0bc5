package iproute

// A Term is a word of an object's grammar, and what it sets in a T. T is a pointer: then all
// grammars share the compiled code. Words that only ip(8) supports have a row as well: without
// one they would be taken for the name of a device.
type Term[T any] struct {
	Name   string
	Short  bool   // may be abbreviated
	Bare   bool   // takes no value, and Set gets ""
	Last   bool   // the words behind it belong to another grammar
	IPOnly bool   // only ip(8) supports it
	Once   string // refuses a second value under this name; "" where the last value counts
	Minus  bool   // with Once: -1 counts as no value, as in ip
	Value  Value  // what the value names, for completion
	Set    func(t T, value string) error
	Take   func(t T, args *Args) error // replaces Set for a value of several words
}

// A Value is what a word on the command line names.
type Value uint8

const (
	AnyValue Value = iota
	Device
	Namespace // a name in /run/netns
	LinkKind  // "veth"
	Endpoint  // an end of a connection: NAMESPACE[:DEVICE][=ADDRESS/LENGTH,...]
	Command   // a program; its arguments follow
)

// A Word is what completion and usage know of a [Term].
type Word struct {
	Name  string
	Value Value
}

// WordsOf returns the words of a grammar, without those that only ip supports.
func WordsOf[T any](terms []Term[T]) []Word {
	var list []Word
	for i := range terms {
		if x := &terms[i]; !x.IPOnly {
			list = append(list, Word{x.Name, x.Value})
		}
	}
	return list
}

// IPOnly returns the terms that only ip supports. A dash at the end of a word marks it as one
// that may be abbreviated.
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

// ReadTerms reads arguments into t by a grammar. A word without a term begins the value of
// other. It returns the arguments behind a term with Last.
func ReadTerms[T any](t T, args Args, terms []Term[T], other Term[T]) (Args, error) {
	given := make(map[string]bool)
	for len(args) > 0 {
		x := FindTerm(terms, args[0])
		switch {
		case x == nil:
			x = &other
		case x.IPOnly:
			return nil, Garbage(args[0])
		default:
			args.Next()
		}
		if err := x.Read(t, &args, given); err != nil {
			return nil, err
		}
		if x.Last {
			return args, nil
		}
	}
	return nil, nil
}

// Read reads the value of a term into t. It keeps in given which terms with Once have been
// read.
func (x *Term[T]) Read(t T, args *Args, given map[string]bool) error {
	switch {
	case x.Take != nil:
		return x.Take(t, args)
	case x.Bare:
		return x.Set(t, "")
	}
	value, err := args.Value()
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

// JoinTerms returns the terms of several lists.
func JoinTerms[T any](lists ...[]Term[T]) []Term[T] {
	var all []Term[T]
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

// FindTerm returns the first term that a word matches, nil for none.
func FindTerm[T any](terms []Term[T], word string) *Term[T] {
	for i := range terms {
		if x := &terms[i]; word == x.Name || x.Short && Matches(word, x.Name) {
			return x
		}
	}
	return nil
}
