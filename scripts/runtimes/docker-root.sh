#!/bin/sh
# docker with data-root in daemon.json.
# needs: containerd containerd-shim-runc-v2 ctr runc dockerd docker
. "$RUNTIMES/check-docker.sh"
mkdir -p /etc/docker
echo '{"data-root": "/srv/docker"}' >/etc/docker/daemon.json
mount -t tmpfs none /srv
mkdir -p "$WORK/data"
mkdir /srv/docker
mount --bind "$WORK/data" /srv/docker
startDocker --log-level info
checkDocker
recording "docker-$(pinned dockerd)-root" "dockerd by daemon.json with data-root: web, data that was store before, again that was restarted, old that was stopped"
keepDocker /srv/docker /run/docker/containerd/daemon /run/docker/runtime-runc docker:
