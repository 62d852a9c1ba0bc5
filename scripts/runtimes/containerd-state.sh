#!/bin/sh
# containerd with its state elsewhere, as k0s and microk8s have it: runc's root stays.
# needs: containerd containerd-shim-runc-v2 ctr runc
. "$RUNTIMES/check-containerd.sh"
startContainerd --state /run/k0s/containerd --root /var/lib/k0s/containerd --address /run/k0s/containerd.sock

image localhost/bb:1 "$WORK/bb.tar"
need ctr image import --local "$WORK/bb.tar" >/dev/null
need ctr run -d --annotation io.kubernetes.cri.container-type=container \
	--annotation io.kubernetes.cri.container-name=app --annotation io.kubernetes.cri.sandbox-name=front \
	--annotation io.kubernetes.cri.sandbox-namespace=shop localhost/bb:1 \
	"$(echo labelled | sha256sum | cut -d ' ' -f 1)" sh -c "$marked" labelled
need ctr run -d localhost/bb:1 web sh -c "$marked" web
web=$(taskPID default web)
app=$(ctr task ls | awk 'length($1) == 64 { print $2 }')
expect web "$web"
expect containerd:default/web "$web"
expect pod:shop/front/app "$app"
enters web -a cat /name -- web
enters pod:shop/front/app -a cat /name -- labelled
shown containerd:default/web pod:shop/front/app
roundtrip

recording "containerd-$(pinned containerd)-state" "containerd --state /run/k0s/containerd: web, and a container with the annotations of a pod's"
keepContainerd /run/k0s/containerd
keepContainerd /run/containerd
process containerd:default/web "$web"
process pod:shop/front/app "$app"
