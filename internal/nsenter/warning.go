package nsenter

import (
	"io"

	"golang.org/x/sys/unix"

	"nstools/internal/ns"
	"nstools/internal/terminal"
)

// warnOfProc warns a user at a terminal that /proc shows another PID namespace. It leaves
// scripts alone, which may want that.
func (o *opened) warnOfProc(stderr io.Writer) {
	if o.explain || !o.seesOtherProc() || !terminal.Is(unix.Stdout) || !terminal.Is(unix.Stderr) {
		return
	}
	// Without standard error nothing can be reported.
	io.WriteString(stderr, o.Name+": warning: /proc, and so ps, shows processes of another PID namespace; add --mount-proc\n")
}

// seesOtherProc reports whether the command enters a PID namespace, and sees the /proc of
// another. The target's own mounts or root are taken as they are.
func (o *opened) seesOtherProc() bool {
	pid := o.namespaces[ns.PID]
	return pid.wanted && !o.namespaces[ns.Mount].wanted && o.Root == (dir{}) && !o.hasPrivateMounts() && !isCurrent(pid.fd, ns.Kinds[ns.PID])
}
