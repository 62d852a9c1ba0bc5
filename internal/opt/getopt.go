package opt

import "strings"

// UsageError is a complaint of getopt_long(3) about the command line.
type UsageError struct {
	// Text is what glibc prints after the name of the program and ": ". It
	// quotes the command line as it was typed and so may be any bytes.
	Text string
}

func (e *UsageError) Error() string { return e.Text }

// noValue stands for an absent value among pflag's words. The NUL keeps it
// apart from all that an argument vector can hold.
const noValue = "\x00"

// scanner rewrites a command line so that only full long options are left.
type scanner struct {
	flags []Flag
	rest  []string // the words after the one being read
	out   []string // --name or --name=value, one for each option met
}

// scan reads args up to the first operand or error. The options that come
// before an error are in s.out nevertheless: getopt_long(3) is called once for
// each option, so a program has acted on them when it gets to the error.
func (s *scanner) scan() (operands []string, err error) {
	for len(s.rest) > 0 {
		word := s.rest[0]
		if word == "--" {
			return s.rest[1:], nil
		}
		if len(word) < 2 || word[0] != '-' {
			break
		}
		s.rest = s.rest[1:]
		if name, ok := strings.CutPrefix(word, "--"); ok {
			err = s.long(name)
		} else {
			err = s.cluster(word[1:])
		}
		if err != nil {
			return nil, err
		}
	}
	return s.rest, nil
}

// long reads one long option; typed is its word without the dashes.
func (s *scanner) long(typed string) error {
	name, value, glued := strings.Cut(typed, "=")
	flag, err := s.find(name, typed)
	if err != nil {
		return err
	}
	if glued {
		if flag.Arg == None {
			return &UsageError{"option '--" + flag.Long + "' doesn't allow an argument"}
		}
		s.emit(flag, value)
		return nil
	}
	if flag.Arg != Required {
		s.emitBare(flag)
		return nil
	}
	value, ok := s.next()
	if !ok {
		return &UsageError{"option '--" + flag.Long + "' requires an argument"}
	}
	s.emit(flag, value)
	return nil
}

// find returns the option that has the name or, failing that, the only one
// whose name begins so. An empty name begins every name: glibc takes --=x for
// an abbreviation like any other.
func (s *scanner) find(name, typed string) (*Flag, error) {
	var found []*Flag
	for i := range s.flags {
		flag := &s.flags[i]
		if flag.Long == name {
			return flag, nil
		}
		if !flag.Own && strings.HasPrefix(flag.Long, name) {
			found = append(found, flag)
		}
	}
	switch len(found) {
	case 0:
		return nil, &UsageError{"unrecognized option '--" + typed + "'"}
	case 1:
		return found[0], nil
	}
	var b strings.Builder
	b.WriteString("option '--" + typed + "' is ambiguous; possibilities:")
	for _, flag := range found {
		b.WriteString(" '--" + flag.Long + "'")
	}
	return nil, &UsageError{b.String()}
}

// cluster reads the letters of one word of short options. A letter is a byte,
// as it is in C: the complaint about a multi-byte character names its first.
func (s *scanner) cluster(letters string) error {
	for i := range len(letters) {
		letter, rest := letters[i], letters[i+1:]
		flag := s.findShort(letter)
		if flag == nil {
			return &UsageError{"invalid option -- '" + string([]byte{letter}) + "'"}
		}
		switch {
		case flag.ShortArg == None, flag.ShortArg == Optional && rest == "":
			s.emitBare(flag)
			continue
		case rest == "":
			value, ok := s.next()
			if !ok {
				return &UsageError{"option requires an argument -- '" + string([]byte{letter}) + "'"}
			}
			rest = value
		}
		s.emit(flag, rest)
		return nil
	}
	return nil
}

func (s *scanner) findShort(letter byte) *Flag {
	for i := range s.flags {
		if flag := &s.flags[i]; letter != 0 && flag.Short == letter {
			return flag
		}
	}
	return nil
}

// next takes the following word for a value, whatever it looks like.
func (s *scanner) next() (word string, ok bool) {
	if len(s.rest) == 0 {
		return "", false
	}
	word, s.rest = s.rest[0], s.rest[1:]
	return word, true
}

func (s *scanner) emit(flag *Flag, value string) {
	s.out = append(s.out, "--"+flag.Long+"="+value)
}

func (s *scanner) emitBare(flag *Flag) {
	s.out = append(s.out, "--"+flag.Long)
}
