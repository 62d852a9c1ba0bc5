#!/bin/sh
# Guess:     ip netns monitor tells of every name that appears in /run/netns or goes from it.
# Behaviour: a name that appears by rename(2) is not told, and neither is one that goes by it:
#            list shows it, exec enters it, monitor is silent. So who gives names cannot let
#            a name and its namespace appear in one step. The kernel would do that: a mount
#            stays on its file when that is renamed in another mount namespace, where it is
#            not mounted. But whoever waits for names with monitor would never hear of it.
# Output:    told: add .new
#            told: add y
#            listed: x y
#            entered x: ok
# Source:    iproute2 6.1.0 (ip/ipnetns.c, netns_monitor watches IN_CREATE and IN_DELETE),
#            Debian 12; Linux 6.18.
# Needs:     root, apt-get, unshare, nsenter. All of it happens in namespaces of its own.
set -eu
[ "$(id -u)" = 0 ] || { echo 'skipped: not root'; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir packages
cd packages
apt-get download -qq iproute2=6.1.0-3 >../log 2>&1 || { cat ../log; exit 1; }
cd ..
dpkg -x packages/*.deb root
cat >inside.sh <<'END'
ip=$PWD/root/sbin/ip
mount -t tmpfs none /run
mkdir /run/netns
mount --bind /run/netns /run/netns
stdbuf -oL "$ip" netns monitor >told &
monitor=$!
for try in 1 2 3 4 5 6 7 8 9 10; do
	grep -q inotify /proc/$monitor/fdinfo/* 2>/dev/null && break
	sleep 0.1
done
: >/run/netns/.new
unshare -n sh -c 'exec mount --bind /proc/self/ns/net /run/netns/.new'
unshare -m sh -c 'umount /run/netns/.new; mv /run/netns/.new /run/netns/x'
"$ip" netns add y # the last event, which is told
for try in 1 2 3 4 5 6 7 8 9 10; do
	grep -q 'add y' told && break
	sleep 0.1
done
kill "$monitor"
sed 's/^/told: /' told
echo "listed: $("$ip" netns list | sort | tr '\n' ' ' | sed 's/ $//')"
"$ip" netns exec x true && echo 'entered x: ok'
END
unshare -mnpf --mount-proc --kill-child --propagation private sh inside.sh >seen 2>&1
cat >want <<'END'
told: add .new
told: add y
listed: x y
entered x: ok
END
diff want seen
cat seen
