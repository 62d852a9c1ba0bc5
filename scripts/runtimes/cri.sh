#!/bin/sh
# Kubernetes' side of containerd by crictl: pods with several containers, one that has
# exited, and the pause of each.
# needs: containerd containerd-shim-runc-v2 ctr runc crictl loopback bridge host-local
. "$RUNTIMES/check-cri.sh"

web=$(need pod shop web) || exit 1
nginx=$(need container "$web" shop web nginx sh -c "$marked" shop-nginx) || exit 1
sidecar=$(need container "$web" shop web sidecar sh -c "$marked" shop-sidecar)
init=$(need container "$web" shop web init sh -c 'exit 3')
ops=$(need pod ops web)
opsNginx=$(need container "$ops" ops web nginx sh -c "$marked" ops-nginx)
within 10 sh -c "crictl inspect $init | jq -e '.status.state == \"CONTAINER_EXITED\"'"

pause=$(crictl inspectp "$web" | jq .info.pid)
opsPause=$(crictl inspectp "$ops" | jq .info.pid)
nginxPID=$(pidOf "$nginx")
sidecarPID=$(pidOf "$sidecar")
opsPID=$(pidOf "$opsNginx")

expect pod:shop/web/nginx "$nginxPID"
expect pod:shop/web/sidecar "$sidecarPID"
expect pod:ops/web/nginx "$opsPID"
expect sidecar "$sidecarPID"
expect cri:sidecar "$sidecarPID"
for id in "$nginx" "$sidecar"; do
	short=$(echo "$id" | cut -c 1-13)
	expect "$id" "$(pidOf "$id")"
	expect "cri:$short" "$(pidOf "$id")"
	expect "containerd://$id" "$(pidOf "$id")"
	expect "containerd:k8s.io/$id" "$(pidOf "$id")"
done
expect "$web" "$pause"
expect "$ops" "$opsPause"
enters pod:shop/web/nginx -a cat /name -- shop-nginx
enters pod:shop/web/sidecar -a cat /name -- shop-sidecar
enters pod:ops/web/nginx -a cat /name -- ops-nginx
# What all of a pod share may be taken of any.
enters pod:shop/web -n readlink /proc/self/ns/net -- "$(readlink "/proc/$pause/ns/net")"
enters pod:ops/web -n readlink /proc/self/ns/net -- "$(readlink "/proc/$opsPause/ns/net")"
enters pod:ops/web -a cat /name -- ops-nginx
ambiguous pod:shop/web pod:shop/web/nginx pod:shop/web/sidecar
ambiguous nginx pod:shop/web/nginx pod:ops/web/nginx
ambiguous cri:nginx pod:shop/web/nginx pod:ops/web/nginx
refuses pod:third/web "third/web"
refuses pod:shop/web/ngin "did you mean" pod:shop/web/nginx
for name in pod:shop/web/init "$init" "cri:$(echo "$init" | cut -c 1-13)" init; do
	refuses "$name" exited 3
done
shown pod:shop/web/nginx pod:shop/web/sidecar pod:ops/web/nginx pod:shop/web pod:ops/web
hidden pod:shop/web/init pod:shop/web/

# As `crictl exec` has it, which lowering would need a privilege for.
enters pod:shop/web/nginx -a --as-container cat /proc/self/oom_score_adj -- "$(crictl exec "$nginx" cat /proc/self/oom_score_adj)"
roundtrip

recording "containerd-$(pinned containerd)-cri" "containerd and crictl 1.37: pods shop/web (nginx, sidecar, init that exited with 3) and ops/web (nginx)"
keepContainerd /run/containerd
answer crictl-inspect-init.json '{status: (.status | {id, metadata, state, exitCode, reason, startedAt, finishedAt, labels}), info: {pid: .info.pid}}' crictl inspect -o json "$init"
answer crictl-inspect-nginx.json '{status: (.status | {id, metadata, state, exitCode, reason, startedAt, finishedAt, labels}), info: {pid: .info.pid}}' crictl inspect -o json "$nginx"
answer crictl-ps-a.json '{containers: [.containers[] | {id, podSandboxId, metadata, state, createdAt, labels}]}' crictl ps -a -o json
process pod:shop/web/nginx "$nginxPID"
process pod:shop/web/sidecar "$sidecarPID"
process pod:ops/web/nginx "$opsPID"
process pod:shop/web "$pause"
process pod:ops/web "$opsPause"

# The second try of a container: the first is not meant by its name.
need crictl stop --timeout 0 "$nginx" >/dev/null
attempt=1
again=$(container "$web" shop web nginx sh -c "$marked" shop-nginx-again)
expect pod:shop/web/nginx "$(pidOf "$again")"
refuses "$nginx" exited
need crictl stopp "$ops" >/dev/null
refuses pod:ops/web/nginx exited
hidden pod:ops/web pod:ops/web/nginx
