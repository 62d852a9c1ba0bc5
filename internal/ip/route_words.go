package ip

import (
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
)

// setDestination takes the bare word, unless ip may know better.
func (w *routeWords) setDestination(v string) error {
	const beyond = " tos dsfield nexthop nhid encap hoplimit advmss rtt rttvar reordering window cwnd initcwnd initrwnd ssthresh" +
		" realms rto_min quickack features congctl pref expires ttl-propagate fastopen_no_cookie as weight pervasive offload vrf help "
	if w.to || strings.Contains(beyond, " "+v+" ") {
		return iproute.Duplicate("to", v)
	}
	p, err := iproute.ParsePrefix(v, w.family)
	if err != nil {
		return err
	}
	w.to, w.way.To = true, p
	w.is(p.Family)
	return nil
}

// is makes what follows be of the family of what was read first.
func (w *routeWords) is(family int) {
	if w.family == unix.AF_UNSPEC {
		w.family = family
	}
}

// setVia takes [inet|inet6] ADDRESS.
func (w *routeWords) setVia(words *iproute.Words) error {
	v, err := words.Value()
	family := w.family
	switch v {
	case "inet", "inet6":
		family = unix.AF_INET
		if v == "inet6" {
			family = unix.AF_INET6
		}
		v, err = words.Value()
	}
	if err != nil {
		return err
	}
	a, err := iproute.ParseAddress(v, family)
	if err != nil {
		return err
	}
	w.gateway, w.way.Via = true, &a
	w.is(a.Family)
	return nil
}

func (w *routeWords) setSource(v string) error {
	a, err := iproute.ParseAddress(v, w.family)
	if err != nil {
		return err
	}
	w.way.Source = a.Addr
	w.is(a.Family)
	return nil
}

func (w *routeWords) setMetric(v string) (err error) {
	w.way.Metric, err = routeNumber("metric", v)
	return err
}

func (w *routeWords) setMTU(v string) (err error) {
	if v == "lock" {
		return iproute.Duplicate("to", v)
	}
	w.way.MTU, err = routeNumber("mtu", v)
	return err
}

func routeNumber(name, v string) (uint32, error) {
	n, ok := iproute.Unsigned(v, 32)
	if !ok {
		return 0, iproute.Invalid(`"`+name+"\" value is invalid\n", v)
	}
	return n, nil
}

func (w *routeWords) setScope(v string) error {
	n, ok := scopeNumber(v)
	if !ok {
		return iproute.Invalid("invalid \"scope\" value\n", v)
	}
	w.way.Scope, w.scoped = n, true
	return nil
}

// setProtocol takes an RTPROT_* by its name or number.
func (w *routeWords) setProtocol(v string) error {
	names := [...]string{unix.RTPROT_UNSPEC: "unspec", unix.RTPROT_REDIRECT: "redirect", unix.RTPROT_KERNEL: "kernel", unix.RTPROT_BOOT: "boot", unix.RTPROT_STATIC: "static", unix.RTPROT_RA: "ra", unix.RTPROT_DHCP: "dhcp"}
	n, ok := iproute.Unsigned(v, 8)
	for i, name := range names {
		if name != "" && v == name {
			n, ok = uint32(i), true
		}
	}
	if !ok {
		return iproute.Invalid("\"protocol\" value is invalid\n", v).MayBeIP()
	}
	w.way.Protocol, w.proto = uint8(n), true
	return nil
}

// setTable takes a table by its name or number.
func (w *routeWords) setTable(v string) error {
	n, ok := tableNumber(v)
	if !ok {
		return iproute.Invalid("\"table\" value is invalid\n", v).MayBeIP()
	}
	w.way.Table = n
	return nil
}

// tableNumber is an RT_TABLE_* by its name or number.
func tableNumber(v string) (uint32, bool) {
	switch v {
	case "default":
		return unix.RT_TABLE_DEFAULT, true
	case "main":
		return unix.RT_TABLE_MAIN, true
	case "local":
		return unix.RT_TABLE_LOCAL, true
	}
	return iproute.Unsigned(v, 32)
}

// routeType is an RTN_* by its name.
func routeType(v string) (uint8, bool) {
	names := [...]string{unix.RTN_UNICAST: "unicast", unix.RTN_LOCAL: "local", unix.RTN_BROADCAST: "broadcast", unix.RTN_ANYCAST: "anycast", unix.RTN_MULTICAST: "multicast", unix.RTN_BLACKHOLE: "blackhole", unix.RTN_UNREACHABLE: "unreachable", unix.RTN_PROHIBIT: "prohibit", unix.RTN_THROW: "throw", unix.RTN_NAT: "nat"}
	for i, name := range names {
		if name != "" && v == name {
			return uint8(i), true
		}
	}
	return 0, false
}
