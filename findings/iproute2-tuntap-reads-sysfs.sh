#!/bin/sh
# Guess:     ip tuntap show prints the devices of the current network namespace, as ip link show
#            does.
# Behaviour: it asks rtnetlink for them, and then reads the flags of each in /sys/class/net. That
#            shows the namespace in which /sys was mounted: after unshare --net or nsenter --net
#            it is the former one. No device is printed, the message is "fopen ... No such file
#            or directory", and the exit status is 0. A device with the same name there lends its
#            flags, owner and group. ip netns exec and ip -netns mount a new /sys, and are right.
# Output:    link: tap0
#            tuntap where /sys is of another namespace:
#            status 0, 1 message
#            tuntap with a /sys of this namespace: tap0: tap persist
# Source:    iproute2 6.1.0 (ip/iptuntap.c, print_tuntap; lib/utils.c, read_prop), Debian 12; the
#            same in 7.1.0. Today's kernels report type, owner and group by rtnetlink, too.
# Needs:     root, apt-get, unshare, /dev/net/tun. All of it happens in namespaces of its own.
set -eu
[ "$(id -u)" = 0 ] || { echo "skipped: not root"; exit 0; }
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
$ip tuntap add tap0 mode tap
echo "link: $($ip -brief link show type tun | awk '{ print $1 }')"
$ip tuntap show >out 2>err
status=$?
echo "tuntap where /sys is of another namespace: $(cat out)" | sed 's/ $//'
echo "status $status, $(grep -c '^fopen /sys/class/net/tap0/tun_flags: No such file or directory$' err) message"
mount -t sysfs none /sys
echo "tuntap with a /sys of this namespace: $($ip tuntap show)"
END
[ -c /dev/net/tun ] || { echo 'skipped: no /dev/net/tun'; exit 0; }
unshare -mn --propagation private sh inside.sh >seen 2>&1
cat >want <<'END'
link: tap0
tuntap where /sys is of another namespace:
status 0, 1 message
tuntap with a /sys of this namespace: tap0: tap persist
END
diff want seen
cat seen
