package opt

// A Spelling is how an option is written. It is data that can be read without a runtime.
type Spelling struct {
	Short    byte   // 0 for an option without one
	Long     string // unique, not empty, with no leading "-" and no "="
	Arg      Arg    // of the long form
	ShortArg Arg    // of the short form; see Flag
	Own      bool   // to be spelled out in full; see Flag
}

// A Scan reads a command line as getopt_long(3) does with a leading "+", an option at a
// time. It does not allocate, write pointers or call function values: it also runs before
// there is a runtime.
type Scan struct {
	Next    int // the word that comes next
	letters int // how many bytes of the word before it are short options still to be read
}

// A Found is what a step of a Scan has found.
type Found struct {
	Result
	Option int    // the place in the spellings, of an option and of faults in one
	Value  string // of an option, where Given
	Given  bool
	Typed  string // of a fault: the word without its dashes, or the letter
}

// Result says what kind of thing a step has found.
type Result uint8

const (
	Option            Result = iota
	Operands                 // they begin at the next word
	Unrecognized             // --name of no option
	Ambiguous                // --name that begins more than one
	UnwantedArgument         // --name=value of an option that takes none
	ArgumentMissing          // --name without the value that it takes
	InvalidLetter            // -x of no option
	LetterWithoutWord        // -x without the value that it takes
)

// Step returns what comes next in words, the first of which is the program's name.
func (s *Scan) Step(spellings []Spelling, words []string) Found {
	if s.letters > 0 {
		return s.letter(spellings, words)
	}
	if s.Next >= len(words) {
		return Found{Result: Operands}
	}
	word := words[s.Next]
	if len(word) < 2 || word[0] != '-' {
		return Found{Result: Operands}
	}
	s.Next++
	switch {
	case word == "--":
		return Found{Result: Operands}
	case word[1] == '-':
		return s.long(spellings, words, word[2:])
	}
	s.letters = len(word) - 1
	return s.letter(spellings, words)
}

// long reads one long option; typed is its word without the dashes.
func (s *Scan) long(spellings []Spelling, words []string, typed string) Found {
	end := 0
	for end < len(typed) && typed[end] != '=' {
		end++
	}
	n, result := Find(spellings, typed[:end])
	f := Found{Result: result, Option: n, Typed: typed}
	if result != Option {
		return f
	}
	switch arg := spellings[n].Arg; {
	case end < len(typed) && arg == None:
		f.Result = UnwantedArgument
	case end < len(typed):
		f.Value, f.Given = typed[end+1:], true
	case arg == Required && s.Next >= len(words):
		f.Result = ArgumentMissing
	case arg == Required:
		f.Value, f.Given = words[s.Next], true
		s.Next++
	}
	return f
}

// Find returns the index of the option that has the name, else of the only one whose name
// begins with it. An empty name begins every name: glibc takes --=x for an abbreviation.
// The result is Option, Unrecognized or Ambiguous.
func Find(spellings []Spelling, name string) (n int, result Result) {
	n, result = -1, Unrecognized
	for i := range spellings {
		s := &spellings[i]
		if s.Long == name {
			return i, Option
		}
		if s.Own || !Begins(s.Long, name) {
			continue
		}
		if result == Unrecognized {
			n, result = i, Option
		} else {
			result = Ambiguous
		}
	}
	return n, result
}

// Begins reports whether s begins with a prefix.
func Begins(s, prefix string) bool { return len(s) >= len(prefix) && s[:len(prefix)] == prefix }

// letter reads the next letter of a word of short options. A letter is a byte, as in C: the
// message about a multi-byte character has its first byte.
func (s *Scan) letter(spellings []Spelling, words []string) Found {
	word := words[s.Next-1]
	at := len(word) - s.letters
	letter, rest := word[at:at+1], word[at+1:]
	s.letters = 0
	f := Found{Option: -1, Typed: letter}
	for i := range spellings {
		if letter[0] != 0 && spellings[i].Short == letter[0] {
			f.Option = i
			break
		}
	}
	if f.Option < 0 {
		f.Result = InvalidLetter
		return f
	}
	switch arg := spellings[f.Option].ShortArg; {
	case arg == None, arg == Optional && rest == "":
		s.letters = len(rest)
	case rest != "":
		f.Value, f.Given = rest, true
	case s.Next >= len(words):
		f.Result = LetterWithoutWord
	default:
		f.Value, f.Given = words[s.Next], true
		s.Next++
	}
	return f
}

// Number returns a number below 1,000,000,000 that is written in decimal digits without a
// zero in front, so that every way of reading takes it for the same. It works without a
// runtime, as a Scan does.
func Number(s string) (n uint32, ok bool) {
	if len(s) == 0 || len(s) > 9 || s[0] == '0' && len(s) > 1 || !IsDigits(s) {
		return 0, false
	}
	for i := range len(s) {
		n = 10*n + uint32(s[i]-'0')
	}
	return n, true
}

// IsDigits reports whether a word consists of decimal digits; "" does so.
func IsDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
