package change

import (
	"bytes"
	"io"
	"testing"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/wordtest"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

func TestEveryWord(t *testing.T) {
	conn, err := rtnl.Open(-1)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	onLink := func(request func(*linkArgs, []string) (link.Request, error)) func([]string) wordtest.Reading {
		return func(args []string) wordtest.Reading {
			w := &linkArgs{conn: conn, stderr: io.Discard}
			defer w.closeNamespaces()
			q, err := request(w, args)
			return wordtest.Reading{Result: q.Bytes(), Err: err}
		}
	}
	wordtest.EveryWord(t, "link add", linkTerms(), nil, []string{"x", "type", "bridge"}, onLink(addLinkRequest))
	wordtest.EveryWord(t, "link add … peer", linkTerms(), nil, []string{"x", "type", "veth", "peer", "y"}, onLink(addLinkRequest))
	wordtest.EveryWord(t, "link add … macvlan", macvlanTerms(), nil, []string{"x", "type", "macvlan"}, onLink(addLinkRequest))
	wordtest.EveryWord(t, "link add … vlan", vlanTerms(), nil, []string{"x", "type", "vlan"}, onLink(addLinkRequest))
	wordtest.EveryWord(t, "link add … vxlan", vxlanTerms(), map[string]string{"local": "fd00::3", "remote": "fd00::2", "group": "ff02::1"}, []string{"x", "type", "vxlan", "id", "3"}, onLink(addLinkRequest))
	wordtest.EveryWord(t, "link set", linkTerms(), nil, []string{"lo"}, onLink(setLinkRequest))
	wordtest.EveryWord(t, "link delete", linkTerms(), nil, []string{"lo"}, onLink(deleteLinkRequest))

	inet6 := map[string]string{
		"peer": "fd00::2", "remote": "fd00::2", "local": "fd00::3", "anycast": "fd00::4", "label": "lo:x", "broadcast": "fd00::7", "brd": "fd00::7",
		"src": "fd00::5", "via": "fd00::6", "to": "fd00:1::/32", "table": "local",
	}
	onAddress := func(request func(*addressArgs, []string) (link.Request, error), family int) func([]string) wordtest.Reading {
		return func(args []string) wordtest.Reading {
			var said bytes.Buffer
			w := &addressArgs{conn: conn, family: family, warn: func(text string) { said.WriteString(text) }}
			q, err := request(w, args)
			return wordtest.Reading{Result: q.Bytes(), Warnings: said.String(), Err: err}
		}
	}
	for _, family := range []int{unix.AF_UNSPEC, unix.AF_INET6} {
		wordtest.EveryWord(t, "address add", addressTerms(), inet6, []string{"fd00::1/64", "dev", "lo"}, onAddress(newAddressRequest((*link.AddressChange).Add), family))
		wordtest.EveryWord(t, "address delete", addressTerms(), inet6, []string{"fd00::1/64", "dev", "lo"}, onAddress(deleteAddressRequest, family))
	}

	onRoute := func(request func(*routeArgs, []string) (link.Request, error)) func([]string) wordtest.Reading {
		return func(args []string) wordtest.Reading {
			q, err := request(&routeArgs{conn: conn}, args)
			return wordtest.Reading{Result: q.Bytes(), Err: err}
		}
	}
	wordtest.EveryWord(t, "route add", routeTerms(), inet6, []string{"fd00::/64"}, onRoute(newRouteRequest((*link.RouteChange).Add)))
	wordtest.EveryWord(t, "route delete", routeTerms(), inet6, []string{"fd00::/64"}, onRoute(deleteRouteRequest))

	wordtest.EveryWord(t, "neighbor add", neighborTerms(), map[string]string{"nud": "stale", "lladdr": "2:0:0:0:0:1", "proxy": "10.0.0.2", "to": "10.0.0.3"},
		[]string{"10.0.0.1", "dev", "lo"}, func(args []string) wordtest.Reading {
			w := new(neighborArgs)
			err := w.read(conn, args)
			q := w.change.Add()
			return wordtest.Reading{Result: q.Bytes(), Err: err}
		})
	values := map[string]string{"from": "10.0.0.0/8", "to": "10.0.0.0/8", "uidrange": "1-2", "nat": "10.0.0.1", "map-to": "10.0.0.1", "type": "blackhole"}
	wordtest.EveryWord(t, "rule add", ruleTerms(), values, []string{"priority", "9"}, func(args []string) wordtest.Reading {
		w := new(ruleArgs)
		_, err := iproute.ReadTerms(w, args, ruleTerms(), iproute.Term[*ruleArgs]{Take: (*ruleArgs).takeAction})
		q := w.change.Add()
		return wordtest.Reading{Result: q.Bytes(), Err: err}
	})
	wordtest.EveryWord(t, "tuntap add", tunTapTerms(true), map[string]string{"mode": "tap", "dev": "x"}, []string{"mode", "tap"}, func(args []string) wordtest.Reading {
		w, err := readTunTap(args, tunTapTerms(true))
		return wordtest.Reading{Result: w, Err: err}
	})
}
