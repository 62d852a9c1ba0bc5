#!/bin/sh
# docker with the containerd that it starts itself, whose images they are.
# needs: containerd containerd-shim-runc-v2 ctr runc dockerd docker
. "$RUNTIMES/check-docker.sh"
startDocker --log-level info
checkDocker
recording "docker-$(pinned dockerd)" "dockerd: web, data that was store before, again that was restarted, old that was stopped"
keepDocker /var/lib/docker /run/docker/containerd/daemon /run/docker/runtime-runc docker:
