#!/bin/sh
# Guess:     lxc-unshare ends with the status of its command, as unshare(1) does.
# Behaviour: whatever the command ends with but 0, and whatever signal ends it, lxc-unshare
#            ends with 1 and says that it failed to wait for the process, for a reason that
#            is left over from an earlier call. A script that tells statuses apart cannot be
#            moved from the one to the other.
# Output:    exit 7: 1
#            killed by TERM: 1
#            said: Failed to wait for
#            unshare: 7 and 143
# Source:    lxc 5.0.2 (src/lxc/tools/lxc_unshare.c takes any status but 0 of wait_for_pid
#            for a failure of it), util-linux 2.38.1, Debian 12.
# Needs:     root, apt-get, unshare. All of it happens in namespaces of its own.
set -eu
[ "$(id -u)" = 0 ] || { echo 'skipped: not root'; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir packages
cd packages
apt-get download -qq lxc=1:5.0.2-1+deb12u4 liblxc1=1:5.0.2-1+deb12u4 liblxc-common=1:5.0.2-1+deb12u4 >../log 2>&1 || { cat ../log; exit 1; }
cd ..
for package in packages/*.deb; do dpkg -x "$package" root; done
LD_LIBRARY_PATH=$(echo "$dir"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
printf '#!/bin/sh\nexit 7\n' >seven
# shellcheck disable=SC2016 # expands there
printf '#!/bin/sh\nkill -TERM $$\n' >killed
chmod +x seven killed
cat >inside.sh <<'END'
status() { "$@" 2>>said && echo 0 || echo $?; }
echo "exit 7: $(status root/usr/bin/lxc-unshare -s NETWORK ./seven)"
echo "killed by TERM: $(status root/usr/bin/lxc-unshare -s NETWORK ./killed)"
echo "said: $(grep -o 'Failed to wait for' said | sort -u)"
echo "unshare: $(status unshare -n ./seven) and $(status unshare -n ./killed)"
END
unshare -mpf --mount-proc --kill-child sh inside.sh >seen
cat >want <<'END'
exit 7: 1
killed by TERM: 1
said: Failed to wait for
unshare: 7 and 143
END
cat seen
diff want seen
