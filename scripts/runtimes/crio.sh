#!/bin/sh
# CRI-O: pods with two containers and one that has exited, one pod without an infra
# container, one with.
# needs: crio pinns crictl runc podman loopback bridge host-local
# packages: conmon
. "$RUNTIMES/check-podman.sh"
podmanConf cgroupfs runc

mkdir -p /etc/crio /etc/cni/net.d /opt/cni/bin /var/run/crio
for plugin in loopback bridge host-local; do cp "/mnt/repo/build/runtimes/bin/$plugin" /opt/cni/bin/; done
rm -f /etc/cni/net.d/*
cat >/etc/cni/net.d/10-pods.conflist <<'END'
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
 {"type": "bridge", "bridge": "cni0", "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.89.0.0/16"}]]}}]}
END
# An infra container has a score of memory that CAP_SYS_RESOURCE is needed for.
mkdir -p "$WORK/bin"
cat >"$WORK/bin/runc-here" <<'END'
#!/bin/sh
bundle=
for word; do
	[ "$before" != --bundle ] || bundle=$word
	before=$word
done
if [ -n "$bundle" ] && jq -e '.process.oomScoreAdj < 0' "$bundle/config.json" >/dev/null; then
	jq 'del(.process.oomScoreAdj)' "$bundle/config.json" >"$bundle/new.json" && cat "$bundle/new.json" >"$bundle/config.json"
fi
exec /mnt/repo/build/runtimes/bin/runc "$@"
END
chmod 755 "$WORK/bin/runc-here"
cat >/etc/crio/crio.conf <<'END'
[crio]
storage_driver = "overlay"
[crio.runtime]
default_runtime = "runc"
cgroup_manager = "cgroupfs"
conmon_cgroup = "pod"
pinns_path = "/mnt/repo/build/runtimes/bin/pinns"
conmon = "/usr/bin/conmon"
seccomp_profile = "unconfined"
selinux = false
apparmor_profile = "unconfined"
[crio.runtime.runtimes.runc]
runtime_path = "RUNC"
runtime_root = "/run/runc"
monitor_path = "/usr/bin/conmon"
monitor_cgroup = "pod"
[crio.image]
pause_image = "localhost/pause:1"
pause_command = ""
[crio.network]
network_dir = "/etc/cni/net.d"
plugin_dirs = ["/opt/cni/bin"]
END
printf 'runtime-endpoint: unix:///var/run/crio/crio.sock\nimage-endpoint: unix:///var/run/crio/crio.sock\n' >/etc/crictl.yaml

sed -i "s,RUNC,$WORK/bin/runc-here," /etc/crio/crio.conf
image localhost/bb:1 "$WORK/bb.tar"
image localhost/pause:1 "$WORK/pause.tar"
for file in bb pause; do need podman load -q -i "$WORK/$file.tar" >/dev/null; done
daemon crio crio --config /etc/crio/crio.conf --log-level info
if ! within 40 crictl version; then
	failed "crio did not start: $(one "$(grep -v level=info "$WORK/crio.log" | tail -n 4)")"
	exit 1
fi
version "$(crio --version 2>/dev/null | head -n 1), $(crictl --version)"

# pod NAMESPACE NAME [PIDMODE]: its id; with the mode 0 it needs an infra container.
pod() {
	jq -n --arg namespace "$1" --arg name "$2" --argjson pid "${3:-1}" '{metadata: {name: $name, namespace: $namespace, uid: "uid-\($namespace)-\($name)", attempt: 0}, hostname: $name, log_directory: "/tmp/logs", linux: {security_context: {namespace_options: {pid: $pid}}}}' >"$WORK/pod-$1-$2.json"
	crictl runp "$WORK/pod-$1-$2.json"
}
# container POD NAMESPACE PODNAME NAME COMMAND...: its id.
container() {
	pod=$1 namespace=$2 podName=$3 name=$4
	shift 4
	mode=$(jq .linux.security_context.namespace_options.pid "$WORK/pod-$namespace-$podName.json")
	# Not as arguments of jq, which would take -c for its own.
	command=$(printf '%s\n' "$@" | jq -R . | jq -sc .)
	jq -n --arg name "$name" --argjson pid "$mode" --argjson command "$command" '{metadata: {name: $name, attempt: 0}, image: {image: "localhost/bb:1"}, command: $command, log_path: "\($name).log", linux: {security_context: {namespace_options: {pid: $pid}}}}' >"$WORK/container.json"
	id=$(crictl create "$pod" "$WORK/container.json" "$WORK/pod-$namespace-$podName.json") && crictl start "$id" >/dev/null && echo "$id"
}
pidOf() { crictl inspect "$1" | jq .info.pid; }

mkdir -p /tmp/logs
web=$(need pod shop web) || exit 1
nginx=$(need container "$web" shop web nginx sh -c "$marked" shop-nginx) || exit 1
sidecar=$(need container "$web" shop web sidecar sh -c "$marked" shop-sidecar)
init=$(need container "$web" shop web init sh -c 'exit 3')
shared=$(need pod ops web 0)
opsNginx=$(need container "$shared" ops web nginx sh -c "$marked" ops-nginx)
within 10 sh -c "crictl inspect $init | jq -e '.status.state == \"CONTAINER_EXITED\"'"
nginxPID=$(pidOf "$nginx")
sidecarPID=$(pidOf "$sidecar")
opsPID=$(pidOf "$opsNginx")
pause=$(jq '.init_process_pid' "/run/runc/$shared/state.json" 2>/dev/null)

expect pod:shop/web/nginx "$nginxPID"
expect pod:shop/web/sidecar "$sidecarPID"
expect pod:ops/web/nginx "$opsPID"
expect sidecar "$sidecarPID"
expect "$nginx" "$nginxPID"
expect "cri-o://$sidecar" "$sidecarPID"
enters pod:shop/web/nginx -a cat /name -- shop-nginx
enters pod:shop/web/sidecar -a cat /name -- shop-sidecar
enters pod:ops/web/nginx -a cat /name -- ops-nginx
ambiguous nginx pod:shop/web/nginx pod:ops/web/nginx
# All of a pod share it, infra container or not.
enters pod:shop/web -n readlink /proc/self/ns/net -- "$(readlink "/proc/$nginxPID/ns/net")"
enters "$web" -n readlink /proc/self/ns/net -- "$(readlink "/proc/$nginxPID/ns/net")"
refuses pod:shop/web/init exited
refuses "$init" exited
refuses pod:shop/wep "did you mean" shop/web
shown pod:shop/web/nginx pod:shop/web/sidecar pod:ops/web/nginx
hidden pod:shop/web/init
likeExec pod:shop/web/nginx crictl exec "$nginx"
roundtrip

recording crio-1.34.0 "CRI-O 1.34.0 with crictl: pod shop/web $(short "$web") without an infra container (nginx, sidecar, init that exited with 3), ops/web $(short "$shared") with one where pause is named (nginx)"
keepPodman /var/lib/containers/storage /run/runc
for id in "$nginx" "$sidecar" "$init" "$opsNginx" "$shared" "$web"; do
	fields '{annotations: (.annotations | with_entries(select(.key | test("^io.kubernetes.(cri-o.(ContainerType|ContainerName|ContainerID|SandboxID|SandboxName|KubeName|Name|Namespace)|pod.(name|namespace)|container.name)$"))))}' \
		"/var/lib/containers/storage/overlay-containers/$id/userdata/config.json" "/run/containers/storage/overlay-containers/$id/userdata/config.json"
	[ -z "$record" ] || [ ! -e "$record/run/runc/$id/state.json" ] || {
		jq -c '.config.labels |= map(select(test("^(io.kubernetes.(cri-o.(ContainerType|ContainerName|ContainerID|SandboxID|SandboxName|KubeName|Name|Namespace)|pod.(name|namespace)|container.name)|bundle)=")))' "$record/run/runc/$id/state.json" >"$WORK/lean"
		cat "$WORK/lean" >"$record/run/runc/$id/state.json"
	}
done
keepCgroups crio
answer crictl-inspect-init.json '{status: (.status | {id, state, exitCode, finishedAt, reason, labels, metadata}), info: {pid: .info.pid}}' crictl inspect "$init"
process pod:shop/web/nginx "$nginxPID"
process pod:shop/web/sidecar "$sidecarPID"
process pod:ops/web/nginx "$opsPID"
[ -z "$pause" ] || process pod:ops/web "$pause"
recorded
