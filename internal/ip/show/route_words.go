package show

import (
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/link"
)

// These are flags of a route since Linux 5.17. See: linux/rtnetlink.h.
const (
	flagTrap          = 1 << 6  // RTNH_F_TRAP
	flagNotify        = 0x100   // RTM_F_NOTIFY
	flagOffloaded     = 0x4000  // RTM_F_OFFLOAD
	flagTrapped       = 0x8000  // RTM_F_TRAP
	flagOffloadFailed = 1 << 29 // RTM_F_OFFLOAD_FAILED
)

var routeFlags = [...]struct {
	bit  uint32
	name string
}{
	{unix.RTNH_F_DEAD, "dead"},
	{unix.RTNH_F_ONLINK, "onlink"},
	{unix.RTNH_F_PERVASIVE, "pervasive"},
	{unix.RTNH_F_OFFLOAD, "offload"},
	{flagTrap, "trap"},
	{flagNotify, "notify"},
	{unix.RTNH_F_LINKDOWN, "linkdown"},
	{unix.RTNH_F_UNRESOLVED, "unresolved"},
	{flagOffloaded, "rt_offload"},
	{flagTrapped, "rt_trap"},
	{flagOffloadFailed, "rt_offload_failed"},
}

// routeFlags prints the flags. JSON has the list even if it is empty.
func (v *routeView) routeFlags(flags uint32) {
	v.array("flags", func() {
		for _, f := range routeFlags {
			if flags&f.bit == 0 {
				continue
			}
			v.element(f.name)
		}
	})
}

// routeMark prints the mark of a packet.
func (v *routeView) routeMark(n uint32) {
	const decimalBelow = 16
	switch {
	case n == 0:
	case v.isJSON() || n < decimalBelow:
		v.int("mark", "mark ", int64(n), " ")
	default:
		v.textOnly("mark " + hexText(n) + " ")
	}
}

// cacheFlags are RTCF_* of linux/in_route.h, in the order in which they are printed.
var cacheFlags = [...]struct {
	bit  uint32
	name string
}{
	{1 << 31, "local"},
	{1 << 30, "reject"},
	{1 << 29, "mc"},
	{1 << 28, "brd"},
	{1 << 27, "dst-nat"},
	{1 << 23, "src-nat"},
	{1 << 22, "masq"},
	{1 << 17, "dst-direct"},
	{1 << 26, "src-direct"},
	{1 << 18, "redirected"},
	{1 << 24, "redirect"},
	{1 << 21, "fastroute"},
	{1 << 16, "notify"},
	{1 << 19, "proxy"},
}

// cacheFlags prints the flags of what a packet gets, on a line of its own.
func (v *routeView) cacheFlags(flags uint32) {
	const first = 1 << 16
	flags &^= first - 1
	v.newline("    cache ")
	if flags != 0 {
		v.textOnly("<")
	}
	v.array("cache", func() {
		for _, f := range cacheFlags {
			if flags&f.bit == 0 {
				continue
			}
			flags &^= f.bit
			switch {
			case v.isJSON():
				v.json.String(f.name)
			case flags != 0:
				v.textOnly(f.name + ",")
			default:
				v.textOnly(f.name + "> ")
			}
		}
		if flags != 0 {
			v.textOnly(strconv.FormatUint(uint64(flags), 16) + ">")
		}
	})
}

func (p *printer) routeType(n uint8) string {
	if !p.numeric && int(n) < len(iproute.RouteTypes) {
		return iproute.RouteTypes[n]
	}
	return strconv.Itoa(int(n))
}

func prefWord(pref uint8) string {
	switch pref { // ICMPV6_ROUTER_PREF_*, see RFC 4191
	case 0:
		return "medium"
	case 1:
		return "high"
	case 3:
		return "low"
	}
	return strconv.Itoa(int(pref))
}

// prefixText returns the prefix as text, without the length of a single address.
func prefixText(p netip.Prefix) string {
	switch {
	case p.Bits() == p.Addr().BitLen():
		return addressText(p.Addr())
	case p.Bits() == 0:
		return "default"
	}
	return addressText(p.Addr()) + "/" + strconv.Itoa(p.Bits())
}

// tosText returns the traffic class, which ip(8) calls tos.
func (p *printer) tosText(n uint8) string {
	if name, ok := iproute.TrafficClasses().Find(uint32(n)); ok && !p.numeric {
		return name
	}
	text := strconv.FormatUint(uint64(n), 16)
	if len(text) == 1 {
		text = "0" + text
	}
	return "0x" + text
}

// metricNames are the names of RTAX_*, by number. See: linux/rtnetlink.h.
var metricNames = [unix.RTAX_MAX + 1]string{
	unix.RTAX_MTU: "mtu", unix.RTAX_WINDOW: "window", unix.RTAX_RTT: "rtt", unix.RTAX_RTTVAR: "rttvar",
	unix.RTAX_SSTHRESH: "ssthresh", unix.RTAX_CWND: "cwnd", unix.RTAX_ADVMSS: "advmss", unix.RTAX_REORDERING: "reordering",
	unix.RTAX_HOPLIMIT: "hoplimit", unix.RTAX_INITCWND: "initcwnd", unix.RTAX_FEATURES: "features", unix.RTAX_RTO_MIN: "rto_min",
	unix.RTAX_INITRWND: "initrwnd", unix.RTAX_QUICKACK: "quickack", unix.RTAX_CC_ALGO: "congctl",
	unix.RTAX_FASTOPEN_NO_COOKIE: "fastopen_no_cookie",
}

func (v *routeView) metrics(list []link.Metric) {
	if len(list) == 0 {
		return
	}
	v.array("metrics", func() {
		v.object(func() {
			for i := range list {
				v.metric(&list[i])
			}
		})
	})
}

func (v *routeView) metric(m *link.Metric) {
	name := metricNames[m.Kind]
	word := name + " "
	if m.Locked {
		word += "lock "
	}
	switch m.Kind {
	case unix.RTAX_CC_ALGO:
		v.string("congestion", word, m.Text, " ")
	case unix.RTAX_FEATURES:
		v.features(word, m.Value)
	case unix.RTAX_RTT:
		v.duration(name, word, m.Value/8) // the kernel counts in eighths
	case unix.RTAX_RTTVAR:
		v.duration(name, word, m.Value/4)
	case unix.RTAX_RTO_MIN:
		v.duration(name, word, m.Value)
	default:
		v.int(name, word, int64(m.Value), " ")
	}
}

func (v *routeView) features(word string, bits uint32) {
	v.textOnly(word)
	if bits&unix.RTAX_FEATURE_ECN != 0 {
		v.null("ecn", "ecn ")
		bits &^= unix.RTAX_FEATURE_ECN
	}
	if bits != 0 {
		v.string("features", "", "0x"+strconv.FormatUint(uint64(bits), 16), " ")
	}
}

// duration prints milliseconds. Text has seconds with six digits from one second on.
func (v *routeView) duration(key, word string, ms uint32) {
	if v.isJSON() || ms < 1000 {
		v.int(key, word, int64(ms), "ms ")
		return
	}
	v.textOnly(word + strconv.FormatFloat(float64(ms)/1000, 'g', 6, 64) + "s ")
}
