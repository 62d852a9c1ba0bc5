package session

import (
	"strings"

	"nstools/internal/iproute"
)

// Parse reads the options in front of the object and returns the rest. It stops behind
// -Version and -help. The error is a *iproute.Failure; the options before the wrong one are
// returned with it.
func Parse(args []string) (*Options, []string, error) {
	o := new(Options)
	for len(args) > 0 && !o.Version && !o.Help {
		word := args[0]
		if word == "--" {
			args = args[1:]
			break
		}
		if word == "" || word[0] != '-' {
			break
		}
		opt, value, glued, err := FindOption(word)
		if err != nil {
			return o, nil, err
		}
		given := args
		args = args[1:]
		if opt.Arg != "" && !glued {
			if len(args) == 0 {
				return o, nil, iproute.Incomplete()
			}
			value, args = args[0], args[1:]
		}
		if !opt.Own && opt.Name != "batch" {
			o.Words = append(o.Words, given[:len(given)-len(args)]...)
		}
		if opt.check != nil {
			if err := opt.check(value); err != nil {
				return o, nil, err
			}
		}
		if opt.set != nil {
			opt.set(o, value)
		}
	}
	return o, args, nil
}

// FindOption returns the option that a word means, and the value behind an equals sign. Of
// ip's options only -color takes such a value, of the others all with a value.
func FindOption(word string) (opt *Option, value string, glued bool, err error) {
	table := OptionTable()
	name := word[1:]
	if strings.HasPrefix(name, "-") {
		name = name[1:]
		begin, value, glued := strings.Cut(name, "=")
		for i := range table {
			switch opt := &table[i]; {
			case opt.Own && opt.Name == name:
				return opt, "", false, nil
			case opt.Own && opt.Arg != "" && glued && opt.Name == begin:
				return opt, value, true, nil
			}
		}
	}
	short := name
	if begin, when, ok := cutColor(name); ok {
		short, value = begin, when
	}
	for i := range table {
		if !table[i].Own && iproute.Matches(short, table[i].Name) {
			return &table[i], value, false, nil
		}
	}
	return nil, "", false, iproute.Usage(`Option "-` + name + `" is unknown, try "ip -help".`)
}

// cutColor splits -color[=always|auto|never], the only option of ip(8) with such a value.
func cutColor(word string) (name, when string, ok bool) {
	name, when, _ = strings.Cut(word, "=")
	if when == "" {
		when = "always"
	}
	return name, when, iproute.Matches(name, "color") && (when == "always" || when == "auto" || when == "never")
}
