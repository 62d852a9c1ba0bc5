#!/bin/sh
# Guess:     `toybox nsenter -t PID -n COMMAND` enters the network namespace of the process,
#            as its help says and as util-linux and busybox do.
# Behaviour: it opens /proc/0/ns/net, in whatever order and spelling the number is given: of
#            the two ways in its help the one by a process leads nowhere, and the one by a
#            file works. Its words are not parted from the command's either: an option of the
#            command is one of nsenter's, unknown.
# Output:    -t: nsenter: /proc/0/ns/net: No such file or directory
#            --net=FILE: the namespace of the process
#            -c of the command: nsenter: Unknown option 'c' (see "nsenter --help")
# Source:    toybox 0.8.9 (toys/other/nsenter.c), Debian 12.
# Needs:     apt-get, and user namespaces or root.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir packages
cd packages
apt-get download -qq toybox=0.8.9+dfsg-1 >../log 2>&1 || { cat ../log; exit 1; }
cd ..
dpkg -x packages/toybox_*.deb root
cat >inside.sh <<'END'
toybox=root/bin/toybox
unshare -n sh -c 'echo >ready; exec sleep 20' &
for _ in 1 2 3 4 5 6 7 8 9 10; do if [ -e ready ]; then break; fi; sleep 0.2; done
echo "-t: $($toybox nsenter -t $! -n true 2>&1)"
there=$($toybox nsenter --net=/proc/$!/ns/net readlink /proc/self/ns/net)
if [ "$there" = "$(readlink /proc/$!/ns/net)" ]; then echo '--net=FILE: the namespace of the process'; fi
echo "-c of the command: $($toybox nsenter --net=/proc/$!/ns/net sh -c true 2>&1)"
kill $!
END
unshare -Urmpf --mount-proc --kill-child sh inside.sh >seen
cat >want <<'END'
-t: nsenter: /proc/0/ns/net: No such file or directory
--net=FILE: the namespace of the process
-c of the command: nsenter: Unknown option 'c' (see "nsenter --help")
END
cat seen
diff want seen
