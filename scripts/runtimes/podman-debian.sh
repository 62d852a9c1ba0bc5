#!/bin/sh
# Debian's podman with its crun: the same as podman.sh.
# packages: podman crun runc conmon netavark catatonit
PATH=/mnt/repo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# crun 1.8 refuses hierarchies of both versions beside each other.
umount /sys/fs/cgroup/unified 2>/dev/null || true
# shellcheck disable=SC2034 # used there
oci=crun nextOCI=/usr/sbin/runc
. "$RUNTIMES/podman.sh"
