package opt

// Arg says whether an option takes a value.
type Arg uint8

const (
	None     Arg = iota // never: --name
	Required            // always: --name value, --name=value, -n value, -nvalue
	Optional            // only in the same word: --name, --name=value, -n, -nvalue
)

// Complete says how a shell completes the value of an option.
type Complete uint8

const (
	NoValue Complete = iota // nothing to offer
	Files                   // any file
	Dirs                    // directories
	Users                   // user names
	Groups                  // group names
	Signals                 // signal names
	Words                   // the words of Metavar, which are split at '|'
	Listed                  // the lines that the tool itself prints with the option List
)

// Flag is one row of a tool's option table.
type Flag struct {
	Short byte   // 0 for an option without one
	Long  string // unique, not empty, with no leading "-" and no "="
	Arg   Arg    // of the long form

	// ShortArg belongs to the short form. The two differ in the C tools: unshare's --mount
	// takes an optional file where its -m takes nothing.
	ShortArg Arg

	Metavar string // the value's name in the help, without brackets: "file", "slave|shared"
	Help    string // one or more lines separated by "\n", with no full stop
	Group   int    // the help prints the groups in ascending order, a blank line between them

	// Own marks an option that the original tool lacks. It must be spelled out in full, and
	// abbreviations ignore it, so that a command line means here what it means to the
	// original.
	Own bool

	Complete Complete
	List     string // for Listed; what is printed has no character special to a shell

	// Set takes the value. It is called once for each occurrence of the option, in the order
	// of the command line. given is false for an option without a value. Table.Parse returns
	// its error unwrapped.
	Set func(value string, given bool) error
}

// Spelling returns how the option is written.
func (f *Flag) Spelling() Spelling { return Spelling{f.Short, f.Long, f.Arg, f.ShortArg, f.Own} }

// Spell sets how the option is written.
func (f *Flag) Spell(s Spelling) {
	f.Short, f.Long, f.Arg, f.ShortArg, f.Own = s.Short, s.Long, s.Arg, s.ShortArg, s.Own
}

// Table describes the command line of one tool.
type Table struct {
	Manual   string // the page that the help ends by naming: "gounshare(1)"
	Synopsis string // "[options] [<program> [<argument>...]]"; one line for each form
	About    string // one line
	OwnTitle string // the line above the Own options in the help

	// Flags are in the order of the original's array of long options, which is
	// the order in which an ambiguous abbreviation lists its possibilities.
	Flags []Flag
}
