package wire

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/link"
)

func prefixes(t *testing.T, words ...string) (list []iproute.Prefix) {
	for _, w := range words {
		p, err := iproute.ParsePrefix(w, unix.AF_UNSPEC)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

func TestSteps(t *testing.T) {
	ns := func(p NamespaceRef) *Namespace { return &Namespace{NamespaceRef: p, cli: p} }
	host, a := ns(Host), ns(NamespaceRef{Name: "a"})
	spaced, process := ns(NamespaceRef{Name: "it's"}), ns(NamespaceRef{PID: 7})
	inside := &Namespace{NamespaceRef: Host, cli: NamespaceRef{Name: "c"}}
	v4, v6 := prefixes(t, "10.0.0.1/24"), prefixes(t, "fd00::2/64")
	both := prefixes(t, "10.0.0.2/24", "fd00::2/64")
	for _, c := range []struct {
		name string
		w    Connection
		seen Existing
		want string
	}{
		{"bare", Connection{A: Endpoint{host, "x", nil}, B: Endpoint{host, "y", nil}}, Existing{}, `
ip link add name x type veth peer name y
ip link set dev x up
ip link set dev y up`},
		{"places", Connection{A: Endpoint{process, "x", v4}, B: Endpoint{spaced, "y", v6}}, Existing{}, `
ip link add name x netns 7 type veth peer name y netns 'it'\''s'
nsenter -t 7 -n ip address add 10.0.0.1/24 dev x
ip -n 'it'\''s' address add fd00::2/64 dev y nodad
nsenter -t 7 -n ip link set dev x up
ip -n 'it'\''s' link set dev y up
nsenter -t 7 -n ip link set lo up
ip -n 'it'\''s' link set lo up`},
		{"the host by a name", Connection{A: Endpoint{inside, "x", v4}, B: Endpoint{a, "y", v4}, NAT: true}, Existing{Forwards: [2]bool{false, true}}, `
ip link add name x netns c type veth peer name y netns a
ip netns exec c nft 'create table inet gonetns-x; add chain inet gonetns-x postrouting { type nat hook postrouting priority srcnat; policy accept; }; add rule inet gonetns-x postrouting ip saddr 10.0.0.0/24 oifname != "x" masquerade comment "net.ipv4.ip_forward was 0"'
ip -n c address add 10.0.0.1/24 dev x
ip -n a address add 10.0.0.1/24 dev y
ip -n c link set dev x up
ip -n a link set dev y up
ip -n a route add default via 10.0.0.1 dev y
ip netns exec c sysctl -w net.ipv4.ip_forward=1
ip -n a link set lo up`},
		{"a bridge that is missing", Connection{A: Endpoint{a, "x", v4}, B: Endpoint{host, "y", both}, Bridge: "br", Gateway: true}, Existing{}, `
ip link add name x netns a type veth peer name y
ip -n a link add name br group 1852142707 type bridge
ip -n a link set dev x master br
ip -n a address add 10.0.0.1/24 dev br
ip address add 10.0.0.2/24 dev y
ip address add fd00::2/64 dev y nodad
ip -n a link set dev x up
ip link set dev y up
ip -n a link set dev br up alias 'made by gonetns connect' group default
ip route add default via 10.0.0.1 dev y
ip -n a link set lo up`},
		{"a bridge with the address", Connection{A: Endpoint{host, "x", v4}, B: Endpoint{a, "y", both}, Bridge: "br", Gateway: true},
			Existing{Bridge: true, Addresses: prefixes(t, "fd00::1/64", "10.0.0.1/24")}, `
ip link add name x type veth peer name y netns a
ip link set dev x master br
ip -n a address add 10.0.0.2/24 dev y
ip -n a address add fd00::2/64 dev y nodad
ip link set dev x up
ip -n a link set dev y up
ip link set dev br up
ip -n a route add default via 10.0.0.1 dev y
ip -n a route add default via fd00::1 dev y
ip -n a link set lo up`},
		{"translation", Connection{A: Endpoint{host, "x", v4}, B: Endpoint{a, "y", v4}, NAT: true}, Existing{}, `
ip link add name x type veth peer name y netns a
nft 'create table inet gonetns-x; add chain inet gonetns-x postrouting { type nat hook postrouting priority srcnat; policy accept; }; add rule inet gonetns-x postrouting ip saddr 10.0.0.0/24 oifname != "x" masquerade comment "net.ipv4.ip_forward was 0"'
ip address add 10.0.0.1/24 dev x
ip -n a address add 10.0.0.1/24 dev y
ip link set dev x up
ip -n a link set dev y up
ip -n a route add default via 10.0.0.1 dev y
sysctl -w net.ipv4.ip_forward=1
ip -n a link set lo up`},
		{"the second translation", Connection{A: Endpoint{a, "x@1", v6}, B: Endpoint{host, "y", both}, NAT: true}, Existing{Forwards: [2]bool{true, true}, TurnedOn: [2]bool{true, false}}, `
ip link add x@1 netns a type veth peer name y
ip netns exec a nft 'create table inet gonetns-x_401; add chain inet gonetns-x_401 postrouting { type nat hook postrouting priority srcnat; policy accept; }; add rule inet gonetns-x_401 postrouting ip saddr 10.0.0.0/24 oifname != "x@1" masquerade comment "net.ipv4.ip_forward was 0"; add rule inet gonetns-x_401 postrouting ip6 saddr fd00::/64 oifname != "x@1" masquerade'
ip -n a address add fd00::2/64 dev x@1 nodad
ip address add 10.0.0.2/24 dev y
ip address add fd00::2/64 dev y nodad
ip -n a link set x@1 up
ip link set dev y up
ip route add default via fd00::2 dev y
ip -n a link set lo up`},
		{"several networks", Connection{A: Endpoint{host, "x", prefixes(t, "10.0.1.1/24", "10.0.2.1/24", "fd00:1::1/64", "fd00:2::1/64")},
			B: Endpoint{a, "y", prefixes(t, "10.0.2.2/24", "10.0.2.3/24", "10.0.3.1/24", "fd00:2::2/64")}, NAT: true}, Existing{}, `
ip link add name x type veth peer name y netns a
nft 'create table inet gonetns-x; add chain inet gonetns-x postrouting { type nat hook postrouting priority srcnat; policy accept; }; add rule inet gonetns-x postrouting ip saddr 10.0.2.0/24 oifname != "x" masquerade comment "net.ipv4.ip_forward was 0"; add rule inet gonetns-x postrouting ip saddr 10.0.3.0/24 oifname != "x" masquerade; add rule inet gonetns-x postrouting ip6 saddr fd00:2::/64 oifname != "x" masquerade comment "net.ipv6.conf.all.forwarding was 0"'
ip address add 10.0.1.1/24 dev x
ip address add 10.0.2.1/24 dev x
ip address add fd00:1::1/64 dev x nodad
ip address add fd00:2::1/64 dev x nodad
ip -n a address add 10.0.2.2/24 dev y
ip -n a address add 10.0.2.3/24 dev y
ip -n a address add 10.0.3.1/24 dev y
ip -n a address add fd00:2::2/64 dev y nodad
ip link set dev x up
ip -n a link set dev y up
ip -n a route add default via 10.0.2.1 dev y
ip -n a route add default via fd00:2::1 dev y
sysctl -w net.ipv4.ip_forward=1
sysctl -w net.ipv6.conf.all.forwarding=1
ip -n a link set lo up`},
		{"in the place of one that has gone", Connection{A: Endpoint{host, "x", v4}, B: Endpoint{a, "y", v4}, NAT: true},
			Existing{Forwards: [2]bool{true, true}, leftover: &table{marks: []string{"net.ipv6.conf.all.forwarding was 0"}}, idleBridge: link.Device{Name: "br"}}, `
ip link add name x type veth peer name y netns a
nft 'delete table inet gonetns-x; create table inet gonetns-x; add chain inet gonetns-x postrouting { type nat hook postrouting priority srcnat; policy accept; }; add rule inet gonetns-x postrouting ip saddr 10.0.0.0/24 oifname != "x" masquerade comment "net.ipv6.conf.all.forwarding was 0"'
ip address add 10.0.0.1/24 dev x
ip -n a address add 10.0.0.1/24 dev y
ip link set dev x up
ip -n a link set dev y up
ip -n a route add default via 10.0.0.1 dev y
ip -n a link set lo up
ip link delete dev br`},
	} {
		steps, err := c.w.Steps(c.seen)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		var got strings.Builder
		for _, s := range steps {
			got.WriteString("\n" + s.Command())
		}
		if got.String() != c.want {
			t.Errorf("%s: got%s\nwant%s", c.name, got.String(), c.want)
		}
	}
}

func TestNoGateway(t *testing.T) {
	w := Connection{A: Endpoint{&Namespace{}, "x", prefixes(t, "10.0.0.1/24")}, B: Endpoint{&Namespace{}, "y", prefixes(t, "fd00::2/64")}}
	for _, w.Gateway = range []bool{true, false} {
		w.NAT = !w.Gateway
		if _, err := w.Steps(Existing{}); err == nil || !strings.HasPrefix(err.Error(), "no gateway: ") {
			t.Errorf("gateway %v: %v", w.Gateway, err)
		}
	}
}

func TestNetwork(t *testing.T) {
	for in, want := range map[string]string{
		"10.1.2.3/24": "10.1.2.0/24", "10.1.2.3/32": "10.1.2.3/32", "10.1.2.3/0": "0.0.0.0/0", "10.1.2.255/25": "10.1.2.128/25",
		"fd00::1:2/64": "fd00::/64", "fd00::ff/121": "fd00::80/121",
	} {
		if got := network(prefixes(t, in)[0]).String(); got != want {
			t.Errorf("%s: got %s; want %s", in, got, want)
		}
	}
}

func TestTableName(t *testing.T) {
	names := map[string]string{}
	for device, want := range map[string]string{
		"to-b": "gonetns-to-b", "eth0.5": "gonetns-eth0.5", "x_1": "gonetns-x_5f1", "x!": "gonetns-x_21", "x@": "gonetns-x_40", "x_21": "gonetns-x_5f21",
		"\xc3\xa4": "gonetns-_c3_a4",
	} {
		got := tableName(device)
		if got != want || names[got] != "" {
			t.Errorf("%q: got %s; want %s", device, got, want)
		}
		if back := deviceOf(got); back != device {
			t.Errorf("%s: got %q; want %q", got, back, device)
		}
		names[got] = device
	}
	for _, other := range []string{"gonetns-x_", "gonetns-x_4", "gonetns-x_zz"} {
		if got := deviceOf(other); got != "" {
			t.Errorf("%s: got %q", other, got)
		}
	}
}

func TestRuleComment(t *testing.T) {
	for data, want := range map[string]string{
		"": "", "\x00": "", "\x00\x02a\x00": "a", "\x01\x01x\x00\x02a\x00": "a", "\x00\x01a": "a",
		"\x00\xffa": "", "\x01\x09x\x00\x02a\x00": "", "\x01\x01x\x00": "", "\x00\x00": "",
	} {
		if got := ruleComment([]byte(data)); got != want {
			t.Errorf("%q: got %q; want %q", data, got, want)
		}
	}
}
