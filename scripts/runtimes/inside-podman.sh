#!/bin/sh
# Runs as a unit of a booted systemd; see check-systemd.sh.
. "$RUNTIMES/check-podman.sh"
# As from a shell: below a unit, monitors get no cgroup of their own.
unset INVOCATION_ID
podmanConf systemd runc
# The machine has the controllers in version 1, if it is hybrid.
sed -i 's/^log_driver/pids_limit = 0\n&/' /etc/containers/containers.conf
# What the root of Debian's has not.
mkdir -p /usr/libexec/podman
cp "$WORK"/programs/* /usr/libexec/podman/
# The root is an overlay, which none can be put on.
mkdir -p /var/lib/containers /home/rt/.local "$WORK/storage" "$WORK/local"
chown 1000:1000 /home/rt/.local "$WORK/local"
mount --bind "$WORK/storage" /var/lib/containers
mount --bind "$WORK/local" /home/rt/.local
podman=$(podman --version | sed 's/.* //')
version "podman $podman with systemd's cgroups, $(systemctl --version | head -n 1)"

run() {
	name=$1
	shift
	rootfs "$WORK/roots/$name"
	podman run -d --name "$name" "$@" --rootfs "$WORK/roots/$name" sh -c "$marked" "$name"
}
pidOf() { podman inspect --format '{{.State.Pid}}' "$1"; }
need run web --network none >/dev/null
pod=$(need podman pod create --name shop --network none)
need run front --pod shop >/dev/null
infra=$(pidOf "$(podman pod inspect shop --format '{{.InfraContainerID}}')")

# As a quadlet has it: the main process is conmon, which tells systemd when it is ready.
rootfs "$WORK/roots/quad"
cat >/run/systemd/system/quad.service <<END
[Service]
Environment=PATH=$PATH
Type=notify
NotifyAccess=all
Delegate=yes
KillMode=mixed
ExecStart=$(command -v podman) run --name quad --replace --rm --cgroups=split --sdnotify=conmon -d --network none --rootfs $WORK/roots/quad sh -c '$(echo "$marked" | sed 's/\$/$$/g')' quad
END
systemctl daemon-reload
need systemctl start quad.service
quad=$(pidOf quad)
main=$(systemctl show -P MainPID quad.service)
[ "$(cat "/proc/$main/comm")" = conmon ] || failed "the main process of quad.service is $(cat "/proc/$main/comm")"

for name in web front quad; do
	pid=$(pidOf $name)
	expect podman:$name "$pid"
	expect "$(podman inspect --format '{{.Id}}' $name)" "$pid"
	enters podman:$name -a cat /name -- $name
	shown podman:$name
done
expect web "$(pidOf web)"
expect "$pod" "$infra"
expect "podman:$(short "$pod")" "$infra"
enters "$pod" -n readlink /proc/self/ns/net -- "$(readlink "/proc/$infra/ns/net")"
hidden "machine:libpod_pod_$pod.slice" "machine:libpod_pod_$pod" "podman:$pod"
# The container, or what it is.
if [ "$(gonsenter --which unit:quad.service 2>/dev/null | cut -f 1)" = "$quad" ]; then
	expect unit:quad.service "$quad"
else
	refuses unit:quad.service conmon
fi
roundtrip

# An ordinary user's below his own manager.
loginctl enable-linger rt
as() { setpriv --reuid=1000 --regid=1000 --clear-groups env -i HOME=/home/rt USER=rt LOGNAME=rt PATH="$PATH" XDG_RUNTIME_DIR=/run/user/1000 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus "$@"; }
need within 20 test -S /run/user/1000/bus
rootfs /home/rt/web
chown -R 1000:1000 /home/rt/web
(cd / && need as podman run -d --name web --network none --rootfs /home/rt/web sh -c "$marked" rt-web >/dev/null)
mine=$(cd / && as podman inspect --format '{{.State.Pid}}' web)
expect podman:web "$(pidOf web)"
expect web "$(pidOf web)"
expect podman:1000@web "$mine"
enters podman:1000@web -a cat /name -- rt-web
shown podman:1000@web podman:web
roundtrip
AS=as
: >"$WORK/expected" # the words were root's
expect web "$mine"
enters web -a cat /name -- rt-web
roundtrip
AS=

recording "podman-$podman-systemd" "podman $podman with systemd 252's cgroups, cgroup2 alone: web, pod $(short "$pod") with front, quad in quad.service whose main process is conmon; web of user 1000"
keepPodman /var/lib/containers/storage /run/runc
keepPodman /home/rt/.local/share/containers/storage /run/user/1000/runc
keepCgroups libpod quad
for name in web front quad; do process podman:$name "$(pidOf $name)"; done
process podman:1000@web "$mine"
process "$pod" "$infra"
recorded
