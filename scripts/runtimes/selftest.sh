#!/bin/sh
# The frame alone, with Debian's runc: one container, two names that do not exist.
# packages: runc
. "$RUNTIMES/check.sh"
version "$(/usr/sbin/runc --version | head -n 1)"
mkdir -p "$WORK/web"
rootfs "$WORK/web/rootfs"
cd "$WORK/web" || exit 1
/usr/sbin/runc spec
jq '.process.terminal = false | .process.args = ["sleep", "1000"] | .hostname = "web"' config.json >new.json && mv new.json config.json
need /usr/sbin/runc run -d web </dev/null >/dev/null 2>&1
pid=$(/usr/sbin/runc state web | jq .pid)
expect web "$pid"
expect runc:web "$pid"
enters web -a hostname -- web
refuses wob 'web'
shown runc:web
roundtrip
