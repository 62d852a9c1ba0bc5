#!/bin/sh
# Starts gounshare 20,000 times on every processor at once, with load beside it,
# and wants every start to succeed. usage: soak.sh PROGRAM [COUNT]
set -eu
tool=$1
count=${2:-20000}
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

work() { # work COUNT
	failed=0
	i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		"$tool" -Ur true || failed=$((failed + 1))
	done
	echo "$1 starts, $failed failed"
	[ "$failed" -eq 0 ]
}

for _ in $(seq "$workers"); do
	work $(((count + workers - 1) / workers)) &
	pids="$pids $!"
done
status=0
for pid in $pids; do
	wait "$pid" || status=1
done
exit $status
