package opt

import (
	"io"

	"github.com/spf13/pflag"
)

// Parse reads argv as getopt_long(3) with a leading "+" would. argv[0] is the
// name of the program and is skipped. Each option's Set is called in the order
// of argv; the operands begin with the first word that is no option, and a "--"
// before them is dropped.
//
// The error is the first one in the order of argv. It is a [*UsageError] if
// getopt_long would have complained, else what a Set returned, unwrapped. The
// Sets of the options before it have been called.
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

// flagSet returns pflag's view of the table. It knows no short options, for the
// scan has resolved them, and never prints.
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

// value makes a Flag a [pflag.Value].
type value struct{ flag *Flag }

// Set hands text to the table's own function.
func (v value) Set(text string) error {
	if text == noValue {
		return v.flag.Set("", false)
	}
	return v.flag.Set(text, true)
}

// String is empty: a Flag has no default that pflag should know of.
func (v value) String() string { return "" }

// Type is empty: only pflag's own usage text, which is never printed, asks it.
func (v value) Type() string { return "" }
