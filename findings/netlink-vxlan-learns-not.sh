#!/bin/sh
# Guess:     netlink.Vxlan with a name and an id makes the device that
#            `ip link add NAME type vxlan id ID` makes.
# Behaviour: learning is sent whatever the field says, and its zero value is "off", where
#            the kernel's default, which ip(8) leaves alone, is "on". The device never learns
#            behind which host a MAC address is, so that two hosts see each other only by
#            what is flooded. Without NewLinkAttrs its queue has no length either.
# Output:    library: learning false, queue none
#            ip: learning true, queue 1000
# Source:    github.com/vishvananda/netlink v1.3.1, link_linux.go (addVxlanAttrs); iproute2 6.1.
# Needs:     go, ip, jq, and user namespaces or root.
set -eu
for program in ip jq; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 0; }
done
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'END'
package main

import "github.com/vishvananda/netlink"

func main() {
	err := netlink.LinkAdd(&netlink.Vxlan{LinkAttrs: netlink.LinkAttrs{Name: "library"}, VxlanId: 5, Port: 4789})
	if err != nil {
		panic(err)
	}
}
END
cat >inside.sh <<'END'
./finding
ip link add ip type vxlan id 6 dstport 4789
for name in library ip; do
	ip -d -j link show $name | jq -r '.[0] | "\(.ifname): learning \(.linkinfo.info_data.learning), queue \(.txqlen // "none")"'
done
END
{
	go mod init finding
	go get github.com/vishvananda/netlink@v1.3.1
	CGO_ENABLED=0 go build -o finding .
} >log 2>&1 || { cat log; exit 1; }
unshare -Urn sh inside.sh >seen
cat >want <<'END'
library: learning false, queue none
ip: learning true, queue 1000
END
cat seen
diff want seen
