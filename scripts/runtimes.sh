#!/bin/sh
# Builds present versions of container runtimes, starts each in a world of its own, and
# checks that every name that gonsenter shows leads to the very process that the
# runtime's own client says. Takes minutes, the first time half an hour.
# With RECORD=yes the state files of what runs go to internal/container/testdata/recorded.
# usage: runtimes.sh [NAME...]      # scripts/runtimes/NAME.sh; all, where there is none
set -u
cd "$(dirname "$0")/.." || exit 1
if [ "$(id -u)" -ne 0 ]; then
	echo 'runtimes.sh: this starts containers as root, in namespaces of its own' >&2
	exit 1
fi
[ $# -gt 0 ] || set -- containerd containerd-state cri nerdctl nerdctl-rootless docker docker-userns docker-root docker-rootless gvisor oci podman podman-debian podman-rootless crio lxc systemd systemd-v2 podman-systemd

mkdir -p build/runtimes
results=$PWD/build/runtimes/results
: >"$results"
status=0
for name; do
	script=scripts/runtimes/$name.sh
	if [ ! -e "$script" ]; then
		echo "skipped $name: there is no $script" | tee -a "$results"
		continue
	fi
	echo "== $name"
	# What it is made of is said by itself.
	programs=$(sed -n 's/^# needs: //p' "$script")
	packages=$(sed -n 's/^# packages: //p' "$script")
	# shellcheck disable=SC2086 # lists of words
	if ! sh scripts/runtimes/build.sh $programs || ! sh scripts/runtimes/packages.sh $packages; then
		echo "FAILED $name: not built" | tee -a "$results"
		continue
	fi
	sh scripts/runtimes/world.sh "$name" "$results" || echo "FAILED $name: the script ended with $?" | tee -a "$results"
done

echo
grep '^version ' "$results"
grep '^FAILED ' "$results" && status=1
echo
count() { grep -c "^$1 " "$results"; }
echo "$(count ok) passed, $(count FAILED) failed, $(count skipped) skipped"
exit "$status"
