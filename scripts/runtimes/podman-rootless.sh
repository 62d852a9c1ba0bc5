#!/bin/sh
# podman of ordinary users beside root's, all with a container web: rt has a directory
# below /run/user, cron has none, as by su or cron.
# needs: podman runc
# packages: conmon netavark catatonit uidmap slirp4netns fuse-overlayfs
. "$RUNTIMES/check-podman.sh"
podmanConf cgroupfs runc
podman=$(podman --version | sed 's/.* //')
version "podman $podman of ordinary users"

printf 'cron:x:1001:1001::/home/cron:/bin/sh\n' >>/etc/passwd
printf 'cron:x:1001:\n' >>/etc/group
printf 'cron:200000:65536\n' | tee -a /etc/subuid >>/etc/subgid
mkdir -p /home/cron
chown 1001:1001 /home/cron
rt() { setpriv --reuid=1000 --regid=1000 --clear-groups env -i HOME=/home/rt USER=rt LOGNAME=rt PATH="$PATH" PODMAN_IGNORE_CGROUPSV1_WARNING=1 XDG_RUNTIME_DIR=/run/user/1000 "$@"; }
cron() { setpriv --reuid=1001 --regid=1001 --clear-groups env -i HOME=/home/cron USER=cron LOGNAME=cron PATH="$PATH" PODMAN_IGNORE_CGROUPSV1_WARNING=1 "$@"; }

# A root that its user may write.
roots() {
	rootfs "$2/roots/$3"
	chown -R "$1:$1" "$2/roots"
}
rootfs "$WORK/web"
need podman run -d --name web --network none --rootfs "$WORK/web" sh -c "$marked" root >/dev/null
for name in web mine db old; do
	roots 1000 /home/rt $name
	(cd / && need rt podman run -d --name $name --network none --rootfs /home/rt/roots/$name sh -c "$marked" rt-$name >/dev/null)
done
(cd / && rt podman rename db data && rt podman stop -t 0 old) >/dev/null
pod=$(cd / && need rt podman pod create --name shop --network none)
roots 1000 /home/rt front
(cd / && need rt podman run -d --name front --pod shop --rootfs /home/rt/roots/front sh -c "$marked" rt-front >/dev/null)
for name in web job off; do
	roots 1001 /home/cron $name
	(cd / && need cron podman run -d --name $name --network none --rootfs /home/cron/roots/$name sh -c "$marked" cron-$name >/dev/null)
done
(cd / && cron podman stop -t 0 off) >/dev/null
[ ! -e /run/user/1001 ] || failed "/run/user/1001 is there"

pidOf() {
	user=$1
	(cd / && $user podman inspect --format '{{.State.Pid}}' "$2")
}
root() { "$@"; }
rootPID=$(pidOf root web)

# Root's words: another's is to be asked for.
expect podman:web "$rootPID"
expect web "$rootPID"
enters web -a cat /name -- root
for name in web mine data front; do
	expect podman:1000@$name "$(pidOf rt $name)"
	shown podman:1000@$name
done
for name in web job; do
	expect podman:1001@$name "$(pidOf cron $name)"
	shown podman:1001@$name
done
enters podman:1000@web -a cat /name -- rt-web
enters podman:1000@data -a cat /name -- rt-db
enters podman:1001@web -a cat /name -- cron-web
enters podman:1001@job -a cat /name -- cron-job
refuses mine podman:1000@mine
refuses podman:mine podman:1000@mine
refuses job podman:1001@job
refuses podman:job podman:1001@job
refuses podman:1000@job
refuses podman:1001@mine
refuses podman:1000@old "not running"
refuses podman:1001@off "not running"
for name in podman:1000@old podman:1001@off; do
	# Root's podman knows nothing of it.
	if gonsenter --which $name 2>&1 | grep 'podman start'; then failed "root is told to start $name by his podman"; else passed "root is not told to start $name by his podman"; fi
done
infra=$(pidOf rt "$(cd / && rt podman pod inspect shop --format '{{.InfraContainerID}}')")
expect "podman:1000@$pod" "$infra"
refuses "$pod"
hidden podman:mine podman:job podman:1000@old podman:1001@off podman:1000@job
roundtrip

# Their own.
AS=rt
: >"$WORK/expected" # the words were root's
expect web "$(pidOf rt web)"
expect podman:web "$(pidOf rt web)"
enters web -a cat /name -- rt-web
enters data -a cat /name -- rt-db
expect "$pod" "$infra"
expect podman:front "$(pidOf rt front)"
refuses old "not running" "podman start old"
refuses job
hidden podman:job podman:old
roundtrip
AS=cron
: >"$WORK/expected" # the words were root's
expect web "$(pidOf cron web)"
expect podman:job "$(pidOf cron job)"
enters job -a cat /name -- cron-job
refuses off "not running" "podman start off"
refuses mine
roundtrip
AS=

recording "podman-$podman-rootless" "podman $podman: web of root; web, mine, data that was db before, old that stopped, pod $(short "$pod") with front of user 1000; web, job, off that stopped of user 1001, who has no /run/user/1001"
keepPodman /var/lib/containers/storage /run/runc
keepPodman /home/rt/.local/share/containers/storage /run/user/1000/runc
keepPodman /home/cron/.local/share/containers/storage /tmp/storage-run-1001/runc /tmp/podman-run-1001/runc
keepCgroups libpod
process podman:web "$rootPID"
for name in web mine data front; do process podman:1000@$name "$(pidOf rt $name)"; done
for name in web job; do process podman:1001@$name "$(pidOf cron $name)"; done
process "podman:1000@$pod" "$infra"
recorded
