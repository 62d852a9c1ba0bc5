package unshare

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/facts"
	"nstools/internal/idmap"
	"nstools/internal/tool"
)

// defaultBinfmt puts binfmt_misc at its usual place. That is inside a proc, which has to be
// one of the new user namespace.
func (o *Options) defaultBinfmt() {
	proc, binfmt := defaultProc, defaultBinfmt
	if o.MountProc == nil {
		o.MountProc = &proc
	}
	o.MountBinfmt = &binfmt
}

// check refuses options that contradict each other, as the original does.
func (o *Options) check() error {
	if (o.Monotonic != nil || o.Boottime != nil) && o.Namespaces&unix.CLONE_NEWTIME == 0 {
		return tool.Failure("options --monotonic and --boottime require unsharing of a time namespace (-T)")
	}
	if o.Root != nil && o.PivotRoot != nil {
		return tool.Failure("options --root and --pivot-root are mutually exclusive")
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
	return propagation{}, tool.Failure("unsupported propagation mode: " + mode)
}

func parseOwner(s string) (*owner, error) {
	u, g, ok := strings.Cut(s, ":")
	uid, err1 := strconv.ParseUint(u, 10, 32)
	gid, err2 := strconv.ParseUint(g, 10, 32)
	if !ok || err1 != nil || err2 != nil {
		return nil, tool.Failure("failed to parse owner")
	}
	return &owner{uint32(uid), uint32(gid)}, nil
}

// checkRange refuses a malformed range while the command line is being read.
func checkRange(spec string) error {
	switch spec {
	case "auto", "subids", "all":
		return nil
	}
	if _, err := idmap.ParseRange(spec); err != nil {
		return tool.Failure(err.Error())
	}
	return nil
}

// parseSignal takes names as the original does, and numbers, which the original refuses.
func parseSignal(s string) (unix.Signal, error) {
	n, ok := facts.ParseSignal(s)
	if !ok {
		var err error
		n, err = strconv.Atoi(s)
		ok = err == nil && n >= 1 && n <= 64
	}
	if !ok {
		return 0, tool.Failure("unknown signal: " + s)
	}
	return unix.Signal(n), nil
}
