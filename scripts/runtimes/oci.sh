#!/bin/sh
# runc and crun alone: Debian's, and the next runc. The same name in two runtimes, what is
# created only, what has ended, and an ordinary user's.
# needs: runc-rc
# packages: runc crun
. "$RUNTIMES/check-cgroups.sh"
runc=/usr/sbin/runc
crun=/usr/bin/crun
version "$($runc --version | head -n 1)"
version "$(runc-rc --version | head -n 1)"
version "$($crun --version | head -n 1)"
# crun 1.8 refuses hierarchies of both versions beside each other.
umount /sys/fs/cgroup/unified 2>/dev/null || true

# start RUNTIME NAME [create]
start() {
	bundle "$1" "$2"
	action=${3:-run --detach}
	# shellcheck disable=SC2086 # words
	(cd "$WORK/$2" && "$1" $action "$2" </dev/null >"$WORK/$2.log" 2>&1) || failed "${1##*/} $action $2: $(one "$(cat "$WORK/$2.log")")"
}
pidOf() { "$1" state "$2" | jq .pid; }

start $runc web
start runc-rc next
start $crun shop
start $runc both
mkdir -p "$WORK/crun"
(cd "$WORK/both" && need $crun run --detach both </dev/null >"$WORK/both.log" 2>&1)
start $runc new create
start $crun fresh create
start $runc gone
start $crun off
for runtime in $runc $crun; do
	name=gone
	[ "$runtime" = "$runc" ] || name=off
	$runtime kill "$name" KILL
	within 10 sh -c "$runtime state $name | grep -q '\"status\": \"stopped\"'" || failed "$name does not end"
done

web=$(pidOf $runc web)
next=$(pidOf runc-rc next)
shop=$(pidOf $crun shop)
expect web "$web"
expect runc:web "$web"
expect next "$next"
expect runc:next "$next"
expect shop "$shop"
expect crun:shop "$shop"
expect runc:both "$(pidOf $runc both)"
expect crun:both "$(pidOf $crun both)"
ambiguous both runc:both crun:both
for name in web next shop; do enters "$name" -a cat /name -- "$name"; done
refuses crun:web "nothing has that name"
refuses new "runc start new"
refuses fresh "crun start fresh"
refuses runc:gone "not running"
refuses crun:off "not running"
refuses wep "did you mean" web
shown runc:web runc:next crun:shop runc:both crun:both
hidden runc:new crun:fresh runc:gone crun:off
roundtrip

# An ordinary user's: his by his name, root has to say whose.
as() { asrt XDG_RUNTIME_DIR=/run/user/1000 "$@"; }
for runtime in $runc $crun; do
	name=mine-${runtime##*/}
	as mkdir -p "/home/rt/$name"
	rootfs "/home/rt/$name/rootfs"
	chown -R 1000:1000 "/home/rt/$name"
	(
		cd "/home/rt/$name" || exit
		as "$runtime" spec --rootless
		# shellcheck disable=SC2016 # of jq and of the shell inside
		jq --arg name "$name" '.process.terminal = false | .root.readonly = false | .hostname = $name | del(.linux.resources)
			| .process.args = ["sh", "-c", "echo $0 >/name; exec sleep 1000", $name]' config.json >"$WORK/new.json"
		cat "$WORK/new.json" >config.json
		as "$runtime" run --detach "$name" </dev/null >"$WORK/$name.log" 2>&1 || failed "$name of user 1000: $(one "$(cat "$WORK/$name.log")")"
	)
	pid=$(as "$runtime" state "$name" | jq .pid)
	AS=as
	expect "$name" "$pid"
	expect "${runtime##*/}:$name" "$pid"
	enters "$name" -a --preserve-credentials cat /name -- "$name"
	AS=
	refuses "$name" "${runtime##*/}:1000@$name"
	expect "${runtime##*/}:1000@$name" "$pid"
	enters "${runtime##*/}:1000@$name" -a --preserve-credentials cat /name -- "$name"
	shown "${runtime##*/}:1000@$name"
	hidden "${runtime##*/}:$name"
done
AS=as
roundtrip
AS=
roundtrip

recording oci-1.1.5-1.6-1.8.1 "runc 1.1.5: web, both, new that was only created, gone that ended; runc 1.6.0-rc.1: next; crun 1.8.1: shop, both, fresh that was only created, off that ended; of user 1000 mine-runc and mine-crun"
fields "$runcFields" /run/runc/*/state.json
fields "$crunFields" /run/crun/*/status
for runtime in runc crun; do
	fields "$runcFields" /run/user/1000/$runtime/*/state.json
	fields "$crunFields" /run/user/1000/$runtime/*/status
done
keepFifos /run
keepCgroups web next shop both mine
process runc:web "$web"
process runc:next "$next"
process crun:shop "$shop"
process runc:both "$(pidOf $runc both)"
process crun:both "$(pidOf $crun both)"
process runc:1000@mine-runc "$(as $runc state mine-runc | jq .pid)"
process crun:1000@mine-crun "$(as $crun state mine-crun | jq .pid)"
recorded
