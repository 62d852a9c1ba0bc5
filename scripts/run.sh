#!/bin/sh
# Shows the main job on the real kernel: an ordinary user's sandbox, and the way
# into one, and two network namespaces that are connected. As root it runs as an
# ordinary user's id, so that nothing of root's helps.
# usage: run.sh GOUNSHARE GONSENTER GONETNS
set -eu
tool=$(realpath "$1")
enter=$(realpath "$2")
names=$(realpath "$3")
copy=
target=
trap 'rm -rf "$copy"; [ -z "$target" ] || kill "$target"' EXIT

if [ "$(id -u)" -eq 0 ]; then
	copy=$(mktemp -d)
	chmod 755 "$copy"
	cp "$tool" "$copy/gounshare"
	cp "$enter" "$copy/gonsenter"
	cp "$names" "$copy/gonetns"
	tool=$copy/gounshare
	enter=$copy/gonsenter
	names=$copy/gonetns
	as="$tool --setgid=65533 --setuid=65533" # which setpriv(1) of busybox cannot
else
	as=
fi

echo "\$ id -u; hostname"
$as sh -c 'id -u; hostname'
echo
echo "\$ gounshare --map-root-user --pid --fork --mount-proc --hostname=sandbox --loopback sh"
# shellcheck disable=SC2016,SC2086 # expands inside; a list of words
$as "$tool" --map-root-user --pid --fork --mount-proc --hostname=sandbox --loopback sh -c '
	show() { echo "# $1"; sh -c "$1"; }
	show "id -u"
	show "hostname"
	show "cat /proc/self/uid_map"
	show "cd /proc && grep . [0-9]*/comm" # ps(1) is not everywhere
	show "cat /proc/net/dev | cut -d: -f1 | tail -n +3"
	show "mount -t tmpfs none /mnt && touch /mnt/only-here && ls /mnt"
'
echo
echo "\$ ls /mnt; hostname"
ls /mnt
hostname
echo
echo "\$ gounshare --explain -r -n true"
"$tool" --explain -r -n true
echo
echo "\$ gounshare --net true        # as an ordinary user, without -r"
# shellcheck disable=SC2086 # a list of words
$as "$tool" --net true || echo "(exit status $?)"
echo
echo "\$ gounshare --map-root-user --hostname=sandbox sleep 1000 &"
# shellcheck disable=SC2086 # a list of words
$as "$tool" --map-root-user --hostname=sandbox sleep 1000 &
target=$!
tries=0
until [ "$(cat "/proc/$target/comm")" = sleep ]; do
	tries=$((tries + 1))
	[ $tries -le 1000 ] || exit 1
	sleep 0.01
done
echo "\$ gonsenter --target \$! --uts hostname"
# shellcheck disable=SC2086 # a list of words
$as "$enter" --target "$target" --uts hostname || echo "(exit status $?)"
echo "\$ gonsenter --target \$! --user --uts --preserve-credentials hostname"
# shellcheck disable=SC2086 # a list of words
$as "$enter" --target "$target" --user --uts --preserve-credentials hostname
echo
echo "\$ gounshare --map-root-user --net --mount sh        # a place for names of one's own"
# shellcheck disable=SC2016,SC2086 # expands inside; a list of words
GONETNS=$names $as "$tool" --map-root-user --net --mount sh -c '
	PATH=${GONETNS%/*}:$PATH
	show() { echo "# $1"; sh -c "$1"; }
	show "mount -t tmpfs none /run"
	show "gonetns add blue green"
	show "gonetns connect --dry-run blue=10.0.0.1/24 green=10.0.0.2/24"
	show "gonetns connect blue=10.0.0.1/24 green=10.0.0.2/24"
	show "gonetns -n green -4 -brief addr"
	show "gonetns connect blue=10.0.0.1/24 green=10.0.0.2/24" || echo "(exit status $?)"
	show "gonetns disconnect blue green"
	show "gonetns delete blue green"
'
