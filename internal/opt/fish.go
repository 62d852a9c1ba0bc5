package opt

import (
	"strings"

	"nstools/internal/quote"
)

// fishScript walks the words itself: fish's own helpers do not know clusters such as -mn.
const fishScript = `# fish completion for @command@

# Prints the operands before the cursor, and fails if there are none.
function _@function@_operands
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case --
                set -e words[1]
                break
            case @required@
                set -e words[1]
            case '--*'
            case '-?*'
                if string match -qr -- '^-[@none@]*[@letters@]$' $words[1]
                    set -e words[1]
                end
            case '*'
                break
        end
        set -e words[1]
    end
    set -q words[1]; and printf '%s\n' $words
end

# Completes the command line that the operands make. The blank that it begins
# with keeps it from being taken for an option of complete.
function _@function@_command
    set -l line ''
    for word in (_@function@_operands)
        set -a line (string escape -- $word)
    end
    set -l word (commandline -ct)
    if not set -q line[2]; and string match -q -- '-*' $word
        return
    end
    complete -C "$line $word"
end

# Completes directories; the value may stand behind its letter in the same word.
function _@function@_directories
    set -l value (string replace -r -- '^-[@none@]*[@letters@]' '' (commandline -ct))
    __fish_complete_directories "$value"
end

complete -c @command@ -f -a '(_@function@_command)'
@options@`

func (t *Table) fish(command, function string) string {
	required := strings.Join(t.requiredLongs(), " ")
	if required == "" {
		required = "''"
	}
	var options strings.Builder
	for i := range t.Flags {
		writeFishOption(&options, &t.Flags[i])
	}
	// Twice, because the options have placeholders as well.
	script := strings.Replace(fishScript, "@options@", options.String(), 1)
	return strings.NewReplacer(
		"@command@", command,
		"@function@", function,
		"@required@", required,
		"@none@", t.shorts(None),
		"@letters@", t.shorts(Required),
	).Replace(script)
}

// writeFishOption writes the complete command for one option, which counts only before the
// first operand.
func writeFishOption(b *strings.Builder, flag *Flag) {
	b.WriteString("complete -c @command@ -n 'not _@function@_operands'")
	if flag.Short != 0 {
		b.WriteString(" -s " + string(rune(flag.Short)))
	}
	b.WriteString(" -l " + flag.Long)
	switch {
	case flag.Arg == Required && flag.Complete == Files:
		b.WriteString(" -r")
	case flag.Arg == Required:
		b.WriteString(" -x")
	}
	if flag.Arg != None {
		b.WriteString(flag.fishValue())
	}
	b.WriteString(" -d " + quote.Fish(flag.summary()) + "\n")
}

// fishValue returns how fish completes the value. -F allows files, which -f excludes for
// the command as a whole.
func (f *Flag) fishValue() string {
	switch f.Complete {
	case Files:
		return " -F"
	case Dirs:
		return " -a '(_@function@_directories)'"
	case Users:
		return " -a '(__fish_complete_users)'"
	case Groups:
		return " -a '(__fish_complete_groups)'"
	case Signals, Words:
		return " -a " + quote.Fish(f.words())
	case Listed:
		return " -a '(@command@ " + f.List + " 2>/dev/null)'"
	}
	return ""
}
