# shellcheck shell=sh
# To be sourced by the scripts of docker: one daemon, and what is asked of each.
. "$RUNTIMES/check-containerd.sh"

# startDocker OPTION...: a daemon without bridges and rules, and waits for it.
startDocker() {
	daemon dockerd dockerd --iptables=false --ip6tables=false --bridge=none --userland-proxy=false "$@"
	if ! within 60 docker version; then
		failed "dockerd did not start: $(one "$(grep -v level=info "$WORK/dockerd.log" | tail -n 4)")"
		exit 1
	fi
	version "docker $(pinned docker), dockerd $(pinned dockerd) (API $(docker version -f '{{.Server.APIVersion}}')) $*"
	image localhost/bb:1 "$WORK/bb.tar"
	need docker load -i "$WORK/bb.tar" >/dev/null
}
run() { # run NAME OPTION...
	name=$1
	shift
	docker run -d --net none --name "$name" "$@" localhost/bb:1 sh -c "$marked" "$name"
}
pidOf() { docker inspect -f '{{.State.Pid}}' "$1"; }

# checkDocker: one that runs, one renamed, one restarted, one that has stopped.
checkDocker() {
	need run web >/dev/null
	need run store --oom-score-adj 300 >/dev/null
	need docker rename store data
	need run again >/dev/null
	need docker restart -t 0 again >/dev/null
	need run old >/dev/null
	need docker stop -t 0 old >/dev/null
	for name in web data again; do
		expect "$name" "$(pidOf "$name")"
		expect "docker:$name" "$(pidOf "$name")"
		id=$(docker inspect -f '{{.Id}}' "$name")
		expect "$id" "$(pidOf "$name")"
		expect "docker:$(echo "$id" | cut -c 1-12)" "$(pidOf "$name")"
	done
	enters web -a cat /name -- web
	enters docker:data -a cat /name -- store
	enters data -a --as-container cat /proc/self/oom_score_adj -- "$(docker exec data cat /proc/self/oom_score_adj)"
	refuses store "nothing has that name"
	refuses old "not running" "docker start"
	refuses docker:wep "did you mean" docker:web
	shown docker:web docker:data docker:again
	hidden docker:store docker:old
	roundtrip
}

# keepDocker DATA CONTAINERD RUNC BEFORE: records what checkDocker started, by those three
# directories; BEFORE stands before each name.
keepDocker() {
	for file in "$1"/containers/*/config.v2.json; do
		fields '{ID, Name, State: (.State | {Running, Paused, Pid, ExitCode, StartedAt, FinishedAt})}' "$file"
	done
	keepContainerd "$2"
	for file in "$3"/*/*/state.json; do
		fields "$runcFields" "$file"
	done
	keep /etc/docker/daemon.json
	for name in web data again; do
		process "$4$name" "$(pidOf "$name")"
	done
}
