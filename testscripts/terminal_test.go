package testscripts

// terminal runs a shell script at a terminal of tmux(1) with 80 columns and 24 lines:
//
//	terminal SCRIPT
//
// The script has these words:
//
//	open COMMAND       runs it on the terminal, which stays after the command's end
//	shell COMMAND      does so, and waits for its prompt
//	line TEXT          types a line
//	step TEXT          types a line, and waits for the prompt that follows it
//	press KEY...       presses keys, C-c and the like
//	await REGEXP       waits until a line of the screen matches, with or without a prompt
//	forget             clears the screen, so that await finds new lines only
//	leave KEY          presses a key that brings the shell's prompt back
//	resize COLUMNS LINES
//	hangup             closes the terminal
//
// At the end the screen goes to standard output, and the terminal closes.
const terminal = `dir=$(mktemp -d "${0%/commands/*}/t/XXXXXX") # the path of a socket is short
tmux() { env -u TMUX tmux -f /dev/null -S "$dir/socket" "$@"; }
end() {
	tmux kill-server 2>/dev/null
	rm -rf "$dir"
}
trap end EXIT
trap 'exit 1' HUP INT TERM
open() { tmux new-session -d -x 80 -y 24 "$@" \; set-option remain-on-exit on \; set-option status off; }
screen() { tmux capture-pane -p -J -S - 2>/dev/null | sed '/^$/d'; }
line() { tmux send-keys -l -- "$1" \; send-keys Enter; }
press() { tmux send-keys -- "$@"; }
forget() { tmux send-keys -R \; clear-history; }
leave() {
	forget
	press "$1"
	prompt
}
resize() { tmux resize-window -x "$1" -y "$2"; }
hangup() { tmux kill-pane; }
prompt() { await '[$#] ?$'; }
shell() {
	open "$1"
	prompt
}
step() {
	forget
	line "$1"
	prompt
}
await() {
	tries=0
	until screen | sed 'p; s/^[^ ]*[$#] //' | grep -qE -- "$1"; do
		tries=$((tries + 1))
		if [ $tries -gt 600 ]; then
			echo "no line like $1 on the screen:" >&2
			screen >&2
			exit 1
		fi
		sleep 0.1
	done
}
export PS1='$ '
unset ENV HISTFILE
. "./$1"
screen
`
