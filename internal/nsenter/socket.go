package nsenter

import (
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/ns"
	"nstools/internal/target"
	"nstools/internal/tool"
)

// openSocket opens the network namespace of a socket of the target.
func (o *opened) openSocket() error {
	if o.Socket == nil {
		return nil
	}
	if o.pid() == 0 {
		return o.noTarget("no target PID specified")
	}
	const option = "--net-socket"
	number := strconv.Itoa(*o.Socket)
	if o.process != nil && o.process.Pidfd == target.None {
		return o.targetError("failed to pidfd_open() for "+strconv.Itoa(o.pid()), unix.ESRCH)
	}
	socket, err := o.copySocket(option, *o.Socket)
	if err != nil {
		return o.targetError("pidfd_getfd("+strconv.Itoa(o.pid())+", "+number+")", err)
	}
	defer closeFD(socket)
	fd, err := o.openNetOf(option, socket)
	if err != nil {
		return tool.Failure("ioctl(" + number + ", SIOCGSKNS): " + diag.Reason(err))
	}
	net := &o.namespaces[ns.Net]
	net.want(option)
	net.ofTarget, net.current = false, false
	replaceFD(&net.fd, fd)
	return nil
}
