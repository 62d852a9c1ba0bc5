package unshare

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/facts"
	"nstools/internal/idmap"
)

func failure(text string) error { return &diag.Error{Text: text} }

func (o *Options) answer(a answer) error {
	o.Answer = a
	return errAnswered
}

// defaultBinfmt is where binfmt_misc goes when nobody says where. That is inside
// a proc, which has to be one of the new user namespace.
func (o *Options) defaultBinfmt() {
	proc, binfmt := defaultProc, defaultBinfmt
	if o.MountProc == nil {
		o.MountProc = &proc
	}
	o.MountBinfmt = &binfmt
}

func (o *Options) setExplain(format string, given bool) error {
	switch {
	case !given || format == "text":
		o.Explain = "text"
	case format == "json":
		o.Explain = "json"
	default:
		return failure("unsupported --explain argument '" + format + "'")
	}
	return nil
}

// check is what the original asks of the whole command line.
func (o *Options) check() error {
	if (o.Monotonic != nil || o.Boottime != nil) && o.Namespaces&unix.CLONE_NEWTIME == 0 {
		return failure("options --monotonic and --boottime require unsharing of a time namespace (-T)")
	}
	if o.Root != nil && o.PivotRoot != nil {
		return failure("options --root and --pivot-root are mutually exclusive")
	}
	return nil
}

type propagation struct {
	flags uintptr
	given bool
	none  bool // "unchanged"
}

func parsePropagation(mode string) (propagation, error) {
	switch mode {
	case "slave":
		return propagation{flags: unix.MS_REC | unix.MS_SLAVE, given: true}, nil
	case "private":
		return propagation{flags: unix.MS_REC | unix.MS_PRIVATE, given: true}, nil
	case "shared":
		return propagation{flags: unix.MS_REC | unix.MS_SHARED, given: true}, nil
	case "unchanged":
		return propagation{given: true, none: true}, nil
	}
	return propagation{}, failure("unsupported propagation mode: " + mode)
}

// parseID reads a uid or gid as strtoul(3) does, blanks and a plus sign in front
// included, but for a minus sign and for what does not fit into 32 bits, which C
// takes modulo 2^32: 4294967296 for root.
func parseID(s, what string) (*uint32, error) {
	n, err := strconv.ParseUint(cSpace(s), 10, 32)
	if err != nil {
		return nil, badNumber(what, s, err)
	}
	id := uint32(n)
	return &id, nil
}

func parseSeconds(s, what string) (*int64, error) {
	n, err := strconv.ParseInt(cSpace(s), 10, 64)
	if err != nil {
		return nil, badNumber(what, s, err)
	}
	return &n, nil
}

// cSpace takes off what strtoul(3) passes over and strconv does not.
func cSpace(s string) string {
	t := strings.TrimLeft(s, " \t\n\v\f\r")
	if len(t) > 1 && t[0] == '+' && t[1] >= '0' && t[1] <= '9' {
		t = t[1:]
	}
	return t
}

func badNumber(what, s string, err error) error {
	text := what + ": '" + s + "'"
	if errors.Is(err, strconv.ErrRange) {
		text += ": " + diag.Strerror(unix.ERANGE)
	}
	return failure(text)
}

func parseOwner(s string) (*owner, error) {
	u, g, ok := strings.Cut(s, ":")
	uid, err1 := strconv.ParseUint(u, 10, 32)
	gid, err2 := strconv.ParseUint(g, 10, 32)
	if !ok || err1 != nil || err2 != nil {
		return nil, failure("failed to parse owner")
	}
	return &owner{uint32(uid), uint32(gid)}, nil
}

// checkRange refuses what is no range while the command line is being read.
func checkRange(spec string) error {
	switch spec {
	case "auto", "subids", "all":
		return nil
	}
	if _, err := idmap.ParseRange(spec); err != nil {
		return failure(err.Error())
	}
	return nil
}

// parseSignal takes names as the original does, and numbers, which it refuses.
func parseSignal(s string) (unix.Signal, error) {
	n, ok := facts.ParseSignal(s)
	if !ok {
		var err error
		n, err = strconv.Atoi(s)
		ok = err == nil && n >= 1 && n <= 64
	}
	if !ok {
		return 0, failure("unknown signal: " + s)
	}
	return unix.Signal(n), nil
}
