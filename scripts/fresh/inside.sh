#!/bin/sh
# Process 1 of a world: lays it out, and does there what scripts/fresh.sh says of it.
# usage: inside.sh WORLD REPO UPPER
set -eu
name=$1
repo=$2
upper=$3
fresh=$repo/build/fresh
root=$upper/root

lower=$fresh/debian
case $name in
tools | root | small | idle | podman) lower=$fresh/packages/changes:$lower ;;
esac
mount -t overlay -o "lowerdir=$lower,upperdir=$upper/changes,workdir=$upper/work" none "$root"
mount -t proc none "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=755 none "$root/run"
mount -t tmpfs -o mode=1777 none "$root/tmp"
cat /etc/resolv.conf >"$root/etc/resolv.conf"
[ "$name" != busybox ] || cp "$(command -v busybox)" "$root/busybox"

# Go, the modules and, to be quicker the next time, what was built.
mkdir -p "$root/usr/local/go" "$root/modules" "$root/cache" "$root/cache.user" "$root/src"
mount --bind "$fresh/cache.user" "$root/cache.user"
mount --bind "$fresh/cache.root" "$root/cache"
mount --bind -o ro "$(go env GOROOT)" "$root/usr/local/go"
mount --bind -o ro "$(go env GOMODCACHE)" "$root/modules"
(cd "$repo" && git ls-files -z --cached --others --exclude-standard | xargs -0 ls -d | tar -T - -cf - | tar -C "$root/src" --no-same-owner -xf -)
case $name in user | tools) chown -R 1000:1000 "$root/src" ;; esac
if [ "$name" = podman ]; then
	# The container's root is a world like this one.
	mkdir -p "$root/srv/root" "$upper/srv/changes" "$upper/srv/work"
	mount -t overlay -o "lowerdir=$lower,upperdir=$upper/srv/changes,workdir=$upper/srv/work" none "$root/srv/root"
fi
mkdir "$root/old"
cd "$root"
pivot_root . old
umount -l /old
rmdir /old
cd /src
export PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root GOMODCACHE=/modules GOCACHE=/cache GOPROXY=off GOTOOLCHAIN=local
TESTFLAGS=${TESTFLAGS-}
unset XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_DATA_HOME MUST_RUN GOFLAGS

tester() { HOME=/home/tester GOCACHE=/cache.user setpriv --reuid=1000 --regid=1000 --init-groups -- "$@"; }

# files CONDITION...: those that fit, of $where, but for what is built, and what apt, the
# compiler and podman keep
where=
files() {
	find "$where/" "$where/tmp" "$where/run" -xdev \( -path "$where/proc" -o -path "$where/sys" -o -path "$where/dev" -o -path "$where/src/build" -o -path "$where/src/bin" \
		-o -path "$where/cache" -o -path "$where/cache.user" -o -path "$where/var/cache" -o -path "$where/var/lib/apt" -o -path '*/.config/go' -o -path /srv/root/etc/mtab -o -path /srv/root/run/.containerenv \) -prune \
		-o "$@" -print | sort -u
}

mounts() { cut -d ' ' -f 5 /proc/self/mountinfo | sort; }
devices() { printf '%s\n' /sys/class/net/* | sort; }

# tested COMMAND...: no process may be left of it, no mount, no device, and no file
tested() {
	before=$(mktemp -d /var/cache/tested.XXXXXX)
	(cd "$where/root" && mkdir -p .config) # where the compiler keeps its counters
	tester mkdir -p /home/tester/.config
	files -true >"$before/files"
	mounts >"$before/mounts"
	devices >"$before/devices"
	"$@" && status=0 || status=$?
	files -true | comm -13 "$before/files" - >"$before/new"
	files -newer "$before/devices" ! -type d | sort -u - "$before/new" >"$before/left"
	mounts | comm -13 "$before/mounts" - >>"$before/left"
	devices | comm -13 "$before/devices" - >>"$before/left"
	[ ! -s "$before/left" ] || {
		echo "left behind:"
		cat "$before/left"
		status=1
	}
	running=$(for p in /proc/[0-9]*; do
		! tr '\0' ' ' <"$p/cmdline" 2>/dev/null || echo
	done | grep -vE '^ *$|inside\.sh |^tr |^grep |sleep 100000' || :)
	[ -z "$running" ] || {
		echo "still running:"
		echo "$running"
		status=1
	}
	return "$status"
}

case $name in
packages)
	apt-get update -qq
	sh scripts/deps.sh
	cd /
	rm -rf /src
	;;
user | tools) tested tester make test TESTFLAGS="$TESTFLAGS" ;;
root) tested make test TESTFLAGS="$TESTFLAGS" ;;
small) tested unshare -pf --mount-proc --kill-child make test TESTFLAGS="$TESTFLAGS" ;;
idle)
	unshare -pf --mount-proc --kill-child sleep 100000 &
	until idle=$(cat "/proc/$!/task/$!/children") && [ -n "$idle" ] && [ "$(cat "/proc/${idle% }/comm")" = sleep ]; do sleep 0.1; done
	tested nsenter -t "${idle% }" -p -m --wd=/src make test TESTFLAGS="$TESTFLAGS"
	;;
podman)
	mkdir -p /srv/root/usr/local/go /srv/root/modules /srv/root/cache
	cp -R /src /srv/root/
	group=fresh-$(cat /proc/sys/kernel/random/uuid)
	where=/srv/root
	tested podman --storage-driver vfs --runtime runc --cgroup-manager cgroupfs run --rm --cgroup-parent "/$group" --network none --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 \
		--volume /usr/local/go:/usr/local/go:ro --volume /modules:/modules:ro --volume /cache:/cache --workdir /src \
		--env PATH --env HOME --env GOMODCACHE --env GOCACHE --env GOPROXY --env GOTOOLCHAIN --rootfs /srv/root make test TESTFLAGS="$TESTFLAGS" && status=0 || status=$?
	find /sys/fs/cgroup -depth -type d -path "*/$group*" -exec rmdir {} +
	exit "$status"
	;;
run)
	make run
	chown -R 1000:1000 /src
	tester make run
	;;
busybox)
	# A root with nothing else, which takes the place of this one.
	make build
	mkdir -p /bare/bin /bare/proc /bare/sys /bare/dev /bare/tmp /bare/run /bare/mnt /bare/etc /bare/src
	chmod 1777 /bare/tmp
	cp /busybox /bare/bin/
	cp -R bin scripts /bare/src/
	for applet in $(/busybox --list | grep -vx busybox); do ln -s busybox "/bare/bin/$applet"; done
	mount --bind /bare /bare
	mount --rbind /sys /bare/sys
	mount --rbind /dev /bare/dev
	cd /bare
	mkdir old
	/busybox pivot_root . old
	export PATH=/bin
	umount -l /old
	mount -t proc none /proc
	cd /src
	sh scripts/run.sh bin/gounshare bin/gonsenter bin/gonetns
	bin/gounshare --setgid=1000 --setuid=1000 sh scripts/run.sh bin/gounshare bin/gonsenter bin/gonetns
	;;
install)
	chown -R 1000:1000 /src
	tester make
	export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin # of sudo
	! command -v go
	make install
	[ -z "$(find /src -user root)" ]
	gonetns -Version
	make uninstall
	[ -z "$(find /usr/local -path /usr/local/go -prune -o -type f -print)" ]
	;;
*)
	echo "there is no world called $name"
	exit 1
	;;
esac
