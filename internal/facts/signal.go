package facts

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// The real-time signals as programs see them: glibc keeps 32 and 33, the kernel's first
// two, for itself.
// See: signal(7), nptl(7).
const (
	sigRTMin = 34
	sigRTMax = 64
)

// ParseSignal returns the number of the signal called s, in upper or lower case, with or
// without "SIG" in front. Real-time signals are RTMIN+n and RTMAX-n, n decimal, within 34
// and 64.
//
// As in unshare(1), plain numbers are refused, and so are RTMIN and RTMAX alone.
func ParseSignal(s string) (signal int, ok bool) {
	name := strings.TrimPrefix(upper(s), "SIG")
	if n, ok := strings.CutPrefix(name, "RTMIN+"); ok {
		return realTime(sigRTMin, +1, n)
	}
	if n, ok := strings.CutPrefix(name, "RTMAX-"); ok {
		return realTime(sigRTMax, -1, n)
	}
	switch name {
	// Second names, which package unix lacks.
	case "CLD":
		return int(unix.SIGCHLD), true
	case "IOT":
		return int(unix.SIGABRT), true
	case "POLL":
		return int(unix.SIGIO), true
	}
	signal = int(unix.SignalNum("SIG" + name))
	return signal, signal != 0
}

// realTime returns the real-time signal n, a decimal number, steps from base.
func realTime(base, step int, n string) (signal int, ok bool) {
	u, err := strconv.ParseUint(n, 10, 8)
	signal = base + step*int(u)
	if err != nil || signal < sigRTMin || signal > sigRTMax {
		return 0, false
	}
	return signal, true
}

// upper returns s with the letters a to z in upper case. strings.ToUpper
// would make ASCII of other letters, too: the dotless i becomes I.
func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}
