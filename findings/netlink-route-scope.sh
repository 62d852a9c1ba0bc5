#!/bin/sh
# Guess:     netlink.RouteAdd with a device and a destination makes the route that
#            `ip route add DESTINATION dev DEVICE` makes, and netlink.RouteDel with the
#            destination alone deletes what `ip route del DESTINATION` deletes.
# Behaviour: a route's zero Scope is "global", and it is sent as that. ip(8) sends "link"
#            for a route without a gateway, and "nowhere", which means any, when it deletes.
#            So the library's route looks the same in a listing but for two words, works for
#            the host itself, and a gateway behind it is refused as invalid; and to delete
#            ip's route by its destination fails as if there were none.
# Output:    made by the library: 192.0.2.1 dev v0
#            default via 192.0.2.1: Error: Nexthop has invalid gateway.
#            made by ip: 192.0.2.1 dev v0 scope link
#            default via 192.0.2.1: added
#            deleted by the library: no such process
# Source:    github.com/vishvananda/netlink v1.3.1, route_linux.go; iproute2 6.1
#            (ip/iproute.c sets the scope); fib_check_nh in the kernel's
#            net/ipv4/fib_semantics.c.
# Needs:     go, ip, and user namespaces or root.
set -eu
command -v ip >/dev/null || { echo 'skipped: no ip'; exit 0; }
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'END'
package main

import (
	"fmt"
	"net"
	"os"

	"github.com/vishvananda/netlink"
)

func main() {
	_, dst, err := net.ParseCIDR("192.0.2.1/32")
	must(err)
	if os.Args[1] == "del" {
		fmt.Println("deleted by the library:", netlink.RouteDel(&netlink.Route{Dst: dst}))
		return
	}
	link, err := netlink.LinkByName("v0")
	must(err)
	must(netlink.RouteAdd(&netlink.Route{LinkIndex: link.Attrs().Index, Dst: dst}))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
END
cat >inside.sh <<'END'
ip link add v0 type veth peer v1
ip link set v0 up
ip link set v1 up
route() { ip route show 192.0.2.1 | sed 's/ *$//'; }
gateway() { echo "default via 192.0.2.1: $(ip route add default via 192.0.2.1 2>&1 && echo added)"; }
./finding add
echo "made by the library: $(route)"
gateway
ip route replace 192.0.2.1 dev v0
echo "made by ip: $(route)"
gateway
./finding del
END
{
	go mod init finding
	go get github.com/vishvananda/netlink@v1.3.1
	CGO_ENABLED=0 go build -o finding .
} >log 2>&1 || { cat log; exit 1; }
unshare -Urn sh inside.sh >seen
cat >want <<'END'
made by the library: 192.0.2.1 dev v0
default via 192.0.2.1: Error: Nexthop has invalid gateway.
made by ip: 192.0.2.1 dev v0 scope link
default via 192.0.2.1: added
deleted by the library: no such process
END
cat seen
diff want seen
