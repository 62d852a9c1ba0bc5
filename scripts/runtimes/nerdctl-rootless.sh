#!/bin/sh
# nerdctl of an ordinary user: containerd in a user namespace, its state in his folders.
# needs: containerd containerd-shim-runc-v2 ctr runc nerdctl rootlesskit
# packages: uidmap iptables slirp4netns
. "$RUNTIMES/check-containerd.sh"

# Its own script starts it.
start=$WORK/containerd-rootless.sh
need cp "/mnt/repo/build/runtimes/src/$(awk '$1 == "nerdctl" { print $2 }' "$RUNTIMES/versions" | tr / _)/extras/rootless/containerd-rootless.sh" "$start"
chmod 755 "$start"
as() { asrt XDG_RUNTIME_DIR=/run/user/1000 "$@"; }
mkdir -p /etc/containerd
printf 'version = 3\ndisabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime", "io.containerd.cri.v1.images"]\n' >/etc/containerd/config.toml
as mkdir -p /home/rt/.config/containerd
as cp /etc/containerd/config.toml /home/rt/.config/containerd/config.toml
daemon containerd-rootless asrt XDG_RUNTIME_DIR=/run/user/1000 "$start"
if ! within 30 test -S /run/user/1000/containerd/containerd.sock || ! within 10 as timeout 10 nerdctl ps; then
	failed "the user's containerd did not start: $(one "$(tail -n 5 "$WORK/containerd-rootless.log"; as timeout 10 nerdctl ps 2>&1)")"
	exit 1
fi
version "nerdctl $(pinned nerdctl) of an ordinary user, $(containerd --version | cut -d ' ' -f 1-3)"

image localhost/bb:1 "$WORK/bb.tar"
need as nerdctl load -i "$WORK/bb.tar" >/dev/null
run() { as nerdctl run -d --net none --name "$1" localhost/bb:1 sh -c "$marked" "$1"; }
pidOf() { as nerdctl inspect -f '{{.State.Pid}}' "$1"; }
need run web >/dev/null
need run store >/dev/null
need as nerdctl rename store data
need run old >/dev/null
need as nerdctl stop -t 0 old >/dev/null

web=$(pidOf web)
data=$(pidOf data)
# His own words for it.
AS=as
expect web "$web"
expect containerd:default/web "$web"
expect data "$data"
enters web -a cat /name -- web
refuses store "nothing has that name"
refuses old "not running"
shown containerd:default/web containerd:default/data
roundtrip
# Root has to say whose.
AS=
refuses web 1000
expect containerd:1000@default/web "$web"
expect containerd:1000@default/data "$data"
shown containerd:1000@default/web containerd:1000@default/data
hidden containerd:default/web
roundtrip

recording "nerdctl-$(pinned nerdctl)-rootless" "nerdctl of user 1000: web, data that was store before, old that was stopped"
keepContainerd /run/user/1000/containerd
for file in /home/rt/.local/share/nerdctl/*/names/*/*; do keep "$file"; done
process containerd:1000@default/web "$web"
process containerd:1000@default/data "$data"
