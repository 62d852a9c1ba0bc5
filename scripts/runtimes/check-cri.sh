# shellcheck shell=sh
# To be sourced by the scripts that start pods: a containerd with its side of Kubernetes, and
# crictl.
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
