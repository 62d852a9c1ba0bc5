#!/bin/sh
# podman as root with its own cgroups: containers, pods with and without an infra
# container, and storage that is elsewhere.
# needs: podman runc runc-rc
# packages: conmon netavark catatonit
. "$RUNTIMES/check-podman.sh"
oci=${oci:-runc} # what containers are started by
nextOCI=${nextOCI:-runc-rc}
podmanConf cgroupfs "$oci"
podman=$(podman --version | sed 's/.* //')
version "podman $podman with $oci, $(conmon --version | head -n 1)"

# run NAME OPTION...
run() {
	name=$1
	shift
	rootfs "$WORK/roots/$name"
	podman run -d --name "$name" --hostname "$name" "$@" --rootfs "$WORK/roots/$name" sh -c "$marked" "$name"
}
# member NAME POD: its pod's network and name.
member() {
	rootfs "$WORK/roots/$1"
	podman run -d --name "$1" --pod "$2" --rootfs "$WORK/roots/$1" sh -c "$marked" "$1"
}
pidOf() { podman inspect --format '{{.State.Pid}}' "$1"; }
idOf() { podman inspect --format '{{.Id}}' "$1"; }

for name in web db old; do need run $name --network none >/dev/null; done
need podman rename db data
need podman stop -t 0 old >/dev/null
need podman create --name new --network none --rootfs "$WORK/roots/old" sleep 1000 >/dev/null
need run next --runtime "$nextOCI" --network none >/dev/null

for name in web data next; do
	pid=$(pidOf $name)
	id=$(idOf $name)
	expect $name "$pid"
	expect podman:$name "$pid"
	expect "$id" "$pid"
	expect "podman:$id" "$pid"
	expect "podman:$(short "$id")" "$pid"
	shown podman:$name
done
enters web -a cat /name -- web
enters web -a hostname -- web
enters data -a cat /name -- db
likeExec web podman exec web
refuses db "nothing has that name"
refuses old "not running" "podman start old"
refuses podman:old "not running"
refuses new "not running"
refuses "podman:$(short "$(idOf old)")" "not running"
refuses wep "did you mean" web
fails web hostname -- --all
hidden podman:db podman:old podman:new

# The id of a pod is that of what keeps its namespaces, never its monitor's.
pod=$(need podman pod create --name shop --network none)
need member front shop >/dev/null
need member side shop >/dev/null
infraID=$(podman pod inspect shop --format '{{.InfraContainerID}}')
infra=$(pidOf "$infraID")
expect "$pod" "$infra"
expect "podman:$pod" "$infra"
expect "podman:$(short "$pod")" "$infra"
expect "podman:$(short "$pod")-infra" "$infra"
expect "$infraID" "$infra"
for name in front side; do
	expect podman:$name "$(pidOf $name)"
	enters podman:$name -a cat /name -- $name
	shown podman:$name
done
enters "$pod" -n readlink /proc/self/ns/net -- "$(readlink "/proc/$infra/ns/net")"

bare=$(need podman pod create --name bare --infra=false)
rootfs "$WORK/roots/alone"
need podman run -d --name alone --pod bare --network none --rootfs "$WORK/roots/alone" sh -c "$marked" alone >/dev/null
expect podman:alone "$(pidOf alone)"
refuses "$bare"
refuses "podman:$(short "$bare")"
off=$(need podman pod create --name off --network none)
need member gone off >/dev/null
need podman pod stop -t 0 off >/dev/null
refuses "$off"
refuses gone "not running"

# What only its monitor knows by name.
rootfs "$WORK/roots/away"
mkdir -p "$WORK/away"
need podman --root "$WORK/away" --runroot /run/away run -d --name away --network none --rootfs "$WORK/roots/away" sh -c "$marked" away >/dev/null
away=$(podman --root "$WORK/away" --runroot /run/away inspect --format '{{.State.Pid}}' away)
expect podman:away "$away"
enters away -a cat /name -- away

# No monitor is a container.
hidden "podman:$pod" "podman:$bare" "podman:$(short "$pod")" "podman:$(short "$bare")"
shown "podman:$(short "$pod")-infra"
roundtrip

recording "podman-$podman" "podman $podman with $oci as root, cgroupfs: web, data that was db before, next by $nextOCI, old that stopped, new that was only created; pod $(short "$pod") with front and side, pod $(short "$bare") without infra with alone, pod $(short "$off") that stopped; away in another storage"
keepPodman /var/lib/containers/storage /run/runc /run/crun
keepCgroups libpod
for name in web data next front side alone; do process podman:$name "$(pidOf $name)"; done
process podman:away "$away"
process "$pod" "$infra"
recorded
