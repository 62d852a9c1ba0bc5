#!/bin/sh
# systemd with cgroup2 alone: the same as systemd.sh.
# needs: debian podman runc
# packages: systemd-container
. "$RUNTIMES/check-systemd.sh"
booted 1 inside-systemd.sh
