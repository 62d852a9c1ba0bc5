#!/bin/sh
# Guess:     ip route test changes nothing: it asks whether there is such a route.
# Behaviour: for IPv4 it fails, with "File exists" for a route that is there and "No such file
#            or directory" for one that is not. For IPv6 it ends with 0 and has made the route.
#            The request has NLM_F_EXCL without NLM_F_CREATE, and IPv6 creates a route unless a
#            request says that it replaces one.
# Output:    IPv4, missing: status 2, routes 0
#            IPv4, there: status 2, routes 1
#            IPv6, missing: status 0, routes 1
#            IPv6, there: status 2, routes 1
# Source:    iproute2 6.1.0 (ip/iproute.c, do_iproute), Debian 12; fib6_add_1 in the kernel's
#            net/ipv6/ip6_fib.c, Linux 6.18.
# Needs:     root, apt-get, unshare, a kernel with IPv6. All of it happens in a network
#            namespace of its own.
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
$ip link set v0 up
$ip link set v1 up
$ip address add 10.0.0.1/24 dev v0
$ip address add fd00::1/64 dev v0 nodad
try() { # WHAT FAMILY PREFIX GATEWAY
	$ip $2 route test $3 via $4 2>/dev/null
	echo "$1: status $?, routes $($ip $2 route show $3 | wc -l)"
}
try 'IPv4, missing' -4 10.5.0.0/16 10.0.0.2
$ip route add 10.5.0.0/16 via 10.0.0.2
try 'IPv4, there' -4 10.5.0.0/16 10.0.0.2
try 'IPv6, missing' -6 fd05::/16 fd00::2
try 'IPv6, there' -6 fd05::/16 fd00::2
END
unshare -n sh inside.sh >seen 2>&1
cat >want <<'END'
IPv4, missing: status 2, routes 0
IPv4, there: status 2, routes 1
IPv6, missing: status 0, routes 1
IPv6, there: status 2, routes 1
END
diff want seen
cat seen
