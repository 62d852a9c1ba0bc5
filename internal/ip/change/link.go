package change

import (
	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// AddLink is "ip link add".
func AddLink(s *session.Session, args []string) error { return changeLink(s, args, addLinkRequest) }

// SetLink is "ip link set".
func SetLink(s *session.Session, args []string) error { return changeLink(s, args, setLinkRequest) }

// DeleteLink is "ip link delete".
func DeleteLink(s *session.Session, args []string) error {
	return changeLink(s, args, deleteLinkRequest)
}

// addLinkRequest returns the request of "ip link add".
func addLinkRequest(w *linkArgs, args []string) (link.Request, error) {
	w.create = true
	if err := w.read(args); err != nil {
		return link.Request{}, err
	}
	if w.kind == nil {
		return link.Request{}, iproute.Fail(`Not enough information: "type" argument is required`)
	}
	w.addName()
	data, err := w.kindData()
	return w.change.Add(*w.kind, data), err
}

// setLinkRequest returns the request of "ip link set".
func setLinkRequest(w *linkArgs, args []string) (link.Request, error) {
	index, err := w.readExisting(args)
	return w.change.Set(index, w.kind), err
}

// deleteLinkRequest returns the request of "ip link delete". The other attributes go to the
// kernel, which refuses what describes another device.
func deleteLinkRequest(w *linkArgs, args []string) (link.Request, error) {
	index, err := w.readExisting(args)
	return w.change.Delete(index, w.kind), err
}

// changeLink makes a request from arguments, and sends it.
func changeLink(s *session.Session, args []string, request func(*linkArgs, []string) (link.Request, error)) error {
	if _, err := s.AddressFamily(); err != nil { // only ip knows bridge and mpls
		return err
	}
	conn, err := rtnl.Open(s.InNS)
	if err != nil {
		return err
	}
	defer conn.Close()
	w := &linkArgs{conn: conn, stderr: s.Stderr}
	defer w.closeNamespaces()
	q, err := request(w, args)
	if err != nil {
		return err
	}
	return w.withNameHint(q.Send(conn))
}

// readExisting reads the arguments about an existing device, and returns its index.
func (w *linkArgs) readExisting(args []string) (int, error) {
	switch err := w.read(args); {
	case err != nil:
		return 0, err
	case w.change.Index != 0 && !w.namespaceGiven:
		return 0, iproute.Usage("index can be used only when creating devices or when moving device to another netns.")
	case w.dev == "":
		return 0, iproute.Usage(`Not enough information: "dev" argument is required.`)
	}
	index, err := link.Index(w.conn, w.dev)
	switch {
	case err != nil:
		return 0, err
	case len(w.rest) > 0:
		return 0, iproute.Garbage(w.rest[0]) // ip knows more words behind a kind
	}
	if w.change.Index != 0 {
		w.change.Uint32(unix.IFLA_NEW_IFINDEX, uint32(w.change.Index))
		w.change.Index = 0
	}
	if w.name != w.dev {
		w.addName()
	}
	return index, nil
}

// addName sets the name, unless the kernel chooses one.
func (w *linkArgs) addName() {
	if w.name != "" {
		w.change.String(unix.IFLA_IFNAME, w.name)
	}
}

func bothNamesError() error {
	return iproute.Usage(`both "name" and "dev" cannot be used when creating devices.`)
}
