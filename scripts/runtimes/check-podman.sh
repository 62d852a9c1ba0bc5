# shellcheck shell=sh
# To be sourced by the scripts of podman: check-cgroups.sh, podman's configuration, and how
# its state is recorded.
. "$RUNTIMES/check-cgroups.sh"

# podmanConf CGROUPS RUNTIME: runc is the one that is built here.
podmanConf() {
	mkdir -p /etc/containers
	cat >/etc/containers/containers.conf <<-END
		[containers]
		log_driver = "k8s-file"
		default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
		[engine]
		runtime = "$2"
		cgroup_manager = "$1"
		events_logger = "file"
		[engine.runtimes]
		runc = ["/mnt/repo/build/runtimes/bin/runc"]
		runc-rc = ["/mnt/repo/build/runtimes/bin/runc-rc"]
	END
	[ -e /etc/containers/policy.json ] || echo '{"default": [{"type": "insecureAcceptAnything"}]}' >/etc/containers/policy.json
	# Hybrid and version 1 are told to be old by each command.
	export PODMAN_IGNORE_CGROUPSV1_WARNING=1
	mountpoint -q /dev/shm || mount -t tmpfs -o mode=1777 none /dev/shm
}

# likeExec NAME CLIENT...: that --as-container has a score of memory as the client's exec.
likeExec() {
	name=$1
	shift
	wanted=$("$@" cat /proc/self/oom_score_adj)
	# shellcheck disable=SC2086 # a list of words
	got=$($AS gonsenter -t "$name" -a --as-container cat /proc/self/oom_score_adj 2>"$WORK/err")
	if [ "$got" = "$wanted" ]; then passed "oom_score_adj of $name: $got"; else failed "oom_score_adj of $name: $got, not $wanted: $(one "$(cat "$WORK/err")")"; fi
}

# short ID: as podman prints it.
short() { printf %.12s "$1"; }

# The command of a container writes its name to /name.
# shellcheck disable=SC2016 # expands inside
export marked='echo $0 >/name; exec sleep 1000'

# keepPodman STORAGE RUNTIME...: records what storage tells, and the states of the runtime's
# containers below each RUNTIME, and their monitors.
keepPodman() {
	fields 'map({id, names})' "$1"/*-containers/containers.json "$1"/*-containers/volatile-containers.json
	storage=$1
	shift
	for states; do
		fields "$runcFields" "$states"/*/state.json
		fields "$crunFields" "$states"/*/status
		for state in "$states"/*; do
			[ -d "$state" ] || continue
			# The state of crun has no annotations.
			[ ! -e "$state/status" ] || fields "$specFields" "$storage"/*-containers/"${state##*/}"/userdata/config.json
			keepProcess $(pgrep -f "^[^ ]*conmon .*-c ${state##*/} ")
		done
		keepFifos "$states"
	done
}
