#!/bin/sh
# Times what entering a container by a name takes beside the runtime's own exec, in
# alternating runs, among 1,500 processes and among 20,000. A runtime that is not there, or
# starts no container here, is said.
# RUNS=N: of each command and row, fewer of the slow ones.
# shellcheck disable=SC2153 # what inside.sh exports
. "$RUNTIMES/check-docker.sh"
. "$RUNTIMES/check-cgroups.sh"
runs=${RUNS:-400}
few=$(((runs + 7) / 8))

has() { # has PROGRAM...: on PATH, or a line that says what is missing
	for program; do
		command -v "$program" >/dev/null || { skipped "$RUNTIME exec: no $program"; return 1; }
	done
}

# compare RUNS NAMES THEIRS: rows for their exec and for each of our ways to name it.
compare() {
	count=$1 title="$processes processes, $(find /sys/fs/cgroup -type d | wc -l) cgroups" theirs=$3
	# shellcheck disable=SC2086 # a list of words
	set -- $2
	for name; do
		shift
		set -- "$@" "gonsenter -t $name -a true"
	done
	(IFS='	' && printf '%s\n' "$title	$theirs	$*") | $apart bench -runs "$count" -names || skipped "$theirs"
}
apart=

# Services as a host has them, in the hierarchies in which systemd makes their cgroups.
units=200
hierarchies=
for dir in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup/memory /sys/fs/cgroup/pids; do
	if mountpoint -q "$dir"; then hierarchies="$hierarchies $dir"; fi
done
hierarchies=${hierarchies:-/sys/fs/cgroup}
mkfifo "$WORK/never" "$WORK/more"

# service NUMBER FIRST SECOND: that many processes in a cgroup of their own, and then more.
# They are shells that wait for a writer, since that needs the least memory.
service() {
	for dir in $hierarchies; do
		mkdir -p "$dir/system.slice/work-$1.service"
		sh -c 'echo $PPID' >"$dir/system.slice/work-$1.service/cgroup.procs"
	done
	shift
	for number; do
		while [ "$number" -gt 0 ]; do
			number=$((number - 1))
			read -r _ <"$WORK/never" &
		done
		read -r _ <"$WORK/more"
	done
}
count() { find /proc -maxdepth 1 -name '[1-9]*' | wc -l; }
populated() { [ "$(count)" -ge "$1" ]; }

fewProcesses=1500 manyProcesses=20000
for number in $(seq $units); do
	service "$number" $((fewProcesses / units)) $(((manyProcesses - fewProcesses) / units)) &
done
within 120 populated $fewProcesses || skipped "only $(count) processes"
processes=$fewProcesses

echo 'entering a container, medians of alternating runs, as many as in brackets'
echo "load average $(cut -d ' ' -f 1-3 /proc/loadavg)"

# start RUNTIME NAME: a container of runc or crun. Sets pid.
start() {
	bundle "$1" "$2"
	(cd "$WORK/$2" && $apart "$1" run --detach "$2" </dev/null >"$WORK/$2.log" 2>&1) && pid=$($apart "$1" state "$2" | jq .pid) && return
	skipped "$1 exec: $(one "$(cat "$WORK/$2.log")")"
	return 1
}

RUNTIME=runc
if has runc; then
	version "$(runc --version | head -n 1)"
	if start runc web; then web=$pid; compare "$runs" "runc:web web $web" "runc exec web true"; fi
fi

RUNTIME=crun
if has crun; then
	version "$(crun --version | head -n 1)"
	# It refuses hierarchies of both versions beside each other.
	# shellcheck disable=SC2016 # expands inside
	mountpoint -q /sys/fs/cgroup/unified && apart='unshare -m sh /tmp/apart'
	printf 'umount /sys/fs/cgroup/unified && exec "$@"\n' >/tmp/apart
	if start crun shop; then compare "$runs" "crun:shop shop $pid" "crun exec shop true"; fi
	apart=
fi

RUNTIME=podman
if has podman runc; then
	version "$(podman --version)"
	mkdir -p /etc/containers
	cat >/etc/containers/containers.conf <<-END
		[containers]
		log_driver = "none"
		default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
		[engine]
		runtime = "runc"
		cgroup_manager = "cgroupfs"
		events_logger = "none"
	END
	rootfs "$WORK/db/rootfs"
	if podman run --detach --name db --network none --rootfs "$WORK/db/rootfs" sleep 10000 >"$WORK/db.log" 2>&1; then
		compare "$few" "podman:db db $(podman inspect --format '{{.State.Pid}}' db)" "podman exec db true"
	else
		skipped "podman exec: $(one "$(cat "$WORK/db.log")")"
	fi
fi

# Those end the script where a daemon does not start.
RUNTIME=docker
if has dockerd docker containerd runc; then
	(
		# shellcheck disable=SC2119 # without options
		startDocker
		need run api >/dev/null
		compare "$few" "docker:api api $(pidOf api)" "docker exec api true"
	)
fi

RUNTIME=crictl
if has containerd crictl runc loopback bridge host-local; then
	(
		. "$RUNTIMES/check-cri.sh"
		pod=$(need pod shop front) || exit 1
		id=$(need container "$pod" shop front nginx sleep 10000) || exit 1
		compare "$few" "pod:shop/front/nginx nginx $(pidOf "$id")" "crictl exec $id true"
	)
fi

# All of that is there still.
if [ -n "${web:-}" ]; then
	: >"$WORK/more" # each service goes on
	within 300 populated $manyProcesses || skipped "only $(count) processes"
	processes=$manyProcesses
	compare $(((runs + 1) / 2)) "runc:web web $web" "runc exec web true"
fi
