package ip

import (
	"strings"

	"nstools/internal/iproute"
)

// parse reads the options in front of the object and returns the rest. The error is a
// *iproute.Failure.
func parse(args []string) (*options, []string, error) {
	o := new(options)
	for len(args) > 0 {
		word := args[0]
		if word == "--" {
			args = args[1:]
			break
		}
		if word == "" || word[0] != '-' {
			break
		}
		if opt, value, ok := glued(word); ok {
			opt.set(o, value)
			args = args[1:]
			continue
		}
		opt, err := find(word)
		if err != nil {
			return nil, nil, err
		}
		args = args[1:]
		value := ""
		if opt.arg != "" {
			if len(args) == 0 {
				return nil, nil, iproute.Incomplete()
			}
			value, args = args[0], args[1:]
		}
		if opt.set != nil {
			opt.set(o, value)
		}
	}
	return o, args, nil
}

// glued is an option of our own with its value behind an equals sign; ip knows no such
// thing.
func glued(word string) (opt *option, value string, ok bool) {
	table := optionTable()
	for i := range table {
		if opt = &table[i]; opt.own && opt.arg != "" {
			if value, ok = strings.CutPrefix(word, opt.spelling()+"="); ok {
				return opt, value, true
			}
		}
	}
	return nil, "", false
}

func find(word string) (*option, error) {
	table := optionTable()
	name := word[1:]
	if strings.HasPrefix(name, "-") {
		name = name[1:]
		for i := range table {
			if table[i].own && table[i].name == name {
				return &table[i], nil
			}
		}
	}
	if strings.HasPrefix(name, "color=") || strings.HasPrefix(name, "c=") {
		name = "color"
	}
	for i := range table {
		if !table[i].own && iproute.Matches(name, table[i].name) {
			return &table[i], nil
		}
	}
	return nil, iproute.Usage(`Option "-` + name + `" is unknown, try "ip -help".`)
}
