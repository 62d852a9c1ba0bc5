#!/bin/sh
# Starts gounshare 20,000 times on every processor at once, with load beside it,
# and wants every start to succeed. usage: soak.sh PROGRAM [COUNT]
set -eu
tool=$1
count=${2:-20000}
workers=$(nproc)

load=
for _ in $(seq "$workers"); do
	sh -c 'while :; do :; done' &
	load="$load $!"
done
# shellcheck disable=SC2086 # a list of process ids
trap 'kill $load' EXIT

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

pids=
for _ in $(seq "$workers"); do
	work $((count / workers)) &
	pids="$pids $!"
done
status=0
for pid in $pids; do
	wait "$pid" || status=1
done
exit $status
