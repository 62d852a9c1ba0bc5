package main

import (
	"slices"
	"strings"
)

// These functions return words for each part of the grammar. Words that work are more
// frequent.

func (g *generator) device() string {
	return g.any("v0 v0 v0 v0 v0 v1 v1 v1 v1 p0 p0 p0 p1 br0 br0 br0 br1 m0 x0 w0 lo lo nosuch ifb0 veth0 a-much-longer-device")
}

func (g *generator) name() string { return g.of("a a a a b b c d nosuch") }

func (g *generator) hardware() string {
	return g.of("02:00:00:00:00:0a 02:00:00:00:00:0b 2:0:0:0:0:c 02:00:00:00:00 foo 10.0.0.1 02:00:00:00:00:0a:0b 03:00:00:00:00:01")
}

func (g *generator) prefix() string {
	return g.of("10.0.0.1/24 10.0.0.2/24 10.0.0.3 10.1.0.1/16 10.1/16 10.2.0.1/255.255.0.0 127.0.0.2/8 192.0.2.1/32 192.0.2.4/31 224.0.0.5/24" +
		" fd00::1/64 fd00::2/64 fd01::1/128 fd02::3 ::10.1.2.3/128 fe80::7/64 ff15::1/128 any default 0/0 10.0.0.1/33 1.2.3.4.5 foo")
}

func (g *generator) host() string {
	return g.of("10.0.0.2 10.0.0.3 10.0.0.9 10.1.0.9 192.0.2.5 fd00::2 fd00::9 fe80::1 any 10.0.0 foo 0x0a000005")
}

func (g *generator) network() string {
	return g.of("10.5.0.0/16 10.6.0.0/16 10.6/16 10.7.0.1 10.0.0.0/24 default default default 0/0 192.168.0.0/16 10.5.1.0/24 10.5.0.1/16 fd05::/64 fd06::/64 ::/0 fd05::1 all any foo 224.0.0.0/4")
}

func (g *generator) scope() string {
	return g.of("link host global site nowhere 77 254 foo 256 all lin")
}
func (g *generator) number() string {
	return g.of("0 1 5 77 100 1400 1500 0x10 010 -1 99999999999 foo 5x ''")
}
func (g *generator) table() string {
	return g.of("main local default all 100 77 254 255 0 999 foo 0x64 cache")
}

// aboutDevice returns what may be said of a device, new or existing.
func (g *generator) aboutDevice() []string {
	switch g.IntN(22) {
	case 0, 1, 2:
		return []string{g.of("up up down")}
	case 3, 4:
		return []string{"mtu", g.of("1400 1400 1500 9000 0 67 1280 foo -1 0x500")}
	case 5, 6:
		return []string{g.of("address address addr addres"), g.hardware()}
	case 7:
		return []string{g.of("txqueuelen txqlen qlen txq"), g.number()}
	case 8:
		return []string{"alias", g.of("hello hello two_words ''")}
	case 9, 10:
		return []string{"netns", g.of("a a a b c nosuch PROCESS PROCESS 1 99999999 0 foo '' -1")}
	case 11:
		return []string{"master", g.of("br0 br0 br0 br1 v1 nosuch")}
	case 12:
		return []string{"nomaster"}
	case 13:
		return []string{g.any("multicast allmulticast promisc arp"), g.of("on off on off maybe")}
	case 14:
		return []string{g.of("broadcast brd broad"), g.hardware()}
	case 15:
		return []string{"index", g.of("77 88 0 -1 foo")}
	case 16:
		return []string{"group", g.of("default 7 0 foo")}
	case 17:
		return []string{g.of("dynamic trailers protodown carrier"), g.of("on off foo")}
	case 18:
		return []string{"numtxqueues", g.of("1 4 foo")}
	case 19:
		return []string{"link", g.device()}
	case 20:
		return []string{"name", g.device()}
	}
	return []string{g.any("addrgenmode mode state vf vrf link-netnsid link-netns gso_max_size xdp"), g.of("none eui64 default 0 1 a 65536 off")}
}

func (g *generator) addLink() []string {
	words := []string{g.of("link link link l lin"), g.of("add add add a ad")}
	if g.chance(25) {
		words = append(words, "link", g.device())
	}
	if g.chance(95) {
		words = append(words, g.sometimes(40, func() []string { return []string{g.of("name dev")} })...)
		words = append(words, g.device())
	}
	for g.chance(30) {
		words = append(words, g.aboutDevice()...)
	}
	words = append(words, g.of("type type type type typ"))
	switch g.IntN(12) {
	case 0, 1, 2, 3:
		words = append(words, "veth")
		if g.chance(80) {
			words = append(words, "peer")
			words = append(words, g.sometimes(85, func() []string { return []string{g.of("name name name name dev"), g.device()} })...)
			for g.chance(30) {
				words = append(words, g.aboutDevice()...)
			}
		}
	case 4, 5:
		words = append(words, g.of("bridge bridge bridge ifb dummy nosuch ''"))
		words = append(words, g.sometimes(20, func() []string { return []string{g.of("vlan_filtering stp_state foo"), g.of("1 0 x")} })...)
	case 6, 7:
		words = append(words, g.of("macvlan macvlan macvtap"))
		words = append(words, g.sometimes(60, func() []string {
			return []string{g.of("mode mode mod foo"), g.of("bridge private vepa source passthru foo")}
		})...)
	case 8, 9, 10:
		words = append(words, "vxlan", g.of("id id id vni"), g.of("5 6 7 0x8 99999999 foo"))
		for g.chance(55) {
			words = append(words, g.phrase("remote,10.0.0.9 group,239.0.0.1 local,10.0.0.1 dev,v0 dev,nosuch dstport,4789 dstport,0 dstport,4790 learning nolearning"+
				" ttl,7 remote,fd00::9 external dsfield,5 age,7 dstp,4789 dstport,99999 remote,foo")...)
		}
	default:
		words = append(words, "vlan", "id", g.of("5 6 4095 foo"))
	}
	return words
}

func (g *generator) setLink() []string {
	words := []string{g.of("link link link l lin"), g.of("set set set s se change")}
	words = append(words, g.sometimes(20, func() []string { return []string{"dev"} })...)
	words = append(words, g.device())
	words = append(words, g.aboutDevice()...)
	for g.chance(35) {
		words = append(words, g.aboutDevice()...)
	}
	if g.chance(4) {
		words = append(words, "type", g.of("veth bridge bridge_slave vxlan foo"))
	}
	return words
}

func (g *generator) deleteLink() []string {
	words := []string{"link", g.of("del delete del d")}
	words = append(words, g.sometimes(25, func() []string { return []string{"dev"} })...)
	words = append(words, g.device())
	words = append(words, g.sometimes(15, func() []string { return []string{"type", g.of("veth bridge foo")} })...)
	return append(words, g.sometimes(6, g.aboutDevice)...)
}

func (g *generator) filter() []string {
	switch g.IntN(12) {
	case 0, 1, 2, 3:
		return []string{g.device()}
	case 4:
		return []string{"dev", g.device()}
	case 5:
		return []string{"up"}
	case 6, 7:
		return []string{"type", g.of("veth bridge vxlan macvlan foo bridge_slave ''")}
	case 8:
		return []string{"master", g.of("br0 br0 br1 nosuch")}
	case 9:
		return []string{"nomaster"}
	case 10:
		return []string{"group", g.of("default 0 7 foo")}
	}
	return []string{g.of("vrf label to"), g.of("v0 10.0.0.0/8 foo")}
}

func (g *generator) showLink() []string {
	words := []string{g.of("link link link l")}
	if g.chance(85) {
		words = append(words, g.of("show show sh ls list lst"))
		for g.chance(45) {
			words = append(words, g.filter()...)
		}
	}
	return words
}

func (g *generator) changeAddress() []string {
	words := []string{g.of("address address addr a add"), g.any("add add add add del del delete d a replace replace change chg r c")}
	if g.chance(6) {
		words = append(words, g.of("secondary permanent tentative local peer deprecated"))
	}
	words = append(words, g.prefix())
	words = append(words, g.sometimes(35, g.aboutAddress)...)
	if g.chance(95) {
		words = append(words, "dev", g.device())
	}
	for g.chance(25) {
		words = append(words, g.aboutAddress()...)
	}
	return words
}

func (g *generator) aboutAddress() []string {
	switch g.IntN(12) {
	case 0, 1:
		return []string{g.of("brd broadcast broad"), g.of("+ + - 10.0.0.255 10.0.0.9 foo fd00::9 any")}
	case 2, 3:
		return []string{"scope", g.scope()}
	case 4:
		return []string{"label", g.of("v0:x v0 v0:a-long-label-of-it foo ''")}
	case 5:
		return []string{g.of("metric metric priority preference met"), g.number()}
	case 6:
		return []string{g.of("valid_lft valid"), g.of("100000 forever 0 50000 foo")}
	case 7:
		return []string{g.of("preferred_lft pref"), g.of("50000 forever 0 foo")}
	case 8:
		return []string{g.of("peer peer remote"), g.prefix()}
	case 9:
		return []string{"local", g.prefix()}
	case 10:
		return []string{"anycast", g.host()}
	}
	return []string{g.any("nodad noprefixroute home mngtmpaddr autojoin nodad optimistic secondary proto")}
}

func (g *generator) anyAddress() (words []string, reads bool) {
	switch g.IntN(4) {
	case 0:
		return g.showAddress(), true
	case 1:
		return g.flushAddress(), false
	}
	return g.changeAddress(), false
}

func (g *generator) flushAddress() []string {
	words := []string{g.of("address addr a"), g.of("flush flush f")}
	words = append(words, g.sometimes(70, func() []string {
		return append(g.sometimes(60, func() []string { return []string{"dev"} }), g.device())
	})...)
	for g.chance(50) {
		switch g.IntN(4) {
		case 0:
			words = append(words, "scope", g.scope())
		case 1:
			words = append(words, g.any("permanent dynamic secondary primary tentative deprecated -permanent nodad primary"))
		case 2:
			words = append(words, "to", g.prefix())
		default:
			words = append(words, "label", g.of("v0 v* v0:x v[!0]* foo"))
		}
	}
	return words
}

func (g *generator) showAddress() []string {
	words := []string{g.of("address addr a")}
	if g.chance(85) {
		words = append(words, g.of("show show sh s ls list lst"))
		for g.chance(45) {
			words = append(words, g.addressFilter()...)
		}
	}
	return words
}

func (g *generator) addressFilter() []string {
	switch g.IntN(5) {
	case 0:
		return []string{"scope", g.scope()}
	case 1:
		return []string{g.any("permanent dynamic secondary primary tentative -tentative deprecated -deprecated nodad -nodad temporary -permanent -dynamic -primary mngtmpaddr home perm noprefixroute optimistic")}
	case 2:
		return []string{"to", g.prefix()}
	case 3:
		return []string{"label", g.of("v0 v0:x v*")}
	}
	return g.filter()
}

func (g *generator) changeRoute() []string {
	words := []string{g.of("route route route r ro"), g.any("add add add add add a del del delete d replace append change prepend test")}
	if g.chance(15) {
		words = append(words, g.of("blackhole unreachable prohibit throw local broadcast unicast multicast black nat anycast to"))
	}
	words = append(words, g.network())
	words = append(words, g.sometimes(45, func() []string { return []string{"via", g.host()} })...)
	words = append(words, g.sometimes(60, func() []string { return []string{g.of("dev dev dev oif"), g.device()} })...)
	for g.chance(35) {
		words = append(words, g.aboutRoute()...)
	}
	return words
}

func (g *generator) aboutRoute() []string {
	switch g.IntN(14) {
	case 0, 1:
		return []string{g.of("metric metric priority preference metr"), g.number()}
	case 2:
		return []string{"src", g.host()}
	case 3:
		return []string{"scope", g.scope()}
	case 4, 5:
		return []string{g.of("table table tab"), g.table()}
	case 6:
		return []string{g.of("proto protocol"), g.of("static kernel boot 77 ra foo 256 all")}
	case 7:
		return append(append([]string{g.any("mtu advmss hoplimit rtt rttvar initcwnd cwnd window ssthresh reordering mtu mtu")},
			g.sometimes(15, func() []string { return []string{"lock"} })...), g.of("1400 1300 5 7ms 2s 0.5s lock foo 0"))
	case 8:
		return []string{"onlink"}
	case 9:
		return []string{"via", g.of("inet6 inet"), g.host()}
	case 10:
		return []string{"from", g.network()}
	case 11:
		words := []string{"nexthop", "via", g.host()}
		for g.chance(60) {
			words = append(words, g.phrase("weight,2 weight,foo weight,300 onlink dev,v0 dev,nosuch realms,5 nexthop,via,10.0.0.3 nexthop,dev,v1 nexthop nexthop,via,fd00::3 via,10.0.0.4")...)
		}
		return words
	}
	return []string{g.any("tos dsfield realm realms pref expires advmss rtt hoplimit initcwnd quickack features nhid encap as"), g.of("1 5 0x10 high ecn 100000 foo mpls")}
}

func (g *generator) flushRoute() []string {
	words := []string{g.of("route route r"), g.of("flush flush f")}
	for g.chance(75) {
		words = append(words, g.routeFilter()...)
	}
	return words
}

// getRoute returns a command that asks for a route.
func (g *generator) getRoute() []string {
	words := append([]string{g.of("route route r"), g.of("get get g")}, g.sometimes(15, func() []string { return []string{g.of("to help")} })...)
	words = append(words, g.of("10.0.0.2 10.0.0.1 10.5.0.9 10.6.1.1 127.0.0.1 fd00::2 fd00::1 fd05::1 192.0.2.1 10.0.0.255 default any foo 10.5.0.0/16 fd05::/64"))
	for g.chance(35) {
		switch g.IntN(6) {
		case 0:
			words = append(words, g.of("from fro"), g.host())
		case 1, 2:
			words = append(words, g.of("dev oif iif oif"), g.device())
		case 3:
			words = append(words, "mark", g.number())
		case 4:
			words = append(words, g.phrase("fibmatch uid,0 uid,foo notify tos,0x10 tos,foo")...)
		default:
			words = append(words, g.phrase("ipproto,tcp sport,5 dport,6 ipproto,udp,sport,foo vrf,v0")...)
		}
	}
	return words
}

func (g *generator) anyRoute() (words []string, reads bool) {
	switch g.IntN(6) {
	case 0:
		return g.showRoute(), true
	case 5:
		return g.getRoute(), true
	case 1:
		return g.flushRoute(), false
	}
	return g.changeRoute(), false
}

func (g *generator) showRoute() []string {
	words := []string{g.of("route route r")}
	if g.chance(85) {
		words = append(words, g.of("show show sh ls list lst s"))
		for g.chance(50) {
			words = append(words, g.routeFilter()...)
		}
	}
	return words
}

func (g *generator) routeFilter() []string {
	switch g.IntN(12) {
	case 0, 1:
		return []string{g.any("table table t"), g.table()}
	case 2:
		return []string{g.of("dev dev oif"), g.device()}
	case 3, 4:
		return []string{g.network()}
	case 5:
		return []string{g.of("root match exact to"), g.network()}
	case 6:
		return []string{"proto", g.of("static kernel boot 77 foo all")}
	case 7:
		return []string{"scope", g.scope()}
	case 8:
		return []string{"type", g.of("unicast local broadcast blackhole multicast foo black")}
	case 9:
		return []string{g.of("via src"), g.of("10.0.0.2 10.0.0.1 10.0.0.0/8 fd00::9 default foo")}
	case 10:
		return []string{g.of("metric tos"), g.of("1 5 77 0x10 foo")}
	}
	return []string{g.of("cache cloned from iif realm mark vrf"), g.of("1 v0 10.0.0.0/8")}
}

func (g *generator) netns() (words []string, reads bool) {
	object := g.any("netns netns netns net")
	switch g.IntN(14) {
	case 0, 1, 2:
		return []string{object, g.of("add add add a"), g.of("a b c d a/b .. ''")}, false
	case 3:
		return []string{object, g.of("del delete del d"), g.name()}, false
	case 4, 5:
		return []string{object}, true
	case 6:
		return []string{object, g.of("list show lst ls")}, true
	case 7:
		words = []string{object, g.of("list-id list-id list-i")}
		words = append(words, g.sometimes(25, func() []string { return []string{"nsid", g.of("0 1 100 foo -1")} })...)
		return append(words, g.sometimes(15, func() []string { return []string{"target-nsid", g.of("0 1 100 foo")} })...), true
	case 8, 9:
		return []string{object, "set", g.name(), g.of("auto auto 100 101 102 foo 0x1z")}, false
	case 10:
		return append([]string{object, g.of("identify identify id")}, g.sometimes(50, func() []string { return []string{g.of("1 PROCESS 99999999 foo")} })...), true
	case 11:
		return []string{object, g.of("pids pids p"), g.name()}, true
	case 12:
		return append([]string{object, g.of("exec exec e"), g.name()}, g.phrase("true true false echo,hello,world cat,/proc/net/dev_mcast sh,-c,exit nosuch sh,-c,kill")...), false
	}
	return []string{object, g.of("attach attach at"), g.of("d c e a"), g.of("PROCESS PROCESS 1 99999999 foo 0")}, false
}

func (g *generator) neighbor() string {
	return g.of("10.0.0.7 10.0.0.7 10.0.0.8 10.0.0.8 10.0.0.9 fd00::7 fd00::7 fd00::8 10.0.7 any default foo 10.0.0.7/32")
}

func (g *generator) neighborState() string {
	return g.of("permanent permanent stale noarp none reachable perm reach failed fail sta 0x80 4 3 256 foo all")
}

func (g *generator) changeNeighbor() []string {
	words := []string{g.of("neigh neigh n nei neighbor neighbour"), g.any("add add add replace replace change chg del del delete d r c")}
	words = append(words, g.sometimes(10, func() []string { return []string{g.of("proxy proxy prox to to help")} })...)
	words = append(words, g.neighbor())
	if g.chance(70) {
		words = append(words, g.of("lladdr lladdr lladdr ll l"), g.hardware())
	}
	if g.chance(95) {
		words = append(words, "dev", g.device())
	}
	for g.chance(35) {
		switch g.IntN(6) {
		case 0, 1, 2:
			words = append(words, "nud", g.neighborState())
		case 3:
			words = append(words, g.any("router use managed extern_learn ext extern null"))
		case 4:
			words = append(words, g.of("protocol proto p"), g.of("static kernel 77 foo 256 all"))
		default:
			words = append(words, g.any("proxy to lladdr nud"), g.neighbor())
		}
	}
	return words
}

func (g *generator) neighborFilter() []string {
	switch g.IntN(9) {
	case 0, 1:
		return []string{"dev", g.device()}
	case 2, 3:
		return []string{"nud", g.neighborState()}
	case 4:
		return []string{g.of("proxy unused nomaster router")}
	case 5:
		return []string{g.of("protocol proto p"), g.of("static kernel 77 foo 256 all")}
	case 6:
		return []string{g.of("master vrf"), g.of("br0 v0 nosuch")}
	}
	return append(g.sometimes(50, func() []string { return []string{"to"} }), g.of("10.0.0.0/8 10.0.0.0/29 10.0.0.7 fd00::/64 default all foo 10.0.0.0/33"))
}

// neigh returns a command about neighbours.
func (g *generator) neigh() (words []string, reads bool) {
	object := g.of("neigh neigh n nei neighbor neighbour")
	switch g.IntN(8) {
	case 0, 1:
		words = []string{object}
		if g.chance(85) {
			words = append(words, g.of("show show sh ls list lst"))
			for g.chance(50) {
				words = append(words, g.neighborFilter()...)
			}
		}
		return words, true
	case 2:
		words = append([]string{object, g.of("get get g")}, g.sometimes(20, func() []string { return []string{g.of("proxy to help")} })...)
		words = append(words, g.neighbor())
		return append(words, g.sometimes(85, func() []string { return []string{"dev", g.device()} })...), true
	case 3:
		words = []string{object, g.of("flush flush f")}
		for g.chance(65) {
			words = append(words, g.neighborFilter()...)
		}
		return words, false
	}
	return g.changeNeighbor(), false
}

func (g *generator) selector() []string {
	switch g.IntN(14) {
	case 0, 1:
		return []string{g.of("from from from src fro"), g.network()}
	case 2, 3:
		return []string{g.of("to to to dst"), g.network()}
	case 4, 5:
		return []string{g.of("priority prio pref preference order pri p o"), g.of("5 6 7 8 100 0 foo -1 0x10")}
	case 6:
		return []string{g.of("fwmark fwmark fwmar"), g.of("5 0x5/0xff 0 7/7 foo 5/foo /5 4294967296")}
	case 7:
		return []string{g.of("iif dev oif iif"), g.any("v0 lo nodev a-much-longer-device a/b v1")}
	case 8:
		return []string{g.of("tos dsfield dsf"), g.of("0x10 8 0 foo 256 5")}
	case 9:
		return []string{g.of("ipproto ipproto ippro"), g.of("tcp udp 6 99 icmp foo 256 ipv6-icmp")}
	case 10:
		return []string{g.any("sport dport"), g.of("80 1000-2000 0 foo 5- 80-80 2000-1000")}
	case 11:
		return []string{"uidrange", g.of("0-1000 5-5 foo 5 7-3 0-4294967295")}
	case 12:
		return []string{g.of("tun_id tun t"), g.of("7 0 foo")}
	}
	return []string{g.any("not l3mdev not l3m")}
}

// rule returns a command about rules.
func (g *generator) rule() (words []string, reads bool) {
	object := g.of("rule rule ru rul")
	switch g.IntN(8) {
	case 0, 1, 2:
		words = []string{object}
		if g.chance(85) {
			words = append(words, g.of("list show ls lst l sh"))
			for g.chance(50) {
				words = append(words, g.selector()...)
			}
			words = append(words, g.sometimes(15, func() []string { return []string{g.of("table lookup lo tab"), g.table()} })...)
			words = append(words, g.sometimes(10, func() []string { return []string{g.of("proto protocol"), g.of("static kernel 77 foo all")} })...)
		}
		return words, true
	case 3:
		words = []string{object, g.of("flush flush f")}
		for g.chance(65) {
			words = append(words, g.selector()...)
		}
		return append(words, g.sometimes(25, func() []string { return []string{g.of("proto protocol"), g.of("static kernel 77 foo all")} })...), false
	}
	words = []string{object, g.of("add add del delete a d")}
	for g.chance(70) {
		words = append(words, g.selector()...)
	}
	for g.chance(60) {
		switch g.IntN(8) {
		case 0, 1, 2, 3:
			words = append(words, g.of("table table lookup tab"), g.table())
		case 4:
			words = append(words, g.of("proto protocol"), g.of("static kernel 77 foo all"))
		case 5:
			words = append(words, g.phrase("realms,5 realms,3/4 realms,/ realms,foo suppress_prefixlength,0 sup_pl,5 suppress_p,-1 suppress_ifgroup,default sup_group,7 sup,foo")...)
		case 6:
			words = append(words, g.phrase("blackhole unreachable prohibit nop goto,100 goto,32766 goto,foo type,blackhole type,foo black unicast local nat,10.0.0.1 map-to,foo help")...)
		default:
			words = append(words, g.selector()...)
		}
	}
	return words, false
}

// tuntap returns a command about devices for packets from a program.
func (g *generator) tuntap() (words []string, reads bool) {
	object := g.of("tuntap tuntap tap tunt")
	if g.chance(30) {
		return append([]string{object}, g.sometimes(80, func() []string { return []string{g.of("show list lst sh")} })...), true
	}
	words = []string{object, g.of("add add add del delete a d")}
	name := func() []string {
		return append(g.sometimes(60, func() []string { return []string{g.of("dev name de")} }), g.of("w0 w0 w1 t0 v0 a/b a-much-longer-device nosuch"))
	}
	words = append(words, g.sometimes(50, name)...)
	if g.chance(90) {
		words = append(words, g.of("mode mode m mod"), g.of("tun tap tap tu ta foo"))
	}
	if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, "w") }) {
		words = append(words, name()...)
	}
	for g.chance(30) {
		words = append(words, g.phrase("pi multi_queue mu vnet_hdr one_queue user,0 user,nobody user,foo user,61234 group,0 group,daemon group,foo u,-1 mode,tun")...)
	}
	return words, false
}

// other returns a command that only ip has.
func (g *generator) other() (words []string, reads bool) {
	switch g.IntN(2) {
	case 0:
		return []string{"nexthop", g.any("add del"), "id", g.of("1 2"), "via", g.host(), "dev", g.device()}, false
	}
	return []string{g.of("help foo bar xyz maddress addrlabel tunnel")}, true
}
