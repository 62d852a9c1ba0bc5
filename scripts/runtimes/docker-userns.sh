#!/bin/sh
# docker with --userns-remap and the system's containerd.
# needs: containerd containerd-shim-runc-v2 ctr runc dockerd docker
# packages: uidmap
. "$RUNTIMES/check-docker.sh"
startContainerd --log-level info
startDocker --userns-remap rt --containerd /run/containerd/containerd.sock
checkDocker
recording "docker-$(pinned dockerd)-userns" "dockerd --userns-remap, the system's containerd: web, data that was store before, again that was restarted, old that was stopped"
keepDocker /var/lib/docker/100000.100000 /run/containerd /run/docker/runtime-runc docker:
