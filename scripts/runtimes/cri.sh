#!/bin/sh
# Kubernetes' side of containerd by crictl: pods with several containers, one that has
# exited, and the pause of each.
# needs: containerd containerd-shim-runc-v2 ctr runc crictl loopback bridge host-local
. "$RUNTIMES/check-containerd.sh"

mkdir -p /etc/containerd /etc/cni/net.d /opt/cni/bin
cat >/etc/containerd/config.toml <<'END'
version = 3
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "localhost/pause:1"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
END
for plugin in loopback bridge host-local; do
	cp "/mnt/repo/build/runtimes/bin/$plugin" /opt/cni/bin/
done
rm -f /etc/cni/net.d/*
cat >/etc/cni/net.d/10-pods.conflist <<'END'
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
 {"type": "bridge", "bridge": "cni0", "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.88.0.0/16"}]]}}]}
END
printf 'runtime-endpoint: unix:///run/containerd/containerd.sock\nimage-endpoint: unix:///run/containerd/containerd.sock\n' >/etc/crictl.yaml
startContainerd --log-level info
version "crictl $(pinned crictl)"

image localhost/bb:1 "$WORK/bb.tar"
image localhost/pause:1 "$WORK/pause.tar"
for file in bb pause; do
	need ctr -n k8s.io image import --local --label io.cri-containerd.image=managed "$WORK/$file.tar" >/dev/null
done
need within 20 crictl inspecti localhost/pause:1
need within 20 crictl inspecti localhost/bb:1

# pod NAMESPACE NAME: its id. container POD NAMESPACE NAME CONTAINER COMMAND...: its id,
# of the attempt that attempt says.
attempt=0
pod() {
	jq -n --arg namespace "$1" --arg name "$2" '{metadata: {name: $name, namespace: $namespace, uid: "uid-\($namespace)-\($name)", attempt: 0}, labels: {"io.kubernetes.pod.name": $name, "io.kubernetes.pod.namespace": $namespace}, hostname: $name, log_directory: "/tmp/logs", linux: {}}' >"$WORK/pod-$1-$2.json"
	crictl runp "$WORK/pod-$1-$2.json"
}
container() {
	pod=$1 namespace=$2 podName=$3 name=$4
	shift 4
	jq -n --arg name "$name" --argjson attempt "$attempt" --arg pod "$podName" --arg namespace "$namespace" --argjson command "$(words "$@")" '{metadata: {name: $name, attempt: $attempt}, labels: {"io.kubernetes.container.name": $name, "io.kubernetes.pod.name": $pod, "io.kubernetes.pod.namespace": $namespace}, image: {image: "localhost/bb:1"}, command: $command, log_path: "\($name).log", linux: {resources: {oom_score_adj: 500}}}' >"$WORK/container.json"
	id=$(crictl create "$pod" "$WORK/container.json" "$WORK/pod-$namespace-$podName.json") && crictl start "$id" >/dev/null && echo "$id"
}
pidOf() { crictl inspect "$1" | jq .info.pid; }

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
