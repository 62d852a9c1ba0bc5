package nsenter

import (
	"io"

	"golang.org/x/sys/unix"

	"nstools/internal/ns"
	"nstools/internal/terminal"
)

// warnOfProc tells somebody at a terminal that /proc will not be that of the PID namespace.
// Scripts are left alone: it may be what they want.
func (o *opened) warnOfProc(stderr io.Writer) {
	if o.explain || !o.seesOtherProc() || !terminal.Is(unix.Stdout) || !terminal.Is(unix.Stderr) {
		return
	}
	// If it cannot be written, nobody is there to be warned.
	io.WriteString(stderr, o.Name+": warning: /proc, and so ps, shows processes of another PID namespace; add --mount-proc\n")
}

// seesOtherProc tells whether a PID namespace is entered that /proc does not belong
// to. What there is in the target's mounts or root is the target's business.
func (o *opened) seesOtherProc() bool {
	pid := o.namespaces[ns.PID]
	return pid.wanted && !o.namespaces[ns.Mount].wanted && o.Root == (dir{}) && !o.hasPrivateMounts() && !isCurrent(pid.fd, ns.Kinds[ns.PID])
}
