#!/bin/sh
# Guess:     ip address flush deletes the addresses that ip address show prints for the same
#            words: those of the ports of a bridge for "master br0", of devices that are up
#            for "up", of one kind of devices for "type bridge".
# Behaviour: show takes these words, and flush does so too, but flush looks only at addresses:
#            a word about devices restricts nothing, and the addresses of all devices go. The
#            exit status is 0. Only dev, to, scope, label and flags of addresses restrict it.
# Output:    before: br0 v0 v1
#            show master br0: v0
#            flush master br0: status 0
#            after:
# Source:    iproute2 6.1.0 (ip/ipaddress.c: ipaddr_flush calls print_addrinfo, which does not
#            look at filter.master, up, kind and group), Debian 12; the same in 7.1.0.
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
$ip link add v0 type veth peer name v1
$ip link add br0 type bridge
$ip link set v0 master br0
$ip address add 10.0.0.1/24 dev v0
$ip address add 10.1.0.1/24 dev v1
$ip address add 10.2.0.1/24 dev br0
owners() { $ip -4 -oneline address show "$@" | awk '{ print $2 }' | sort | tr '\n' ' ' | sed 's/ $//'; }
echo "before: $(owners)"
echo "show master br0: $($ip -4 -brief address show master br0 | awk 'NF > 2 { sub("@.*", "", $1); print $1 }')"
$ip address flush master br0
echo "flush master br0: status $?"
echo "after: $(owners)" | sed 's/ $//'
END
unshare -n sh inside.sh >seen 2>&1
cat >want <<'END'
before: br0 v0 v1
show master br0: v0
flush master br0: status 0
after:
END
diff want seen
cat seen
