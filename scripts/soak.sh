#!/bin/sh
# Starts a command many times, on every processor at once and with load beside it,
# and wants every start to succeed. usage: soak.sh COUNT COMMAND...
set -eu
count=$1
shift
workers=$(nproc)

load=
pids=
# Background jobs of a script ignore an interrupt: they are ended here.
# shellcheck disable=SC2086 # lists of process ids
trap 'kill $load $pids 2>/dev/null || :' EXIT # a process that has ended is no failure
trap 'exit 130' INT
trap 'exit 143' TERM
for _ in $(seq "$workers"); do
	sh -c 'while :; do :; done' &
	load="$load $!"
done

share=$(((count + workers - 1) / workers))
work() {
	failed=0
	i=0
	while [ $i -lt $share ]; do
		i=$((i + 1))
		"$@" || failed=$((failed + 1))
	done
	echo "$share starts of $*: $failed failed"
	[ "$failed" -eq 0 ]
}

for _ in $(seq "$workers"); do
	work "$@" &
	pids="$pids $!"
done
status=0
for pid in $pids; do
	wait "$pid" || status=1
done
exit $status
