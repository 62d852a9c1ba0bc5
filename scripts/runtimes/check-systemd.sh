# shellcheck shell=sh
# To be sourced by the scripts that need a booted systemd: check-cgroups.sh, and how one is
# booted in a root of Debian's.
. "$RUNTIMES/check-cgroups.sh"

# booted UNIFIED SCRIPT: boots systemd, with cgroup2 alone where UNIFIED is 1, else with
# the hierarchies of here, and runs a script of this folder in it as a unit. It sees the repository and $WORK where they are.
booted() {
	root=$WORK/booted
	mkdir -p "$root" "$WORK/booted.upper" "$WORK/booted.work"
	mount -t overlay -o "lowerdir=/mnt/repo/build/runtimes/bin/debian,upperdir=$WORK/booted.upper,workdir=$WORK/booted.work" none "$root"
	printf 'rt:x:1000:1000::/home/rt:/bin/sh\n' >>"$root/etc/passwd"
	printf 'rt:x:1000:\n' >>"$root/etc/group"
	printf 'rt:*:19000:0:99999:7:::\n' >>"$root/etc/shadow"
	printf 'rt:100000:65536\n' >"$root/etc/subuid"
	printf 'rt:100000:65536\n' >"$root/etc/subgid"
	mkdir -p "$root/home/rt"
	chown 1000:1000 "$root/home/rt"

	units=$root/etc/systemd/system
	# What would change the machine's kernel, or start something on its own.
	for unit in systemd-sysctl systemd-modules-load modprobe@ systemd-binfmt systemd-random-seed systemd-udevd systemd-resolved \
		systemd-networkd systemd-timesyncd e2scrub_reap console-getty apt-daily apt-daily-upgrade dpkg-db-backup; do
		ln -sf /dev/null "$units/$unit.service"
	done
	for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
		sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount; do
		ln -sf /dev/null "$units/$unit"
	done
	cat >"$units/checks.service" <<-END
		[Unit]
		After=multi-user.target dbus.service systemd-logind.service
		[Service]
		Type=oneshot
		Environment=RUNTIME=$RUNTIME RESULTS=$RESULTS WORK=$WORK RUNTIMES=$RUNTIMES RECORD=${RECORD:-}
		Environment=HOME=/root PATH=$PATH
		ExecStart=/bin/sh $RUNTIMES/$2
		ExecStopPost=/bin/sh -c 'echo \$EXIT_STATUS >$WORK/status; systemctl poweroff -ff'
		TimeoutStartSec=600
		StandardOutput=append:$WORK/checks.log
		StandardError=append:$WORK/checks.log
	END
	mkdir -p "$units/multi-user.target.wants"
	ln -sf ../checks.service "$units/multi-user.target.wants/checks.service"

	# Without the variable it is as here.
	[ -z "$1" ] || export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY="$1"
	SYSTEMD_SECCOMP=0 SYSTEMD_NSPAWN_API_VFS_WRITABLE=1 \
		timeout 700 systemd-nspawn --boot --directory "$root" --machine booted --register no --keep-unit \
		--capability all --link-journal no --bind /mnt/repo --bind /mnt/scratch:/mnt/scratch:norbind </dev/null >"$WORK/nspawn.log" 2>&1
	cat "$WORK/checks.log"
	status=$(cat "$WORK/status" 2>/dev/null)
	[ "$status" = 0 ] || failed "the checks inside ended with ${status:-nothing}: $(one "$(tail -n 5 "$WORK/nspawn.log")")"
}
