package complete

import "nstools/internal/opt"

// zshScript has the frame of the other programs' scripts.
const zshScript = opt.ZshHead + `
	local -a names devices
	names=(/run/netns/*(N:t))
	devices=(/sys/class/net/*(N:t))
	local i=2 object=netns verb
	while ((i < CURRENT)); do
		case ${words[i]} in
		@-netns?@) devices=(${${(f)"$(${(Q)words[1]} -netns ${(Q)words[i+1]} -brief link show 2>/dev/null)"}%%[@ ]*}); ((i += 2)) ;;
		@valued?@) ((i += 2)) ;;
		-*) ((i++)) ;;
		*) break ;;
		esac
	done
	if ((i > CURRENT)); then
		case ${words[CURRENT - 1]} in
		@-netns?@) compadd -a names ;;
		@-family?@) compadd @families@ ;;
		@-batch?@) _files ;;
		--completion) compadd bash zsh fish ;;
		esac
		return
	elif ((i == CURRENT)); then
		compadd -- @first@
		return
	fi
	case ${words[i]} in
	@object?@) object=@object@; ((i++)) ;;
	@netns?@) ((i++)) ;;
	esac
	if ((i == CURRENT)); then
		case $object in
		netns) compadd -- @netns@ ;;
		@object@) compadd -- @object verbs@ ;;
		esac
		return
	fi
	verb=${words[i]}
	if [[ $object != netns ]]; then
		case $object:${words[CURRENT - 1]} in
		@name behind?@) compadd -a names; return ;;
		@kind behind?@) compadd -- @kinds@; return ;;
		@device behind?@) compadd -a devices; return ;;
		esac
		((CURRENT == i + 1)) || return
		case $object:$verb in @device first?@) compadd -a devices ;; esac
		return
	fi
	case $verb in
	@ends?@)
		case $verb:${words[CURRENT - 1]}:$PREFIX in
		connect:@connect value?@:*) compadd -a devices ;;
		connect:*:-*) compadd -- @connect@ ;;
		*) compadd -- host; compadd -a names ;;
		esac
		;;
	@names?@) compadd -a names ;;
	@name first?@)
		if ((CURRENT == i + 1)); then
			compadd -a names
			return
		fi
		case $verb in
		@name and command?@)
			shift i+1 words
			((CURRENT -= i + 1))
			_normal
			;;
		esac
		;;
	esac
` + opt.ZshTail
