package change

import (
	"errors"
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/link"
	"nstools/internal/quote"
	"nstools/internal/rtnl"
	"nstools/internal/wire"
)

// withHint returns the failure with a hint, unless it has one.
func withHint(err error, hint string) error {
	f := rtnl.FailureOf(err)
	if f == nil || f.Hint != "" {
		return err
	}
	f.Hint = hint
	return f
}

// withNameHint adds which name exists already, where the kernel says only that one does. It
// also adds that a process is missing.
func (w *linkArgs) withNameHint(err error) error {
	switch {
	case errors.Is(err, unix.ESRCH) && w.namespace.PID != 0:
		return withHint(err, "there is no process "+strconv.Itoa(w.namespace.PID)+", nor a namespace of that name")
	case !errors.Is(err, unix.EEXIST):
		return err
	}
	if w.peer != nil && w.name+w.dev != "" && w.name+w.dev == w.peer.name+w.peer.dev && w.namespace == w.peer.namespace && !w.nameExists() {
		return withHint(err, "both ends have the same name in one namespace")
	}
	if w.nameExists() {
		return withHint(err, w.takenHint("device"))
	}
	if w.peer != nil && w.peer.nameExists() {
		return withHint(err, w.peer.takenHint("device for the other end"))
	}
	return err
}

// deviceName returns the name that the device is to have.
func (w *linkArgs) deviceName() string {
	if w.name != "" {
		return w.name
	}
	return w.dev
}

func (w *linkArgs) takenHint(what string) string {
	where := "here"
	if w.namespace != (wire.NamespaceRef{}) {
		where = "in " + w.namespace.String()
	}
	return "the name of the " + what + " is taken: there is " + w.deviceName() + " " + where + " already; choose another one"
}

// nameExists reports whether the namespace of the new device has a device of that name.
func (w *linkArgs) nameExists() bool {
	if w.deviceName() == "" {
		return false
	}
	conn := w.conn
	if w.namespace != (wire.NamespaceRef{}) {
		s, err := wire.OpenNamespace(w.namespace, wire.HostNamespace{FD: -1})
		if err != nil {
			return false
		}
		defer s.Close()
		conn = s.Conn()
	}
	_, err := link.Find(conn, w.deviceName())
	return err == nil
}

// withGatewayHint looks for the reason why the kernel refuses a gateway. A device that is down
// has no routes.
func (w *routeArgs) withGatewayHint(conn *rtnl.Conn, own string, err error) error {
	refused := (*rtnl.Error)(nil)
	if !errors.As(err, &refused) || !w.gatewayGiven {
		return err
	}
	switch refused.Errno {
	case unix.ENETUNREACH, unix.ENETDOWN, unix.EHOSTUNREACH, unix.EINVAL:
	default:
		return err
	}
	via, ok := netip.AddrFromSlice(w.change.Via.Addr)
	if !ok || via.IsUnspecified() || via.IsLoopback() || via.IsMulticast() { // never a gateway
		return err
	}
	if w.change.Index != 0 {
		if d, e := link.ByIndex(conn, w.change.Index); e == nil && d.Flags&(unix.IFF_UP|unix.IFF_LOOPBACK) == 0 {
			return withHint(err, downHint(own, d.Name))
		}
	}
	if via.IsLinkLocalUnicast() { // its network is at every device
		return err
	}
	list, e := link.Addresses(conn, unix.AF_UNSPEC, 0)
	if e != nil {
		return err
	}
	near := 0
	for _, a := range list {
		if !netip.PrefixFrom(a.Peer, a.Bits).Masked().Contains(via) {
			continue
		}
		d, e := link.ByIndex(conn, a.Index)
		switch {
		case e != nil:
			return err
		case a.Local == via:
			return withHint(err, via.String()+" is an address of "+d.Name+" here, and a gateway is somebody else's")
		case d.Flags&unix.IFF_UP == 0 && w.change.Index == 0:
			return withHint(err, downHint(own, d.Name))
		case w.change.Index != 0 && a.Index != w.change.Index:
			return withHint(err, "the network of "+via.String()+" is at "+d.Name)
		}
		near++
	}
	if near == 0 && w.change.Flags&unix.RTNH_F_ONLINK == 0 && refused.Errno != unix.EINVAL {
		return withHint(err, "no address here has "+via.String()+" in its network: give a device one first, as in "+own+" address add ADDRESS/LENGTH dev DEV")
	}
	return err
}

func downHint(own, device string) string {
	return device + " is down, and has no routes: " + own + " link set " + quote.Shell([]string{device}) + " up"
}
