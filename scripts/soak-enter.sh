#!/bin/sh
# Enters 10,000 times all namespaces of a process and, as an ordinary user where
# that can be, 10,000 times a user namespace, under load. usage: soak-enter.sh BIN-DIRECTORY
set -eu
bin=$1
count=${2:-10000}

user=
if [ "$(id -u)" -eq 0 ]; then
	user="setpriv --reuid=61234 --regid=61234 --clear-groups" # nobody's ids
fi
targets=
# shellcheck disable=SC2086 # a list of process ids
trap 'kill -KILL $targets 2>/dev/null || :' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# target OPTIONS COMMAND...: starts a process to enter; its id goes to $p
target() {
	"$@" &
	p=$!
	targets="$targets $p"
	while [ "$(cat /proc/$p/comm)" != sleep ]; do :; done
}

if [ "$(id -u)" -eq 0 ]; then
	target "$bin/gounshare" -muinCT sleep 3600
	sh scripts/soak.sh "$count" "$bin/gonsenter" -t "$p" -a true
fi
# shellcheck disable=SC2086 # words of a command
target $user "$bin/gounshare" -Urn sleep 3600
# shellcheck disable=SC2086
sh scripts/soak.sh "$count" $user "$bin/gonsenter" -t "$p" -U -n --preserve-credentials true
