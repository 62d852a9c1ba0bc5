package opt

import "strings"

// UsageError is a message of getopt_long(3) about the command line.
type UsageError struct {
	// Text is what glibc prints after the name of the program and ": ". It
	// quotes the command line as it was typed and so may be any bytes.
	Text string
}

func (e *UsageError) Error() string { return e.Text }

// noValue stands for an absent value among pflag's words. Its NUL cannot occur in an argument
// vector.
const noValue = "\x00"

// scan returns argv, which begins with the program's name, as full long options, --name or
// --name=value, and as operands. With an error it returns the options that come before:
// getopt_long(3) is called once for each option, so that a program has acted on them when it
// gets to the error.
func (t *Table) scan(argv []string) (options, operands []string, err error) {
	spellings := make([]Spelling, len(t.Flags))
	for i := range t.Flags {
		spellings[i] = t.Flags[i].Spelling()
	}
	for s := (Scan{Next: 1}); ; {
		f := s.Step(spellings, argv)
		switch {
		case f.Result == Operands:
			return options, argv[s.Next:], nil
		case f.Result != Option:
			return options, nil, &UsageError{complaint(spellings, f)}
		case f.Given:
			options = append(options, "--"+spellings[f.Option].Long+"="+f.Value)
		default:
			options = append(options, "--"+spellings[f.Option].Long)
		}
	}
}

// complaint returns glibc's message for a fault.
func complaint(spellings []Spelling, f Found) string {
	switch f.Result {
	case Unrecognized:
		return "unrecognized option '--" + f.Typed + "'"
	case Ambiguous:
		return "option '--" + f.Typed + "' is ambiguous; possibilities:" + possibilities(spellings, f.Typed)
	case UnwantedArgument:
		return "option '--" + spellings[f.Option].Long + "' doesn't allow an argument"
	case ArgumentMissing:
		return "option '--" + spellings[f.Option].Long + "' requires an argument"
	case InvalidLetter:
		return "invalid option -- '" + f.Typed + "'"
	}
	return "option requires an argument -- '" + f.Typed + "'"
}

func possibilities(spellings []Spelling, typed string) (list string) {
	name, _, _ := strings.Cut(typed, "=")
	for _, s := range spellings {
		if !s.Own && Begins(s.Long, name) {
			list += " '--" + s.Long + "'"
		}
	}
	return list
}
