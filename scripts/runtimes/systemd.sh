#!/bin/sh
# systemd with the hierarchies of both versions: units, slices, machines, and podman with
# systemd's cgroups.
# needs: debian podman runc
# packages: systemd-container
. "$RUNTIMES/check-systemd.sh"
booted "" inside-systemd.sh
