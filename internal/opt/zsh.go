package opt

import (
	"strings"

	"nstools/internal/quote"
)

// ZshHead and ZshTail are the lines around the body of a function. The script works as a file
// in $fpath, which zsh runs as the body of the function at the first completion. It can also
// be sourced, before or after compinit.
const (
	ZshHead = `#compdef @command@

@function@()
{`
	ZshTail = `}

if [[ $funcstack[1] == @function@ ]]; then
	@function@ "$@"
else
	(($+functions[compdef])) || { autoload -Uz compinit && compinit -i -D }
	compdef @function@ @command@
fi
`
)

const zshScript = ZshHead + `
	_arguments -s -S -A '-*' \
@specs@		'1:command: _command_names -e' \
		'*::argument: _normal'
` + ZshTail

func (t *Table) zsh(command, function string) string {
	var specs strings.Builder
	for i := range t.Flags {
		flag := &t.Flags[i]
		without := ""
		if flag.Short != 0 {
			short := "-" + string(rune(flag.Short))
			// Once one spelling is there, neither is offered.
			without = "(" + short + " --" + flag.Long + ")"
			writeZshSpec(&specs, without+short+zshJoint(flag.ShortArg, "+"), flag, flag.ShortArg)
		}
		writeZshSpec(&specs, without+"--"+flag.Long+zshJoint(flag.Arg, "="), flag, flag.Arg)
	}
	return strings.NewReplacer(
		"@command@", command,
		"@function@", function,
	).Replace(strings.Replace(zshScript, "@specs@", specs.String(), 1))
}

// zshJoint returns what says in an option's specification where its value may be: in the
// next word too, or in the same word only. A long option has a "=" in between.
func zshJoint(arg Arg, required string) string {
	switch {
	case arg == None:
		return ""
	case arg == Required:
		return required
	case required == "=":
		return "=-"
	}
	return "-"
}

// writeZshSpec writes one argument of _arguments.
func writeZshSpec(b *strings.Builder, option string, flag *Flag, arg Arg) {
	escape := strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, ":", `\:`).Replace
	spec := option + "[" + escape(flag.summary()) + "]"
	switch arg {
	case Required:
		spec += ":" + escape(flag.Metavar) + ":" + flag.zshAction()
	case Optional:
		spec += "::" + escape(flag.Metavar) + ":" + flag.zshAction()
	}
	b.WriteString("\t\t" + quote.Single(spec) + " \\\n")
}

// zshAction returns how _arguments completes the value.
func (f *Flag) zshAction() string {
	switch f.Complete {
	case Files:
		return "_files"
	case Dirs:
		return "_directories"
	case Users:
		return "_users"
	case Groups:
		return "_groups"
	case Signals, Words:
		return "(" + f.words() + ")"
	case Listed:
		return `{compadd -- ${(f)"$(@command@ ` + f.List + ` 2>/dev/null)"}}`
	}
	return " "
}
