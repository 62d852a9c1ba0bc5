package nsenter

import (
	"io"

	"golang.org/x/sys/unix"

	"nstools/internal/ns"
	"nstools/internal/terminal"
)

// warn tells somebody at a terminal that /proc will not be that of the PID namespace.
// Scripts are left alone: it may be what they want.
func (w *world) warn(stderr io.Writer) {
	if w.explain || !w.seesOtherProc() || !terminal.Is(unix.Stdout) || !terminal.Is(unix.Stderr) {
		return
	}
	// If it cannot be written, nobody is there to be warned.
	io.WriteString(stderr, w.Name+": warning: /proc, and so ps, shows processes of another PID namespace; add --mount-proc\n")
}

// seesOtherProc tells whether a PID namespace is entered that /proc does not belong
// to. What there is in the target's mounts or root is the target's business.
func (w *world) seesOtherProc() bool {
	pid := w.spaces[ns.PID]
	return pid.wanted && !w.spaces[ns.Mount].wanted && w.Root == (dir{}) && !w.private() && !isOurs(pid.fd, ns.Kinds[ns.PID])
}
