package ip

import (
	"slices"
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
	w := completionWords()
	return strings.NewReplacer(
		"@command@", command,
		"@function@", "_"+strings.ReplaceAll(command, "-", "_"),
		"@first@", strings.Join(slices.Concat(w.verbs, w.objects, w.options), " "),
		"@verbs@", strings.Join(w.verbs, " "),
		"@named@", strings.Join(w.named, "|"),
		"@namedlist@", strings.Join(w.named, " "),
		"@objects@", strings.Join(w.objects, "|"),
		"@objectlist@", strings.Join(w.objects, " "),
		"@objectverbs@", strings.Join(w.objectVerbs, " "),
		"@valued@", strings.Join(w.valued, "|"),
		"@connect@", strings.Join(connectWords(), " "),
	).Replace(script), nil
}

// wordLists are what a completion offers.
type wordLists struct {
	verbs, named         []string // of netns; those that names follow
	objects, objectVerbs []string // the other objects; their verbs, all in one
	options, valued      []string // those that a value follows
}

func completionWords() (w wordLists) {
	for _, o := range objects() {
		known := o.known()
		if o.name != "netns" && len(known) > 0 {
			w.objects = append(w.objects, o.name)
		}
		for _, v := range known {
			switch {
			case o.name == "netns":
				w.verbs = append(w.verbs, v.name)
				if v.names {
					w.named = append(w.named, v.name)
				}
			case !slices.Contains(w.objectVerbs, v.name):
				w.objectVerbs = append(w.objectVerbs, v.name)
			}
		}
	}
	for _, o := range optionTable() {
		w.options = append(w.options, o.spelling())
		if o.arg != "" {
			w.valued = append(w.valued, o.spelling())
		}
	}
	return w
}

// connectWords are the options of connect.
func connectWords() []string {
	var list []string
	for _, f := range connectTable(new(connectOptions)).Flags {
		list = append(list, "--"+f.Long)
	}
	return list
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
		*) mapfile -t COMPREPLY < <(compgen -W '@first@' -- "$cur") ;;
		esac
		return
	fi
	case $verb in
	@objects@)
		((COMP_CWORD == i + 1)) && mapfile -t COMPREPLY < <(compgen -W '@objectverbs@' -- "$cur")
		;;
	connect | disconnect)
		if [[ $verb == connect && $cur == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W '@connect@' -- "$cur")
		else
			mapfile -t COMPREPLY < <(compgen -W host -- "$cur"; cd /run/netns 2>/dev/null && compgen -f -- "$cur")
		fi
		;;
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
	*) compadd -- @first@ ;;
	esac
	return
fi
case $verb in
@objects@)
	((CURRENT == i + 1)) && compadd -- @objectverbs@
	;;
connect|disconnect)
	if [[ $verb == connect && $PREFIX == -* ]]; then
		compadd -- @connect@
	else
		compadd -- host
		compadd -a names
	fi
	;;
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

complete -c @command@ -f -n 'not __fish_seen_subcommand_from @verbs@ @objectlist@' -a '@first@'
complete -c @command@ -f -n '__fish_seen_subcommand_from @namedlist@' -a '(_@function@_names)'
complete -c @command@ -f -n '__fish_seen_subcommand_from connect disconnect' -a host
complete -c @command@ -f -n '__fish_seen_subcommand_from connect' -a '@connect@'
complete -c @command@ -f -n '__fish_seen_subcommand_from @objectlist@' -a '@objectverbs@'
`
