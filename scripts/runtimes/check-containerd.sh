# shellcheck shell=sh
# To be sourced by the scripts of containerd's family: check.sh, and what they have in
# common.
. "$RUNTIMES/check.sh"

# startContainerd [OPTION...]: a containerd with a plain configuration, and waits for it.
startContainerd() {
	mkdir -p /etc/containerd
	[ -e /etc/containerd/config.toml ] || printf 'version = 3\ndisabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime", "io.containerd.cri.v1.images"]\n' >/etc/containerd/config.toml
	daemon containerd containerd "$@"
	address=/run/containerd/containerd.sock
	for word; do
		case $word in
		*/*.sock) address=$word ;;
		esac
	done
	export CONTAINERD_ADDRESS="$address"
	if ! within 30 ctr version; then
		failed "containerd did not start: $(one "$(tail -n 3 "$WORK/containerd.log")")"
		exit 1
	fi
	version "$(containerd --version | cut -d ' ' -f 1-3)"
	version "$(runc --version | head -n 1)"
}

# taskPID NAMESPACE ID: the process of a task, by ctr.
taskPID() {
	ctr -n "$1" task ls | awk -v id="$2" '$1 == id { print $2 }'
}

# sh -c "$marked" NAME is the command of a container, whose file /name tells it from
# others.
# shellcheck disable=SC2016 # expands inside
export marked='echo "$0" >/name; exec sleep 1000'

# keepContainerd STATE: records the tasks of a containerd, and runc's state of them.
keepContainerd() {
	for bundle in "$1"/io.containerd.runtime.v2.task/*/*; do
		keep "$bundle/init.pid" "$bundle/runtime" "$bundle/bootstrap.json"
		fields "$specFields" "$bundle/config.json"
	done
	for runcs in "$1"/runc/*/* ; do
		fields "$runcFields" "$runcs/state.json"
	done
}
