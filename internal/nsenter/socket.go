package nsenter

import (
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/ns"
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
	const option = "--net-socket"
	number := strconv.Itoa(*w.Socket)
	if w.process != nil && w.process.Pidfd == target.None {
		return w.refused("failed to pidfd_open() for "+strconv.Itoa(w.pid()), unix.ESRCH)
	}
	socket, err := w.copySocket(option, *w.Socket)
	if err != nil {
		return w.refused("pidfd_getfd("+strconv.Itoa(w.pid())+", "+number+")", err)
	}
	defer closeFD(socket)
	fd, err := w.openNetOf(option, socket)
	if err != nil {
		return tool.Failure("ioctl(" + number + ", SIOCGSKNS): " + diag.Reason(err))
	}
	net := &w.spaces[ns.Net]
	net.want(option)
	net.behind, net.ours = false, false
	replaceFD(&net.fd, fd)
	return nil
}
