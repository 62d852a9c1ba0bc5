package opt

import (
	"strings"

	"nstools/internal/quote"
)

// bashScript works without the bash-completion package. Where that is loaded, it completes
// the operands.
const bashScript = `# bash completion for @command@                    -*- shell-script -*-

# Offers the values of option $1; $2 is what stands before the value in the same
# word, $3 what there is of the value.
@function@_value()
{
	local action
	case $1 in
@values@	*) return ;;
	esac
	case ${action[0]} in
	-f | -d)
		compopt -o filenames
		# A name behind a letter is no file that readline could find.
		[[ $2 == -[!-]* ]] && compopt -o nospace
		;;
	esac
	mapfile -t COMPREPLY < <(compgen "${action[@]}" -P "$2" -- "$3")
}

# Completes the command line that begins with COMP_WORDS[$1].
@function@_operand()
{
	if declare -F _command_offset >/dev/null; then
		_command_offset "$1"
		return
	fi
	local kind=-f
	(($1 == COMP_CWORD)) && kind=-c
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen "$kind" -- "${COMP_WORDS[COMP_CWORD]}")
}

@function@()
{
	local line=$COMP_LINE words=() at=() i option
	COMPREPLY=()

	# Words as the command will get them: readline also parts them at "=" and ":".
	for ((i = 0; i <= COMP_CWORD; i++)); do
		if [[ $i == 0 || $line == [[:blank:]]* ]]; then
			words+=("${COMP_WORDS[i]}")
			at+=("$i")
			line=${line#"${line%%[![:blank:]]*}"}
		else
			words[-1]+=${COMP_WORDS[i]}
		fi
		line=${line#"${COMP_WORDS[i]}"}
	done

	local last=$((${#words[@]} - 1)) cur=${words[-1]} value=
	for ((i = 1; i < last; i++)); do
		case ${words[i]} in
		--)
			@function@_operand "${at[i + 1]}"
			return
			;;
		@required@)
			option=${words[i]}
			;;
		--*)
			continue
			;;
		-?*)
			[[ ${words[i]} =~ ^-[@none@]*([@letters@])$ ]] || continue
			option=-${BASH_REMATCH[1]}
			;;
		*)
			@function@_operand "${at[i]}"
			return
			;;
		esac
		# The next word is the option's value.
		((++i == last)) && value=yes
	done

	if [[ $value ]]; then
		@function@_value "$option" '' "$cur"
	elif [[ $cur == --*=* ]]; then
		@function@_value "${cur%%=*}" "${cur%%=*}=" "${cur#*=}"
	elif [[ $cur =~ ^(-[@none@]*([@valued@]))(.+)$ ]]; then
		@function@_value "-${BASH_REMATCH[2]}" "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}"
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W '@options@' -- "$cur")
		[[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
	else
		@function@_operand "${at[last]}"
		return
	fi

	# readline replaces only the last part of a word that it has parted.
	local part=${COMP_WORDS[COMP_CWORD]}
	[[ $part == [=:]* ]] && part=
	COMPREPLY=("${COMPREPLY[@]#"${cur%"$part"}"}")
}

complete -F @function@ @command@
`

func (t *Table) bash(command, function string) string {
	required := strings.Join(t.requiredLongs(), " | ")
	if required == "" {
		required = "''"
	}
	// Twice, because the values have placeholders as well.
	script := strings.Replace(bashScript, "@values@", t.bashValues(), 1)
	return strings.NewReplacer(
		"@command@", command,
		"@function@", function,
		"@required@", required,
		"@none@", t.shorts(None),
		"@letters@", t.shorts(Required),
		"@valued@", t.shorts(Required, Optional),
		"@options@", t.bashOptions(),
	).Replace(script)
}

// bashValues returns the arms of a case that sets action to compgen's option.
func (t *Table) bashValues() string {
	var b strings.Builder
	for i := range t.Flags {
		flag := &t.Flags[i]
		var action string
		switch flag.Complete {
		case NoValue:
			continue
		case Files:
			action = "-f"
		case Dirs:
			action = "-d"
		case Users:
			action = "-u"
		case Groups:
			action = "-g"
		case Signals, Words:
			action = "-W " + quote.Single(flag.words())
		case Listed:
			action = `-W "$(@command@ ` + flag.List + ` 2>/dev/null)"`
		}
		b.WriteString("\t")
		if flag.Short != 0 && flag.ShortArg != None {
			b.WriteString("-" + string(rune(flag.Short)) + " | ")
		}
		b.WriteString("--" + flag.Long + ") action=(" + action + ") ;;\n")
	}
	return b.String()
}

// bashOptions returns all options separated by blanks, a "=" behind those that
// can take a value in the same word.
func (t *Table) bashOptions() string {
	var options []string
	for i := range t.Flags {
		flag := &t.Flags[i]
		if flag.Short != 0 {
			options = append(options, "-"+string(rune(flag.Short)))
		}
		if flag.Arg != Required {
			options = append(options, "--"+flag.Long)
		}
		if flag.Arg != None {
			options = append(options, "--"+flag.Long+"=")
		}
	}
	return strings.Join(options, " ")
}
