package ip

import (
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// addLink is "ip link add".
func (r *run) addLink(args []string) error {
	return r.onLink(&linkWords{create: true}, args, func(conn *rtnl.Conn, w *linkWords) error {
		if w.kind == nil {
			return iproute.Fail(`Not enough information: "type" argument is required`)
		}
		w.rename()
		data, err := r.kindData(w)
		if err != nil {
			return err
		}
		return w.orTaken(w.change.Add(conn, *w.kind, data))
	})
}

// setLink is "ip link set".
func (r *run) setLink(args []string) error {
	return r.onLink(new(linkWords), args, func(conn *rtnl.Conn, w *linkWords) error {
		index, err := w.existing()
		if err != nil {
			return err
		}
		return w.orTaken(w.change.Set(conn, index, w.kind))
	})
}

// deleteLink is "ip link delete". Whatever else is said of the device is said to the
// kernel, which refuses what would mean another one.
func (r *run) deleteLink(args []string) error {
	return r.onLink(new(linkWords), args, func(conn *rtnl.Conn, w *linkWords) error {
		index, err := w.existing()
		if err != nil {
			return err
		}
		return w.change.Delete(conn, index, w.kind)
	})
}

// onLink reads the words about a device and does something with them.
func (r *run) onLink(w *linkWords, args []string, do func(*rtnl.Conn, *linkWords) error) error {
	conn, err := rtnl.Open(r.inNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	w.conn = conn
	defer w.close()
	if err := w.read(args); err != nil {
		return err
	}
	return do(conn, w)
}

// existing is the index of the device that a command is about.
func (w *linkWords) existing() (int, error) {
	switch {
	case w.change.Index != 0 && !w.moves:
		return 0, iproute.Usage("index can be used only when creating devices or when moving device to another netns.")
	case w.dev == "":
		return 0, iproute.Usage(`Not enough information: "dev" argument is required.`)
	}
	index, err := link.Index(w.conn, w.dev)
	switch {
	case err != nil:
		return 0, err
	case len(w.rest) > 0:
		return 0, iproute.Garbage(w.rest[0]) // ip knows what can be said of a kind here
	}
	if w.change.Index != 0 {
		w.change.Word(unix.IFLA_NEW_IFINDEX, uint32(w.change.Index))
		w.change.Index = 0
	}
	if w.name != w.dev {
		w.rename()
	}
	return index, nil
}

// rename says the name, unless the kernel is to find one.
func (w *linkWords) rename() {
	if w.name != "" {
		w.change.Text(unix.IFLA_IFNAME, w.name)
	}
}

func bothNames() error {
	return iproute.Usage(`both "name" and "dev" cannot be used when creating devices.`)
}
