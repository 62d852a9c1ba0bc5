package ip

import (
	"strings"

	"nstools/internal/iproute"
)

// completion is a script that completes verbs, options and names of a command.
func completion(shell, command string) (string, error) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
	if strings.Trim(command, letters) != "" || strings.Trim(command, "-") == "" {
		return "", iproute.Usage(`cannot complete a command named "` + command + `"`)
	}
	script, ok := map[string]string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}[shell]
	if !ok {
		return "", iproute.Usage(`no completion for "` + shell + `", only for bash, zsh and fish`)
	}
	var all, named, options, valued []string
	for _, v := range netnsVerbs() {
		all = append(all, v.name)
		if v.names {
			named = append(named, v.name)
		}
	}
	for _, o := range table {
		dashes := "-"
		if o.own {
			dashes = "--"
		}
		options = append(options, dashes+o.name)
		if o.arg != "" {
			valued = append(valued, dashes+o.name)
		}
	}
	return strings.NewReplacer(
		"@command@", command,
		"@function@", "_"+strings.ReplaceAll(command, "-", "_"),
		"@verbs@", strings.Join(all, " "),
		"@named@", strings.Join(named, "|"),
		"@namedlist@", strings.Join(named, " "),
		"@options@", strings.Join(options, " "),
		"@valued@", strings.Join(valued, "|"),
		"@valuedlist@", strings.Join(valued, " "),
	).Replace(script), nil
}

const bashScript = `# bash completion for @command@                    -*- shell-script -*-

@function@()
{
	local cur=${COMP_WORDS[COMP_CWORD]} i=1 verb=
	COMPREPLY=()
	for (( ; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		@valued@) ((i++)) ;;
		-* | netns) ;;
		*) verb=${COMP_WORDS[i]}; break ;;
		esac
	done
	if [[ ! $verb ]]; then
		case ${COMP_WORDS[COMP_CWORD - 1]} in
		-n | -netns) mapfile -t COMPREPLY < <(cd /run/netns 2>/dev/null && compgen -f -- "$cur") ;;
		-b | -batch) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
		--completion) mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- "$cur") ;;
		*) mapfile -t COMPREPLY < <(compgen -W '@verbs@ @options@' -- "$cur") ;;
		esac
		return
	fi
	case $verb in
	@named@)
		if [[ $verb == delete ]] || ((COMP_CWORD == i + 1)); then
			mapfile -t COMPREPLY < <(cd /run/netns 2>/dev/null && compgen -f -- "$cur")
		elif [[ $verb == exec ]]; then
			if declare -F _command_offset >/dev/null; then
				_command_offset "$((i + 2))"
			else
				compopt -o filenames
				mapfile -t COMPREPLY < <(compgen -c -- "$cur")
			fi
		fi
		;;
	esac
}

complete -F @function@ @command@
`

const zshScript = `#compdef @command@

local -a names
names=(/run/netns/*(N:t))
local i=2 verb=
while ((i < CURRENT)); do
	case ${words[i]} in
	@valued@) ((i++)) ;;
	-*|netns) ;;
	*) verb=${words[i]}; break ;;
	esac
	((i++))
done
if [[ -z $verb ]]; then
	case ${words[CURRENT - 1]} in
	-n|-netns) compadd -a names ;;
	-b|-batch) _files ;;
	--completion) compadd bash zsh fish ;;
	*) compadd -- @verbs@ @options@ ;;
	esac
	return
fi
case $verb in
@named@)
	if [[ $verb == delete ]] || ((CURRENT == i + 1)); then
		compadd -a names
	elif [[ $verb == exec ]]; then
		shift i+1 words
		((CURRENT -= i + 1))
		_normal
	fi
	;;
esac
`

const fishScript = `# fish completion for @command@

function _@function@_names
    for f in /run/netns/*
        string replace /run/netns/ '' -- $f
    end
end

complete -c @command@ -f -n 'not __fish_seen_subcommand_from @verbs@' -a '@verbs@ @options@'
complete -c @command@ -f -n '__fish_seen_subcommand_from @namedlist@' -a '(_@function@_names)'
`
