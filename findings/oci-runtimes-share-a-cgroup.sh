#!/bin/sh
# Guess:     two OCI runtimes that start a container of the same id keep them apart, or the
#            second one refuses because the cgroup of that id has processes already.
# Behaviour: with cgroup version 1 both put it into the cgroup /ID, and neither says a word.
#            `crun delete` of the one then complains that the cgroup is busy, while the other
#            container goes on. Limits and statistics are those of both. So a cgroup does
#            not tell whose a process is, even where its name is an id: the process and the
#            start time in the state files do.
# Output:    runc web: /ID
#            crun web: /ID
#            runc's container runs after crun's was deleted
# Source:    runc 1.1.5 (libcontainer/specconv: the default path is the id), crun 1.8.1
#            (src/libcrun/cgroup.c), Debian 12.
# Needs:     root, cgroup version 1 on /sys/fs/cgroup/devices, apt-get. All of it happens in
#            namespaces of its own.
set -eu
[ "$(id -u)" = 0 ] || { echo 'skipped: not root'; exit 0; }
[ -d /sys/fs/cgroup/devices ] || { echo 'skipped: no cgroup version 1'; exit 0; }
dir=$(mktemp -d)
id=findings-$$
trap 'find /sys/fs/cgroup -depth -type d -name "$id" -exec rmdir {} + 2>/dev/null; rm -rf "$dir"' EXIT
cd "$dir"
chown _apt . 2>/dev/null || :
apt-get download -qq runc=1.1.5+ds1-1+deb12u1 crun=1.8.1-1+deb12u1 libyajl2=2.1.0-3+deb12u2 busybox-static=1:1.35.0-4+deb12u1+b1 >log 2>&1 || { cat log; exit 1; }
for package in *.deb; do dpkg -x "$package" root; done
export PATH="$dir/root/usr/sbin:$dir/root/usr/bin:$PATH"
LD_LIBRARY_PATH=$(echo "$dir"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
cat >inside.sh <<'END'
id=$1
mount -t tmpfs -o mode=755 none /run
mkdir -p bundle/rootfs/bin
cp root/bin/busybox bundle/rootfs/bin/sleep
cd bundle
runc spec
sed -i 's/"terminal": true/"terminal": false/; s/^\(\t*\)\( *\)"sh"/"sleep", "100"/' config.json
runc run --detach --pid-file ../runc "$id" </dev/null
# crun 1.8 takes one version of cgroups only.
unshare -m sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null; crun run --detach --pid-file ../crun "$0"' "$id" </dev/null
for runtime in runc crun; do
	echo "$runtime web: $(sed -n 's/.*:devices://p' "/proc/$(cat ../$runtime)/cgroup")" | sed "s/$id/ID/"
done
unshare -m sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null; crun delete --force "$0"' "$id" 2>/dev/null || :
sleep 1
if [ -e "/proc/$(cat ../runc)" ] && [ ! -e "/proc/$(cat ../crun)" ]; then echo "runc's container runs after crun's was deleted"; fi
runc delete --force "$id"
END
unshare -mpf --mount-proc --kill-child sh inside.sh "$id" >seen
cat >want <<'END'
runc web: /ID
crun web: /ID
runc's container runs after crun's was deleted
END
cat seen
diff want seen
