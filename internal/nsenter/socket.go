package nsenter

import (
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/ns"
	"nstools/internal/plan"
	"nstools/internal/target"
	"nstools/internal/tool"
)

// openSocket takes the network namespace of a socket that the target has open; see
// pidfd_getfd(2) and SIOCGSKNS in include/uapi/linux/sockios.h.
func (w *world) openSocket() error {
	if w.Socket == nil {
		return nil
	}
	if w.pid() == 0 {
		return w.targetless("no target PID specified")
	}
	number := strconv.Itoa(*w.Socket)
	w.record("--net-socket", plan.Made{Call: "pidfd_getfd(pidfd, " + number + ", 0) = socket"})
	w.record("--net-socket", plan.Made{Call: "ioctl(socket, SIOCGSKNS) = net"})
	net := &w.spaces[ns.Net]
	net.wanted, net.behind, net.ours, net.why = true, false, false, "--net-socket"
	if w.explain {
		return nil
	}
	if w.process.Pidfd == target.None {
		return w.refused("failed to pidfd_open() for "+strconv.Itoa(w.pid()), unix.ESRCH)
	}
	socket, err := unix.PidfdGetfd(w.process.Pidfd, *w.Socket, 0)
	if err != nil {
		return w.refused("pidfd_getfd("+strconv.Itoa(w.pid())+", "+number+")", err)
	}
	defer unix.Close(socket)
	fd, err := unix.IoctlRetInt(socket, unix.SIOCGSKNS)
	if err != nil {
		return tool.Failure("ioctl(" + number + ", SIOCGSKNS): " + diag.Reason(err))
	}
	if net.fd != target.None {
		unix.Close(net.fd)
	}
	net.fd = fd
	return nil
}
