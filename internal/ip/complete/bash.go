package complete

// bashScript works without the bash-completion package. If that is loaded, it completes the
// command of exec.
const bashScript = `# bash completion for @command@                    -*- shell-script -*-

# Offers those of its arguments that begin with $cur, quoted unless that is.
@function@_offer()
{
	local word begin=${cur//\\/}
	[[ $cur == [\"\']* ]] && begin=${cur:1}
	for word; do
		[[ $word == "$begin"* ]] || continue
		[[ $cur == [\"\']* ]] || printf -v word %q "$word"
		COMPREPLY+=("$word")
	done
}

# Offers the names of a directory, or nothing of one that is empty.
@function@_offer_in()
{
	local list=("$1"/*)
	[[ -e ${list[0]} ]] && @function@_offer "${list[@]##*/}"
}

@function@_devices()
{
	local list
	if [[ ! $ns ]]; then
		@function@_offer_in /sys/class/net
		return
	fi
	mapfile -t list < <("${COMP_WORDS[0]}" -netns "${ns//\\/}" -brief link show 2>/dev/null)
	@function@_offer "${list[@]%%[@ ]*}"
}

# Completes the value of option $1.
@function@_value()
{
	case $1 in
	@-netns?@) @function@_offer_in /run/netns ;;
	@-family?@) @function@_offer @families@ ;;
	@-batch?@) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	--completion) @function@_offer bash zsh fish ;;
	esac
}

# Completes what stands behind verb COMP_WORDS[$2] of object $1.
@function@_about()
{
	local verb=${COMP_WORDS[$2]} first=$((COMP_CWORD == $2 + 1))
	case $1:$prev in
	@name behind?@) @function@_offer_in /run/netns; return ;;
	@kind behind?@) @function@_offer @kinds@; return ;;
	@device behind?@) @function@_devices; return ;;
	esac
	((first)) || return
	case $1:$verb in @device first?@) @function@_devices ;; esac
}

# Completes what stands behind verb COMP_WORDS[$1] of netns.
@function@_netns()
{
	case ${COMP_WORDS[$1]} in
	@ends?@)
		case ${COMP_WORDS[$1]}:$prev:$cur in
		connect:@connect value?@:*) @function@_devices ;;
		connect:*:-*) @function@_offer @connect@ ;;
		*) @function@_offer host; @function@_offer_in /run/netns ;;
		esac
		;;
	@names?@) @function@_offer_in /run/netns ;;
	@name first?@)
		if ((COMP_CWORD == $1 + 1)); then
			@function@_offer_in /run/netns
			return
		fi
		case ${COMP_WORDS[$1]} in @name and command?@) ;; *) return ;; esac
		if declare -F _command_offset >/dev/null; then
			_command_offset "$(($1 + 2))"
		else
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -c -- "$cur")
		fi
		;;
	esac
}

@function@()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} i=1 ns='' object=netns
	COMPREPLY=()
	# readline parts words at "=".
	[[ $cur == = ]] && cur=
	[[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD - 2]}
	while ((i < COMP_CWORD)); do
		case ${COMP_WORDS[i]} in
		@-netns?@) ns=${COMP_WORDS[i + 1]}; ((i += 2)) ;;
		@valued?@|=) ((i += 2)) ;;
		-*) ((i++)) ;;
		*) break ;;
		esac
	done
	if ((i > COMP_CWORD)); then
		@function@_value "$prev"
		return
	elif ((i == COMP_CWORD)); then
		@function@_offer @first@
		return
	fi
	case ${COMP_WORDS[i]} in
	@object?@) object=@object@ ;;
	@netns?@) ;;
	*) @function@_netns "$i"; return ;;
	esac
	if ((COMP_CWORD > i + 1)); then
		case $object in
		netns) @function@_netns "$((i + 1))" ;;
		*) @function@_about "$object" "$((i + 1))" ;;
		esac
		return
	fi
	case $object in
	netns) @function@_offer @netns@ ;;
	@object@) @function@_offer @object verbs@ ;;
	esac
}

complete -F @function@ @command@
`
