#!/bin/sh
# Tries the README's commands where nobody has prepared anything: on a minimal Debian 12
# with make, git and Go, as different users and below different first processes, and
# where busybox is all there is. Needs root, debootstrap and the network; it is not part
# of CI. Each world has its own mounts and processes, and what it changes is thrown away.
# Output is kept in build/fresh/WORLD.log, with the tests that took longest; all that they
# said in build/fresh/WORLD.tests.log.
# TESTFLAGS, as make test takes them, choose among the tests.
# usage: fresh.sh [WORLD...], of
#   user      make test, as an ordinary user
#   tools     the same, where the packages are that root's make test installs
#   root      make test, as root
#   small     make test, as root, below unshare -pf --mount-proc
#   idle      make test, as root, below a first process that never waits for a child
#   podman    make test, as root of a container that podman made
#   run       make run, as root and as an ordinary user
#   busybox   what make run runs, where every program but ours is busybox
#   install   make, and make install and make uninstall by a root who has no go
set -u
export LC_ALL=C
here=$(dirname "$(realpath "$0")")
repo=$(realpath "$here/..")
fresh=$repo/build/fresh
[ $# -gt 0 ] || set -- user tools root small idle podman run busybox install

[ "$(id -u)" -eq 0 ] || {
	echo 'fresh.sh: a Debian of its own takes root to make' >&2
	exit 1
}
mkdir -p "$fresh/cache.root" "$fresh/cache.user"
chown 1000:1000 "$fresh/cache.user"
echo 'module elsewhere' >"$fresh/go.mod" # a Debian has Go files, which are not in ./...
if [ ! -d "$fresh/debian" ]; then
	echo 'a minimal Debian 12 ...'
	rm -rf "$fresh/debian.new"
	if ! debootstrap --variant=minbase --include=make,git,ca-certificates bookworm "$fresh/debian.new" >"$fresh/debootstrap.log" 2>&1; then
		tail -n 5 "$fresh/debootstrap.log" >&2
		exit 1
	fi
	chroot "$fresh/debian.new" useradd --create-home --uid 1000 tester || exit
	mv "$fresh/debian.new" "$fresh/debian"
fi

# enter WORLD UPPER: one on top of the minimal Debian, whose changes go to UPPER
enter() {
	mkdir -p "$2/changes" "$2/work" "$2/root"
	unshare -mpf --kill-child --propagation private sh "$here/fresh/inside.sh" "$1" "$repo" "$2"
}

if [ ! -d "$fresh/packages" ]; then
	echo 'the packages that the tests call ...'
	rm -rf "$fresh/packages.new"
	enter packages "$fresh/packages.new" >"$fresh/packages.log" 2>&1 || {
		tail -n 5 "$fresh/packages.log" >&2
		exit 1
	}
	mv "$fresh/packages.new" "$fresh/packages"
fi

# longest LOG: the tests that took longest, with their seconds; those that wait for parts
# of theirs, too
longest() {
	echo 'took longest:'
	sed -nE 's|^ *--- [A-Z]+: (.*) \(([0-9.]+)s\)$|\2 \1|p' "$1" | sort -rn | head -n 25
}

failed=0
for name; do
	upper=$(mktemp -d "$fresh/world.XXXXXX")
	chmod 755 "$upper"
	began=$(date +%s)
	if enter "$name" "$upper" >"$fresh/$name.log" 2>&1; then
		said=$(grep -aE '^[0-9]+ passed, ' "$fresh/$name.log") || said='as it should'
	else
		said="FAILED, see build/fresh/$name.log: $(tail -n 1 "$fresh/$name.log")"
		failed=1
	fi
	for tests in "$upper/changes/src/build/test.log" "$upper/srv/changes/src/build/test.log"; do
		[ -e "$tests" ] || continue
		mv "$tests" "$fresh/$name.tests.log"
		longest "$fresh/$name.tests.log" >>"$fresh/$name.log"
	done
	rm -rf --one-file-system "$upper"
	printf '%-8s %4d s  %s\n' "$name" $(($(date +%s) - began)) "$said"
done
exit $failed
