#!/bin/sh
# containerd by its own client: the same id in two of its namespaces.
# needs: containerd containerd-shim-runc-v2 ctr runc
. "$RUNTIMES/check-containerd.sh"
startContainerd --log-level info

image localhost/bb:1 "$WORK/bb.tar"
for namespace in default other; do
	need ctr -n "$namespace" image import --local "$WORK/bb.tar" >/dev/null
done
run() { # run NAMESPACE ID
	need ctr -n "$1" run -d localhost/bb:1 "$2" sh -c "$marked" "$1-$2"
}
run default web
run other web
run other solo
need ctr -n default run -d localhost/bb:1 over sh -c 'exit 3'
need ctr -n default container create localhost/bb:1 never

one=$(taskPID default web)
two=$(taskPID other web)
solo=$(taskPID other solo)
expect containerd:default/web "$one"
expect containerd:other/web "$two"
expect containerd:other/solo "$solo"
expect containerd:solo "$solo"
expect solo "$solo"
enters containerd:default/web -a cat /name -- default-web
enters containerd:other/web -a cat /name -- other-web
enters solo -a cat /name -- other-solo
ambiguous web containerd:default/web containerd:other/web
ambiguous containerd:web containerd:default/web containerd:other/web
refuses containerd:third/web "third/web"
refuses over "not running"
refuses containerd:default/over "not running"
refuses sola "did you mean" solo
refuses containerd:other/wep "did you mean" containerd:other/web
shown containerd:default/web containerd:other/web containerd:other/solo
hidden containerd:web containerd:solo runc:web runc:solo
roundtrip

recording "containerd-$(pinned containerd)" "containerd by ctr: web in the namespaces default and other, solo in other, over that exited"
keepContainerd /run/containerd
process containerd:default/web "$one"
process containerd:other/web "$two"
process containerd:other/solo "$solo"

# Gone behind containerd's back: the files stay, the process does not.
kill -9 "$solo"
within 5 test ! -e "/proc/$solo"
refuses solo "not running"
hidden containerd:other/solo
