#!/bin/sh
# Guess:     a line of a batch that succeeds is followed by the next line.
# Behaviour: "maddress add" and "maddress del" end the whole program when they have succeeded.
#            The lines behind are not carried out, nothing says so, and the exit status is 0,
#            with and without -force. In the midst of a file of commands for many devices half
#            of the work is missing.
# Output:    link set alone: status 0, mtu 1400
#            behind maddress add: status 0, mtu 1500
#            the group is there: yes
# Source:    iproute2 6.1.0 (ip/ipmaddr.c, multiaddr_modify ends with exit(0)), Debian 12; the
#            same in 7.1.0.
# Needs:     root, apt-get, unshare. All of it happens in a network namespace of its own.
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
mtu() { $ip -oneline link show v0 | sed 's/.* mtu \([0-9]*\) .*/\1/'; }
$ip link add v0 type veth peer name v1
printf 'link set v1 up\nlink set v0 mtu 1400\n' | $ip -batch -
echo "link set alone: status $?, mtu $(mtu)"
$ip link set v0 mtu 1500
printf 'maddress add 01:00:5e:00:00:09 dev v0\nlink set v0 mtu 1400\n' | $ip -batch -
echo "behind maddress add: status $?, mtu $(mtu)"
$ip maddress show dev v0 | grep -q 01:00:5e:00:00:09 && echo 'the group is there: yes'
END
unshare -n sh inside.sh >seen 2>&1
cat >want <<'END'
link set alone: status 0, mtu 1400
behind maddress add: status 0, mtu 1500
the group is there: yes
END
diff want seen
cat seen
