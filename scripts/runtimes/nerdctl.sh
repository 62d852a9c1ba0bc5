#!/bin/sh
# nerdctl as root: names are in its own store, and can be changed.
# needs: containerd containerd-shim-runc-v2 ctr runc nerdctl
. "$RUNTIMES/check-containerd.sh"
startContainerd --log-level info
version "nerdctl $(pinned nerdctl)"

image localhost/bb:1 "$WORK/bb.tar"
for namespace in default other; do
	need nerdctl -n "$namespace" load -i "$WORK/bb.tar" >/dev/null
done
run() { # run NAMESPACE NAME OPTION...
	namespace=$1 name=$2
	shift 2
	nerdctl -n "$namespace" run -d --net none --name "$name" "$@" localhost/bb:1 sh -c "$marked" "$namespace-$name"
}
pidOf() { nerdctl -n "$1" inspect -f '{{.State.Pid}}' "$2"; }
run default web >/dev/null
run default store --oom-score-adj 300 >/dev/null
run other shop >/dev/null
run other store >/dev/null
run default old >/dev/null
need nerdctl stop -t 0 old >/dev/null

web=$(pidOf default web)
expect web "$web"
expect containerd:default/web "$web"
expect "$(nerdctl ps -q --no-trunc -f name=web)" "$web"
expect "$(nerdctl ps -q -f name=web)" "$web"
expect containerd:other/shop "$(pidOf other shop)"
expect shop "$(pidOf other shop)"
expect containerd:default/store "$(pidOf default store)"
expect containerd:other/store "$(pidOf other store)"
ambiguous store containerd:default/store containerd:other/store
enters web -a cat /name -- default-web
enters containerd:other/store -a cat /name -- other-store
enters containerd:default/store -a --as-container cat /proc/self/oom_score_adj -- "$(nerdctl exec store cat /proc/self/oom_score_adj)"
refuses old "not running"
refuses containerd:default/old "not running" "nerdctl start"
refuses wep "did you mean" web
shown containerd:default/web containerd:default/store containerd:other/shop containerd:other/store
roundtrip

# The annotation of the bundle keeps the first name.
need nerdctl rename web front
expect front "$web"
expect containerd:default/front "$web"
refuses web "nothing has that name"
hidden containerd:default/web
run default web >/dev/null
second=$(pidOf default web)
expect web "$second"
expect containerd:default/web "$second"
expect front "$web"
shown containerd:default/web containerd:default/front
roundtrip

recording "nerdctl-$(pinned nerdctl)" "nerdctl as root: front that was web before, web, store in two namespaces, other/shop, old that was stopped"
keepContainerd /run/containerd
for file in /var/lib/nerdctl/*/names/*/*; do keep "$file"; done
process containerd:default/front "$web"
process containerd:default/web "$second"
process containerd:default/store "$(pidOf default store)"
process containerd:other/store "$(pidOf other store)"
process containerd:other/shop "$(pidOf other shop)"

# A start writes the first name beside the present one, if nobody else has it; else it
# fails. nerdctl itself knows but the present one.
need nerdctl rm -f web >/dev/null
refuses web "nothing has that name"
hidden containerd:default/web
need nerdctl stop -t 0 front >/dev/null
refuses front "not running"
need nerdctl start front >/dev/null
front=$(pidOf default front)
expect front "$front"
expect containerd:default/front "$front"
shown containerd:default/front
roundtrip
recording "nerdctl-$(pinned nerdctl)-restarted" "nerdctl as root: front that was web before and was stopped and started since, store in two namespaces, other/shop, old that was stopped"
keepContainerd /run/containerd
for file in /var/lib/nerdctl/*/names/*/*; do keep "$file"; done
process containerd:default/front "$front"
process containerd:default/store "$(pidOf default store)"
process containerd:other/store "$(pidOf other store)"
process containerd:other/shop "$(pidOf other shop)"
need nerdctl rm -f front >/dev/null
refuses front "nothing has that name"
