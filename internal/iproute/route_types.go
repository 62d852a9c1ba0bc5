package iproute

import "golang.org/x/sys/unix"

// RouteTypes are the names of RTN_*, by number. See: rtnetlink(7).
var RouteTypes = [...]string{
	"none", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit", "throw", "nat", "xresolve",
}

// abbreviatedTypes are the types whose names may be abbreviated, in the order in which ip
// compares.
var abbreviatedTypes = [...]uint8{
	unix.RTN_BROADCAST, unix.RTN_ANYCAST, unix.RTN_MULTICAST, unix.RTN_PROHIBIT, unix.RTN_UNREACHABLE, unix.RTN_BLACKHOLE,
	unix.RTN_XRESOLVE, unix.RTN_UNICAST,
}

// ReadRouteType returns the type that a word names. See: rtnl_rtntype_a2n of iproute2.
func ReadRouteType(word string) (uint8, bool) {
	switch word {
	case "local":
		return unix.RTN_LOCAL, true
	case "nat":
		return unix.RTN_NAT, true
	case "throw":
		return unix.RTN_THROW, true
	case "brd":
		return unix.RTN_BROADCAST, true
	}
	for _, kind := range abbreviatedTypes {
		if Matches(word, RouteTypes[kind]) {
			return kind, true
		}
	}
	n, ok := Unsigned(word, 8)
	return uint8(n), ok
}
