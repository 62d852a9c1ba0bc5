#!/bin/sh
# docker of an ordinary user, by docker's own script.
# needs: containerd containerd-shim-runc-v2 ctr runc dockerd docker rootlesskit
# packages: uidmap iptables slirp4netns
. "$RUNTIMES/check-docker.sh"

start=$WORK/dockerd-rootless.sh
need cp "/mnt/repo/build/runtimes/src/$(awk '$1 == "dockerd" { print $2 }' "$RUNTIMES/versions" | tr / _)/contrib/dockerd-rootless.sh" "$start"
chmod 755 "$start"
as() { asrt XDG_RUNTIME_DIR=/run/user/1000 DOCKER_HOST=unix:///run/user/1000/docker.sock "$@"; }
dockerd() { as DOCKERD_ROOTLESS_ROOTLESSKIT_PORT_DRIVER=builtin "$start" "$@"; }
export DOCKER_HOST=unix:///run/user/1000/docker.sock
AS=as
startDocker --log-level info
checkDocker

# Root has to say whose.
AS=
refuses web 1000
for name in web data again; do
	expect "docker:1000@$name" "$(pidOf "$name")"
done
enters docker:1000@web -a cat /name -- web
shown docker:1000@web docker:1000@data docker:1000@again
hidden docker:web docker:data
roundtrip
recording "docker-$(pinned dockerd)-rootless" "dockerd of user 1000: web, data that was store before, again that was restarted, old that was stopped"
keepDocker /home/rt/.local/share/docker /run/user/1000/docker/containerd/daemon /run/user/1000/docker/runtime-runc docker:1000@
