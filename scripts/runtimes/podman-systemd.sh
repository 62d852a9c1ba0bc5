#!/bin/sh
# podman with systemd's cgroups in a booted systemd with cgroup2 alone: a pod, a unit whose
# main process is conmon, and an ordinary user's below his own manager.
# needs: debian podman runc
# packages: systemd-container catatonit netavark
. "$RUNTIMES/check-systemd.sh"
mkdir -p "$WORK/programs"
cp -L /usr/bin/catatonit /usr/lib/podman/netavark "$WORK/programs/"
booted 1 inside-podman.sh
