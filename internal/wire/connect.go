package wire

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/hint"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// Inspect reads what exists before the connection is made, and refuses what would be in its
// way. The error is a *diag.Error, a *iproute.Failure or an *rtnl.Error.
func (c *Connection) Inspect() (existing Existing, err error) {
	devices, err := link.Devices(c.A.NS.conn)
	if err != nil {
		return existing, err
	}
	bridge := 0
	for _, d := range devices {
		if d.Name != c.Bridge || c.Bridge == "" {
			continue
		}
		if d.Kind != "bridge" {
			return existing, &diag.Error{Text: "cannot put " + c.A.NS.String() + " on " + c.Bridge + ": that is no bridge"}
		}
		existing.Bridge, bridge = true, d.Index
	}
	if c.NAT {
		if err = c.inspectNAT(&existing, devices); err != nil {
			return existing, err
		}
	}
	if existing.Addresses, err = c.A.checkAddresses(bridge, existing.idleBridge.Index); err != nil {
		return existing, err
	}
	_, err = c.B.checkAddresses(0, 0)
	return existing, err
}

// inspectNAT reads what other connections have made for --nat. It also finds the table of a
// former connection with the same device. That table is in the way, and it knows what
// forwarding was before.
func (c *Connection) inspectNAT(existing *Existing, devices []link.Device) error {
	tables, err := connectionTables(c.A.NS)
	if err != nil {
		return &diag.Error{Text: "nothing was connected: cannot list the tables of nftables: " + Reason(err)}
	}
	for i, name := range forwarding {
		existing.Forwards[i] = sysctlIsOn(c.A.NS, name)
		for _, t := range tables {
			existing.TurnedOn[i] = existing.TurnedOn[i] || slices.Contains(t.marks, name+wasOff)
		}
	}
	name := tableName(c.A.Device)
	leftover := tables[name]
	if leftover == nil || len(leftover.rules) == 0 || hasDevice(name, devices) {
		return nil // missing, or made by another program
	}
	existing.leftover = leftover
	for _, d := range devices {
		if d.Name != leftover.l3Device || d.Name == c.Bridge {
			continue
		}
		if idle, err := isIdleBridge(c.A.NS, d); err != nil {
			return err
		} else if idle {
			existing.idleBridge = d
		}
	}
	return nil
}

// checkAddresses refuses addresses that another device has, which the kernel would allow. It
// returns the addresses of the device with the index, 0 for none. It ignores addresses of the
// device that will be deleted.
func (e *Endpoint) checkAddresses(index, deleted int) (own []iproute.Prefix, err error) {
	if len(e.Addresses) == 0 && index == 0 {
		return nil, nil
	}
	list, err := link.Addresses(e.NS.conn, unix.AF_UNSPEC, 0)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		p := iproute.Prefix{Family: a.Family, Addr: a.Local.AsSlice(), Bits: a.Bits}
		if a.Index == index {
			if a.Scope == unix.RT_SCOPE_UNIVERSE {
				own = append(own, p)
			}
			continue
		}
		for _, q := range e.Addresses {
			if q.Address() == p.Address() && a.Index != deleted {
				return nil, e.addressInUse(q, a.Index)
			}
		}
	}
	return own, nil
}

func (e *Endpoint) addressInUse(p iproute.Prefix, index int) error {
	d, err := link.ByIndex(e.NS.conn, index)
	if err != nil {
		return err
	}
	where := e.NS.String() + ":" + d.Name
	f := &diag.Error{Text: "nothing was connected: " + where + " has the address " + p.Address() + " already"}
	if d.Kind == "veth" {
		f.Hint = e.NS.disconnectCommand(d.Name) + " takes that connection away"
	} else if idle, err := isIdleBridge(e.NS, d); err == nil && idle {
		f.Hint = idleHint(e.NS, d)
	}
	return f
}

// Connect carries out the steps of a connection, all or nothing. The error is a *diag.Error.
func Connect(steps []Step) error {
	for i, s := range steps {
		err := s.do()
		if err == nil {
			continue
		}
		text := "nothing was connected: "
		cause := hintFor(s, err) // before undo removes what it looks at
		if failed, e := undoAll(steps[:i+1], err); e != nil {
			text = "partly connected (cannot undo " + failed.Command() + ": " + Reason(e) + "): "
		}
		return &diag.Error{Text: text + s.Command() + ": " + Reason(err), Hint: cause}
	}
	return nil
}

// undoAll undoes steps of which the last one has failed. It goes on where one cannot be
// undone, and returns the earliest of those.
func undoAll(steps []Step, failure error) (failed Step, err error) {
	last := len(steps) - 1
	failed, err = steps[last], undoLast(steps[last], failure)
	for _, s := range slices.Backward(steps[:last]) {
		if e := s.undo(); e != nil {
			failed, err = s, e
		}
	}
	return failed, err
}

// undoLast undoes the step that has failed. The step may have been done all the same:
// receiving the kernel's answer may have failed, with any errno. EEXIST means that something
// else made what is there, and it stays.
func undoLast(s Step, failure error) error {
	errno := errnoOf(failure)
	if errno == unix.EEXIST || errors.As(failure, new(*fs.PathError)) {
		return nil
	}
	err := s.undo()
	switch errnoOf(err) {
	case unix.ENODEV, unix.ENOENT, errno: // nothing to undo, or undo is refused in the same way
		return nil
	}
	return err
}

// errnoOf returns the errno in an error, 0 for none.
func errnoOf(err error) unix.Errno {
	errno := unix.Errno(0)
	errors.As(err, &errno)
	return errno
}

// Reason returns the text of a *iproute.Failure or an *rtnl.Error, otherwise the text of the
// errno.
func Reason(err error) string {
	if f := rtnl.FailureOf(err); f != nil {
		return f.Text
	}
	return diag.Reason(err)
}

// hintFor looks for the cause of a step's failure. It returns the hint, "" for none.
func hintFor(s Step, err error) string {
	if f := rtnl.FailureOf(err); f != nil && f.Hint != "" {
		return f.Hint
	}
	switch err := errnoOf(err); err {
	case unix.EPERM, unix.EACCES, unix.EROFS:
		return cmp.Or(hint.ReadOnlySysctls(err), hint.RefusedByNetwork(false))
	}
	if pair, ok := s.(*addVeth); ok && errors.Is(err, unix.EEXIST) {
		for _, e := range []Endpoint{pair.a, pair.b} {
			if d, err := link.Find(e.NS.conn, e.Device); err == nil {
				return nameTakenHint(e, d)
			}
		}
		return "both ends have the same name in one namespace"
	}
	return ""
}

func nameTakenHint(e Endpoint, d link.Device) string {
	text := e.NS.String() + " has a device " + e.Device + " already: choose another name (" + e.NS.String() + ":DEVICE)"
	if d.Kind == "veth" {
		text += ", or take that away (" + e.NS.disconnectCommand(d.Name) + ")"
	}
	return text
}
