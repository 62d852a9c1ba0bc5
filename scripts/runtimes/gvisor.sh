#!/bin/sh
# gVisor below containerd: its processes are not the kernel's.
# needs: containerd containerd-shim-runc-v2 ctr runc runsc
. "$RUNTIMES/check-containerd.sh"
startContainerd --log-level info
version "runsc $(pinned runsc)"

image localhost/bb:1 "$WORK/bb.tar"
need ctr image import --local "$WORK/bb.tar" >/dev/null
# Its own shim needs CAP_SYS_RESOURCE, which runc's does not; and the machine may have no
# virtualization.
mkdir -p "$WORK/bin"
cat >"$WORK/bin/runsc-here" <<'END'
#!/bin/sh
exec /mnt/repo/build/runtimes/bin/runsc --platform=systrap --network=none "$@"
END
chmod 755 "$WORK/bin/runsc-here"
if ! ctr run -d --runc-binary "$WORK/bin/runsc-here" localhost/bb:1 web sh -c "$marked" web >"$WORK/run.log" 2>&1; then
	skipped "runsc does not run here: $(one "$(tail -n 2 "$WORK/run.log")")"
	exit 0
fi
web=$(taskPID default web)
expect containerd:default/web "$web"
shown containerd:default/web
fails web -a cat /name -- gVisor exec
fails containerd:default/web --tools true -- gVisor exec
enters web -n readlink /proc/self/ns/net -- "$(readlink "/proc/$web/ns/net")"
roundtrip

recording "gvisor-$(pinned runsc | cut -d - -f 2)" "runsc as containerd's runc: web"
keepContainerd /run/containerd
# Its own file has a colon in its name, which not every checkout can have.
answer runsc-state.json '{id, status, createdAt, goferPid, sandbox: (.sandbox | {id, pid, cgroup})}' cat "/run/containerd/runc/default/web_sandbox:web.state"
process containerd:default/web "$web"
