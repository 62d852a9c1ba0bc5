package testscripts

import (
	"os"
	"sync"
)

// runtimes has the runtimes that contained knows. It takes a while to find out whether one
// can start a container here.
var runtimes = map[string]func() bool{"runc": canStart("runc"), "crun": canStart("crun"), "podman": canStart("podman")}

func canStart(runtime string) func() bool {
	return sync.OnceValue(func() bool {
		return os.Geteuid() == 0 && box.rootfs != "" && onPath(runtime) && succeeds("contained", runtime, "true")
	})
}

// contained runs a command while a container of a runtime runs. The PID of its first process
// is in T, the folder with all of its files in BUNDLE:
//
//	contained runc|crun|podman COMMAND...
//
// State, storage and cgroups are its own, and are removed at the end.
const contained = `runtime=$1
shift
dir=$(mktemp -d "${0%/commands/*}/t/XXXXXX") # podman wants a short path
name=nstools-$$
container() {
	case $runtime in
	runc) runc --root "$dir/state" "$@" ;;
	# It wants cgroups of one version, and here it needs none.
	crun) unshare -m sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null; exec crun --root "$0" --cgroup-manager=disabled "$@"' "$dir/state" "$@" ;;
	podman) podman --root "$dir/storage" --runroot "$dir/run" --tmpdir "$dir/tmp" --storage-driver vfs --runtime "$dir/runc" --cgroup-manager cgroupfs "$@" ;;
	esac
}
end() {
	case $runtime in
	podman) container rm --force --time 0 $name ;;
	*) container delete --force $name ;;
	esac >/dev/null 2>"$dir/log" || cat "$dir/log" >&2
	# podman cleans up once more when the container has ended, and would make its files again.
	while [ -s "$dir/conmon" ] && readlink "/proc/$(cat "$dir/conmon")/exe" >/dev/null; do sleep 0.01; done
	[ ! -d /sys/fs/cgroup ] || find /sys/fs/cgroup -depth -type d \( -path "*/$name" -o -path "*/$name/*" \) -exec rmdir {} + 2>/dev/null
	rm -rf "$dir"
}
trap end EXIT
trap 'exit 1' HUP INT TERM
cp -R "$root" "$dir/rootfs"
case $runtime in
podman)
	cat >"$dir/containers.conf" <<-END
		[containers]
		log_driver = "none"
		[engine]
		events_logger = "none"
		lock_type = "file"
		[network]
		network_config_dir = "$dir/networks"
	END
	export CONTAINERS_CONF="$dir/containers.conf"
	echo '#!/bin/sh
exec runc --root "${0%/*}/state" "$@"' >"$dir/runc"
	chmod +x "$dir/runc"
	container run --detach --name $name --hostname box --env COLOUR=green --workdir /tmp --network none --cgroup-parent /$name \
		--ulimit nofile=1024:1024 --ulimit nproc=1024:1024 --pidfile "$dir/pid" --conmon-pidfile "$dir/conmon" \
		--rootfs "$dir/rootfs" sleep 1000 >"$dir/log" 2>&1 ;;
*)
	(cd "$dir" && "$runtime" spec) &&
	sed -i 's/"terminal": true/"terminal": false/; s/^\(\t*\)\( *\)"sh"/"sleep", "1000"/
		s/"cwd": "[^"]*"/"cwd": "\/tmp"/; s/"TERM=xterm"/"COLOUR=green"/; s/"hostname": "[^"]*"/"hostname": "box"/' "$dir/config.json" &&
	container run --detach --bundle "$dir" --pid-file "$dir/pid" $name </dev/null >"$dir/log" 2>&1 ;;
esac || {
	cat "$dir/log" >&2
	exit 1
}
T=$(cat "$dir/pid")
BUNDLE=$dir
export T BUNDLE
"$@"
`
