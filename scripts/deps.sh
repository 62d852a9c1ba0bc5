#!/bin/sh
# Installs, on Debian and as root, what the tests and checks call; says so.
set -eu

missing=
need() { # need PROGRAM PACKAGE
	command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need unshare util-linux
need setpriv util-linux
need ip iproute2
need newuidmap uidmap
need busybox busybox-static
need ping iputils-ping
need nft nftables
need iptables iptables
need script bsdutils
need sysctl procps
need ps procps
need strace strace
need tmux tmux
need gcc gcc
[ -e /usr/include/stdio.h ] || missing="$missing libc6-dev"
need mandoc mandoc
need shellcheck shellcheck
need zsh zsh
need fish fish
need slirp4netns slirp4netns
need perl perl
need setcap libcap2-bin
need runc runc
need crun crun
need podman podman
need bwrap bubblewrap
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
	echo "missing, and tests that need them will be skipped:$missing" >&2
	exit 0
fi
echo "installing Debian packages:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # a list of words
apt-get install -y -qq --no-install-recommends $missing >/dev/null
