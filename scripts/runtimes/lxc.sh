#!/bin/sh
# lxc: one beside a cgroup that a former one has left, one that stopped, one in another
# folder, and one whose name is that of another with a number.
# packages: lxc
. "$RUNTIMES/check-cgroups.sh"
version "lxc $(lxc-start --version)"

# The cgroup that a crash leaves.
awk '{ for (i = 7; $i != "-"; i++); if ($(i + 1) ~ /^cgroup2?$/) print $5 }' /proc/self/mountinfo | while read -r top; do
	mkdir "$top/lxc.payload.web"
	[ ! -e "$top/cpuset.cpus" ] || for file in cpuset.cpus cpuset.mems; do cat "$top/$file" >"$top/lxc.payload.web/$file"; done
done

# start LXCPATH NAME
start() {
	rootfs "$1/$2/rootfs"
	# shellcheck disable=SC2016 # expands inside
	printf '#!/bin/sh\nhostname >/name\nexec sleep 1000\n' >"$1/$2/rootfs/bin/init"
	chmod 755 "$1/$2/rootfs/bin/init"
	printf '%s\n' "lxc.rootfs.path = dir:$1/$2/rootfs" "lxc.uts.name = $2" 'lxc.net.0.type = empty' \
		'lxc.init.cmd = /bin/init' 'lxc.pty.max = 4' 'lxc.mount.auto = proc sys' >"$1/$2/config"
	lxc-start -P "$1" -n "$2" -l info -o "$WORK/$2.log" || failed "lxc-start $2: $(one "$(tail -n 5 "$WORK/$2.log")")"
}
pidOf() { lxc-info -P "$1" -n "$2" -pH; }
mount -t tmpfs none /srv
for name in web-1 web web-2 db old; do start /var/lib/lxc $name; done
start /srv/lxc far
start /srv/lxc db
mkdir -p /var/lib/lxc/off
cp /var/lib/lxc/old/config /var/lib/lxc/off/config
need lxc-stop -k -n old

web=$(pidOf /var/lib/lxc web)
# Each has a cgroup by another name than its own.
cgroup=$(sed -n 's,^.*:/,,p' "/proc/$web/cgroup" | grep lxc.payload | sort -u)
if [ "$cgroup" = lxc.payload.web ]; then failed "web is in $cgroup: what is left over did not count"; else passed "web is in $cgroup"; fi
for name in web web-1 web-2; do
	pid=$(pidOf /var/lib/lxc $name)
	expect $name "$pid"
	expect lxc:$name "$pid"
	enters lxc:$name -a cat /name -- $name
	shown lxc:$name
done
far=$(pidOf /srv/lxc far)
expect lxc:far "$far"
enters far -a cat /name -- far
shown lxc:far
refuses db ambiguous
refuses lxc:db ambiguous
refuses old "not running"
refuses lxc:off "not running"
refuses lxc:web-2-1 "nothing has that name"
refuses lxc:web-3 "nothing has that name"
refuses wab "did you mean" web
hidden lxc:old lxc:off lxc:web-2-1
roundtrip

recording lxc-5.0.2 "lxc 5.0.2 with a cgroup lxc.payload.web left over: web-1, web, web-2, db and old that stopped; off that never ran; in /srv/lxc far and db"
for file in /var/lib/lxc/*/config /srv/lxc/*/config; do keep "$file"; done
keepCgroups lxc.
for monitor in $(pgrep -f '^.lxc monitor. '); do keepProcess "$monitor"; done
process lxc:web "$web"
process lxc:web-1 "$(pidOf /var/lib/lxc web-1)"
process lxc:web-2 "$(pidOf /var/lib/lxc web-2)"
process lxc:far "$far"
[ -z "$record" ] || {
	mkdir -p "$record/proc/net"
	grep '@.*/command$' /proc/net/unix | sed 's/^[0-9a-f]*:/0:/' >"$record/proc/net/unix"
}

recorded

# It ends with its monitor.
kill -KILL "$(pgrep -f '^.lxc monitor. /srv/lxc far')"
if within 5 sh -c "! ps -p $far >/dev/null"; then
	refuses lxc:far
	hidden lxc:far
else
	expect lxc:far "$far"
fi
