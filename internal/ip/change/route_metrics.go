package change

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
)

// These are in linux/rtnetlink.h: a metric, an attribute, and a feature.
const (
	rtaxFastopenNoCookie = 17 // RTAX_FASTOPEN_NO_COOKIE
	rtaTTLPropagate      = 26 // RTA_TTL_PROPAGATE
	rtaNHID              = 30 // RTA_NH_ID
	featureECN           = 1  // RTAX_FEATURE_ECN
)

// metricTerms returns the words for RTAX_*, in the order in which ip compares.
func metricTerms() []iproute.Term[*routeArgs] {
	// number takes [lock] NUMBER. A message may name it otherwise.
	number := func(name string, short bool, kind int, most uint32, said string) iproute.Term[*routeArgs] {
		return iproute.Term[*routeArgs]{Name: name, Short: short, Take: func(w *routeArgs, args *iproute.Args) error {
			v, locked, err := takeLockable(args)
			if err != nil {
				return err
			}
			n, ok := iproute.Unsigned(v, 32)
			if !ok || n > most {
				return iproute.Invalid(`"`+said+"\" value is invalid\n", v)
			}
			w.change.RTAX(kind, n, locked)
			return nil
		}}
	}
	const any = math.MaxUint32
	plain := func(name string, short bool, kind int) iproute.Term[*routeArgs] {
		return number(name, short, kind, any, name)
	}
	// time takes [lock] TIME. Without a unit it is the number of units that the kernel has.
	time := func(name string, short bool, kind int, unitsPerMS float64) iproute.Term[*routeArgs] {
		return iproute.Term[*routeArgs]{Name: name, Short: short, Take: func(w *routeArgs, args *iproute.Args) error {
			v, locked, err := takeLockable(args)
			if err != nil {
				return err
			}
			return w.setTime(kind, name, v, unitsPerMS, locked)
		}}
	}
	return []iproute.Term[*routeArgs]{
		plain("mtu", false, unix.RTAX_MTU),
		number("hoplimit", false, unix.RTAX_HOPLIMIT, 255, "hoplimit"),
		number("advmss", false, unix.RTAX_ADVMSS, any, "mss"),
		plain("reordering", true, unix.RTAX_REORDERING),
		time("rtt", false, unix.RTAX_RTT, 8),
		{Name: "rto_min", Set: func(w *routeArgs, v string) error { return w.setTime(unix.RTAX_RTO_MIN, "rto_min", v, 1, true) }},
		plain("window", true, unix.RTAX_WINDOW),
		plain("cwnd", true, unix.RTAX_CWND),
		plain("initcwnd", true, unix.RTAX_INITCWND),
		plain("initrwnd", true, unix.RTAX_INITRWND),
		{Name: "features", Short: true, Set: (*routeArgs).setFeatures},
		{Name: "quickack", Short: true, Set: func(w *routeArgs, v string) error { return w.setSwitch(unix.RTAX_QUICKACK, "quickack", v) }},
		{Name: "congctl", Short: true, Take: (*routeArgs).takeCongestionControl},
		time("rttvar", true, unix.RTAX_RTTVAR, 4),
		plain("ssthresh", true, unix.RTAX_SSTHRESH),
	}
}

// takeLockable takes [lock] VALUE.
func takeLockable(args *iproute.Args) (value string, locked bool, err error) {
	value, err = args.Value()
	if err == nil && value == "lock" {
		locked = true
		value, err = args.Value()
	}
	return value, locked, err
}

func (w *routeArgs) setTime(kind int, name, v string, unitsPerMS float64, locked bool) error {
	ms, bare, ok := readTime(v)
	if !ok {
		return iproute.Invalid(`"`+name+"\" value is invalid\n", v)
	}
	if !bare {
		ms *= unitsPerMS
	}
	w.change.RTAX(kind, uint32(uint64(ms)), locked)
	return nil
}

// readTime reads a time in milliseconds, rounded up. bare is true without a unit. See:
// get_time_rtt in utils.c of iproute2.
func readTime(v string) (ms float64, bare, ok bool) {
	number := v
	unit := ""
	for _, u := range []string{"msecs", "msec", "secs", "sec", "ms", "s"} {
		if len(v) >= len(u) && strings.EqualFold(v[len(v)-len(u):], u) {
			number, unit = v[:len(v)-len(u)], u
			break
		}
	}
	if strings.Contains(number, ".") {
		t, err := strconv.ParseFloat(number, 64)
		if err != nil || t < 0 || strings.Trim(number, "0123456789.") != "" {
			return 0, false, false
		}
		ms = t
	} else {
		n, read := iproute.Unsigned64(number)
		if !read {
			return 0, false, false
		}
		ms = float64(n)
	}
	if strings.HasPrefix(unit, "s") {
		ms *= 1000
	}
	return math.Ceil(ms), unit == "", true
}

func (w *routeArgs) setFeatures(v string) error {
	if v != "ecn" {
		return iproute.Invalid("\"features\" value not valid\n", v)
	}
	w.change.RTAX(unix.RTAX_FEATURES, featureECN, false)
	return nil
}

// setSwitch sets a metric that is 0 or 1.
func (w *routeArgs) setSwitch(kind int, name, v string) error {
	n, ok := iproute.Unsigned(v, 32)
	switch {
	case !ok:
		return iproute.Invalid(`"`+name+"\" value is invalid\n", v)
	case n > 1:
		return iproute.Invalid(`"`+name+"\" value should be 0 or 1\n", v)
	}
	w.change.RTAX(kind, n, false)
	return nil
}

func (w *routeArgs) takeCongestionControl(args *iproute.Args) error {
	v, locked, err := takeLockable(args)
	if err == nil {
		w.change.RTAXBytes(unix.RTAX_CC_ALGO, []byte(v), locked)
	}
	return err
}

func (w *routeArgs) setFrom(v string) error {
	p, err := iproute.ParsePrefix(v, w.family)
	if err != nil {
		return err
	}
	w.change.From = &p
	w.setFamily(p.Family)
	return nil
}

func (w *routeArgs) setTOS(v string) error {
	n, ok := iproute.ReadTOS(v)
	if !ok {
		return iproute.Invalid("\"tos\" value is invalid\n", v)
	}
	w.change.TOS = n
	return nil
}

func (w *routeArgs) setNumber(kind int, name, v string) error {
	n, err := routeNumber(name, v)
	if err == nil {
		w.change.Uint32(kind, *n)
	}
	return err
}

func (w *routeArgs) setRealms(v string) error {
	n, ok := iproute.ReadRealms(v)
	if !ok {
		return iproute.Invalid("\"realm\" value is invalid\n", v)
	}
	w.change.Uint32(unix.RTA_FLOW, n)
	return nil
}

func (w *routeArgs) setNexthopID(v string) error {
	n, err := routeNumber("id", v)
	if err == nil {
		w.nexthopID = *n
		w.change.Uint32(rtaNHID, *n)
	}
	return err
}

func (w *routeArgs) setPref(v string) error {
	n, ok := map[string]uint32{"low": 3, "medium": 0, "high": 1}[v] // see RFC 4191
	if !ok {
		if n, ok = iproute.Unsigned(v, 8); !ok {
			return iproute.Invalid("\"pref\" value is invalid\n", v)
		}
	}
	w.change.Bytes(unix.RTA_PREF, []byte{uint8(n)})
	return nil
}

func (w *routeArgs) setTTLPropagate(v string) error {
	on := uint8(0)
	switch {
	case iproute.Matches(v, "enabled"):
		on = 1
	case !iproute.Matches(v, "disabled"):
		return iproute.Invalid("\"ttl-propagate\" value is invalid\n", v)
	}
	w.change.Bytes(rtaTTLPropagate, []byte{on})
	return nil
}
