#!/bin/sh
# Runs as a unit of a booted systemd; see check-systemd.sh.
. "$RUNTIMES/check-cgroups.sh"
hierarchy=hybrid
[ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ] || hierarchy=unified
version "$(systemctl --version | head -n 1), $hierarchy"

# unit NAME LINE...: a service that sleeps, started; the lines are of [Service].
unit() {
	name=$1
	shift
	{
		echo '[Service]'
		case "$*" in
		*ExecStart=*) ;;
		*) echo 'ExecStart=sleep 1000' ;;
		esac
		printf '%s\n' "$@"
	} >"/run/systemd/system/$name"
	systemctl daemon-reload
	systemctl start "$name" || failed "$name does not start: $(one "$(journalctl -u "$name" -n 3 --no-pager 2>&1)")"
}
pidOf() { systemctl show -P MainPID "$1"; }

unit plain.service
unit user.service User=rt
unit private.service User=rt PrivateTmp=yes ProtectSystem=strict
unit once.service Type=oneshot RemainAfterExit=yes ExecStart=/bin/true
unit off.service
systemctl stop off.service
unit 'at@one.service'
unit forks.service Type=forking "ExecStart=/bin/sh -c 'sleep 1000 & sleep 1000 &'"

# A user's own cgroups have names as root's: what is his is none of them.
cat >/run/delegate.sh <<'END'
unified=$(sed -n 's/^0:://p' /proc/self/cgroup)
named=$(sed -n 's/^[0-9]*:name=systemd://p' /proc/self/cgroup)
for name in plain.service off.service lxc.payload.prod; do
	sleep 1000 &
	for dir in "/sys/fs/cgroup$unified" "/sys/fs/cgroup/unified$unified" "/sys/fs/cgroup/systemd$named"; do
		[ ! -w "$dir/cgroup.procs" ] || { mkdir "$dir/$name" && echo $! >"$dir/$name/cgroup.procs"; }
	done
done
wait
END
unit delegate.service User=rt Delegate=yes 'ExecStart=sh /run/delegate.sh'
within 10 sh -c 'cat /proc/*/cgroup | grep -q delegate.service/lxc.payload.prod' || failed "nothing is in a user's lxc.payload.prod"

for name in plain user private at@one; do
	expect "unit:$name.service" "$(pidOf "$name.service")"
	shown "unit:$name.service"
done
plain=$(pidOf plain.service)
expect plain.service "$plain"
private=$(pidOf private.service)
# Its mounts are systemd's own making.
enters unit:private.service -m readlink /proc/self/ns/mnt -- "$(readlink "/proc/$private/ns/mnt")"
refuses unit:off.service "not running" "systemctl start off.service"
refuses off.service "not running"
# True words: neither is inactive, nor to be started.
untrue() {
	refuses "$1"
	if gonsenter --which "$1" 2>&1 | grep -E 'inactive|systemctl start'; then failed "$1 is said to be inactive"; else passed "$1 is not said to be inactive"; fi
}
untrue unit:once.service
untrue unit:system.slice
refuses unit:none.service "nothing has that name"
refuses lxc:prod
refuses prod
refuses unit:plane.service "did you mean" plain.service
hidden unit:off.service unit:once.service lxc:prod
systemctl stop plain.service
refuses unit:plain.service "not running"
systemctl start plain.service
plain=$(pidOf plain.service)
expect unit:plain.service "$plain"

# The user's own manager.
loginctl enable-linger rt
if within 20 test -S /run/user/1000/systemd/private; then
	as() { asrt XDG_RUNTIME_DIR=/run/user/1000 PATH="$PATH" "$@"; }
	as systemd-run --user --unit mine sleep 1000 >/dev/null 2>&1
	within 10 sh -c 'pgrep -u rt -f "sleep 1000" >/dev/null'
	mine=$(as systemctl --user show -P MainPID mine.service)
	expect unit:1000@mine.service "$mine"
	refuses unit:mine.service
	refuses mine.service
	shown unit:1000@mine.service
	AS=as
	expect unit:mine.service "$mine"
	AS=
else
	skipped "no manager of the user's: $(one "$(systemctl status user@1000.service 2>&1 | tail -n 3)")"
fi

# A machine by machined, in a root that has systemd as its own.
mkdir -p /var/lib/machines/inner
rootfs /var/lib/machines/inner
mkdir -p /var/lib/machines/inner/usr /var/lib/machines/inner/run
printf 'ID=bb\n' >/var/lib/machines/inner/etc/os-release
systemd-run --unit guest -p Delegate=yes systemd-nspawn --machine inner --directory /var/lib/machines/inner --private-network sleep 1000 >/dev/null 2>&1
if within 20 machinectl show inner; then
	inner=$(machinectl show inner -p Leader --value)
	expect machine:inner "$inner"
	expect inner "$inner"
	enters machine:inner -m cat /etc/os-release -- ID=bb
	shown machine:inner
else
	failed "no machine inner: $(one "$(journalctl -u guest.service -n 3 --no-pager 2>&1)")"
fi

roundtrip

systemd=systemd-252-$hierarchy
recording "$systemd" "units plain, user, private, at@one, once (oneshot, active), off (stopped), forks, delegate of uid 1000 with cgroups plain.service, off.service, lxc.payload.prod in it, mine of user 1000's manager, machine inner"
keep /run/systemd/machines/inner
keepCgroups plain.service user.service private.service at@one.service once.service off.service forks.service delegate.service mine.service inner guest lxc.payload
for pid in $(pgrep -f 'sleep 1000'); do keepProcess "$pid"; done
for name in plain user private at@one; do process "unit:$name.service" "$(pidOf "$name.service")"; done
process unit:1000@mine.service "$mine"
process machine:inner "$inner"
recorded
