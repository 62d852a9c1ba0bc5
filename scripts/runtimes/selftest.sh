#!/bin/sh
# The frame alone, with Debian's runc: a container, a named network namespace, and the
# words that people type first.
# packages: runc
. "$RUNTIMES/check.sh"
version "$(/usr/sbin/runc --version | head -n 1) of Debian"
mkdir -p "$WORK/web"
rootfs "$WORK/web/rootfs"
cd "$WORK/web" || exit 1
/usr/sbin/runc spec
jq '.process.terminal = false | .process.args = ["sleep", "1000"] | .hostname = "web"' config.json >new.json && mv new.json config.json
need /usr/sbin/runc run -d web </dev/null >/dev/null
pid=$(/usr/sbin/runc state web | jq .pid)
expect web "$pid"
expect runc:web "$pid"
enters web -a hostname -- web
refuses wob "did you mean" web
fails web hostname -- --all
# told TEXT COMMAND...: that it fails with these words.
told() {
	text=$1
	shift
	if got=$("$@" 2>&1 </dev/null); then failed "$* succeeds"; return; fi
	case $got in
	*"$text"*) passed "$*: $(one "$got")" ;;
	*) failed "$* does not say '$text': $(one "$got")" ;;
	esac
}
told '-t' gonsenter web
shown runc:web

# A network namespace by its file, whoever is in it.
ip netns add vpn
ip netns exec vpn sleep 1000 &
expect netns:vpn -
enters netns:vpn -n readlink /proc/self/ns/net -- "net:[$(stat -Lc %i /run/netns/vpn)]"
fails netns:vpn -m true -- netns:vpn
shown netns:vpn
roundtrip
