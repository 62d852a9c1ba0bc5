#!/bin/sh
# Runs scripts/runtimes/NAME.sh in a world of its own: mount, network, PID, UTS, IPC and
# cgroup namespaces, and a cgroup in each hierarchy that all it makes is below. Nothing
# survives it: with process 1 of the PID namespace all its processes end, and then the
# cgroups can go.
# usage: world.sh NAME RESULTS
set -u
name=$1
results=$2
here=$(dirname "$(realpath "$0")")
repo=$(realpath "$here/../..")
limit=${RUNTIMES_LIMIT:-900} # seconds

mkdir -p "$repo/build/runtimes"
work=$(mktemp -d "$repo/build/runtimes/world.XXXXXX")
chmod 755 "$work"

# Below the caller's cgroup in each hierarchy: PATH of the mount and of the cgroup in it.
cgroups=$(awk -v leaf="runtimes-$$" '
	FNR == NR { for (i = 7; $i != "-"; i++); if ($4 == "/" && $(i + 1) ~ /^cgroup2?$/) { n++; dir[n] = $5; opts[n] = "," $NF ","; two[n] = $(i + 1) == "cgroup2" } next }
	{ split($0, c, ":"); path = substr($0, length(c[1] ":" c[2] ":") + 1); if (path == "/") path = ""
	  for (k = 1; k <= n; k++) if (two[k] ? c[2] == "" : c[2] != "" && index(opts[k], "," c[2] ",")) print dir[k] path "/" leaf }
' /proc/self/mountinfo /proc/self/cgroup)

cleanup() {
	# What is killed needs a moment to be gone.
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		left=
		for cgroup in $cgroups; do
			[ ! -d "$cgroup" ] || find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || left="$left $cgroup"
		done
		[ -n "$left" ] || break
		sleep 0.5
	done
	[ -z "$left" ] || echo "world.sh: left over:$left" >&2
	rm -rf --one-file-system "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

for cgroup in $cgroups; do
	mkdir "$cgroup" || exit 1
	case $cgroup in
	*/cpuset/*) # of version 1: empty until it is told
		for file in cpuset.cpus cpuset.mems; do
			cat "$(dirname "$cgroup")/$file" >"$cgroup/$file"
		done
		echo 1 >"$cgroup/cgroup.clone_children"
		;;
	esac
done

# shellcheck disable=SC2016 # expands inside
sh -c '
	here=$1 cgroups=$2 limit=$3
	shift 3
	for cgroup in $cgroups; do echo $$ >"$cgroup/cgroup.procs" || exit 1; done
	exec timeout -k 10 "$limit" unshare --mount --net --pid --uts --ipc --cgroup --fork --kill-child --mount-proc \
		sh "$here/inside.sh" "$@"
' sh "$here" "$cgroups" "$limit" "$name" "$repo" "$work" "$results" &
inside=$!
trap 'kill $inside 2>/dev/null; wait $inside; exit 130' INT TERM HUP
wait $inside
