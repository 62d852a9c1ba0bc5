package opt

import (
	"io"

	"github.com/spf13/pflag"
)

// Parse reads argv as getopt_long(3) does with a leading "+". argv[0] is the name of the
// program and is skipped. Each option's Set is called in the order of argv. The operands
// begin with the first word that is not an option; a "--" before them is dropped.
//
// Errors: the first in the order of argv; the Sets of the options before it have been
// called. It is a [*UsageError] where getopt_long prints a message, else what a Set
// returned, unwrapped.
func (t *Table) Parse(argv []string) (operands []string, err error) {
	if len(argv) == 0 {
		return nil, nil
	}
	options, operands, usageErr := t.scan(argv)
	fs := t.flagSet()
	words := append(append(options, "--"), operands...)
	// ParseAll, not Parse: the latter wraps the error of a Set in its own text.
	err = fs.ParseAll(words, func(f *pflag.Flag, value string) error {
		return f.Value.Set(value)
	})
	if err != nil {
		return nil, err
	}
	if usageErr != nil {
		return nil, usageErr
	}
	return fs.Args(), nil
}

// flagSet returns the table for pflag. It has long options alone, for the scan has resolved
// the short ones, and prints nothing.
func (t *Table) flagSet() *pflag.FlagSet {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	fs.SetInterspersed(false)
	fs.SortFlags = false
	for i := range t.Flags {
		flag := &t.Flags[i]
		f := &pflag.Flag{Name: flag.Long, Value: value{flag}}
		if flag.Arg != Required || flag.Short != 0 && flag.ShortArg != Required {
			f.NoOptDefVal = noValue
		}
		fs.AddFlag(f)
	}
	return fs
}

// value makes a Flag a pflag.Value.
type value struct{ flag *Flag }

// Set passes text to the flag's own Set.
func (v value) Set(text string) error {
	if text == noValue {
		return v.flag.Set("", false)
	}
	return v.flag.Set(text, true)
}

// String returns "": a Flag has no default value for pflag.
func (v value) String() string { return "" }

// Type returns "": pflag uses it only in its usage text, which is never printed.
func (v value) Type() string { return "" }
