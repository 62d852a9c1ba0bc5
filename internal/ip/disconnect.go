package ip

import (
	"cmp"
	"errors"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/netns"
	"nstools/internal/opt"
	"nstools/internal/tool"
	"nstools/internal/wire"
)

func disconnectTable(help *bool) *opt.Table {
	return &opt.Table{
		Manual:   "gonetns(8)",
		Synopsis: "<namespace> <namespace>\n<namespace>:<device>",
		About:    "Take connections of two network namespaces away, or one.",
		OwnTitle: "Options:",
		Flags: []opt.Flag{
			{Long: "help", Own: true, Help: "display this help", Set: func(string, bool) error { *help = true; return nil }},
		},
	}
}

// disconnect is "disconnect A B" and "disconnect NS:DEV".
func (r *run) disconnect(args []string) error {
	help := false
	t := disconnectTable(&help)
	ends, err := r.operands(t, "disconnect", args)
	switch {
	case err != nil:
		return err
	case help:
		return r.Print(t.Usage(r.Name + " disconnect"))
	case len(ends) == 1:
		return asOwnError(r.disconnectOne(ends[0]))
	case len(ends) != 2:
		return r.usageError(tool.Failure("disconnect takes two namespaces, or a namespace and a device (NAMESPACE:DEVICE)"))
	}
	return asOwnError(r.disconnectAll(ends))
}

// disconnectAll deletes all pairs between two namespaces, and what remains of former
// connections. One of the namespaces may have gone.
func (r *run) disconnectAll(words []string) error {
	var ends [2]wire.Endpoint
	var refs [2]wire.NamespaceRef
	var gone error
	for i := range ends {
		ref, err := r.openWithoutAddresses(&ends[i], words[i])
		switch {
		case err == nil:
			defer ends[i].NS.Close()
		case gone != nil:
			return gone
		case wire.IsGone(err):
			gone = err
		default:
			return err
		}
		refs[i] = ref
	}
	defer r.lockConnections()()
	cut := false
	if gone == nil {
		var err error
		if cut, err = deletePairs(ends); err != nil {
			return err
		}
	}
	swept, err := removeLeftovers(ends, refs)
	switch {
	case err != nil && cut:
		f := &diag.Error{Text: words[0] + " and " + words[1] + " are disconnected, but " + err.Error()}
		if e := (*diag.Error)(nil); errors.As(err, &e) {
			f.Hint = e.Hint
		}
		return f
	case err != nil:
		return err
	case cut || swept:
		return nil
	case gone != nil:
		return gone
	}
	hint := cmp.Or(ends[0].NS.LeftoverHint(), ends[1].NS.LeftoverHint())
	return &diag.Error{Text: words[0] + " and " + words[1] + " are not connected", Hint: hint}
}

// deletePairs deletes the pairs between two endpoints, and reports whether there were any.
func deletePairs(ends [2]wire.Endpoint) (bool, error) {
	pairs, err := wire.Pairs(ends[0], ends[1])
	if err != nil || len(pairs) == 0 {
		return false, err
	}
	if err := wire.Disconnect(pairs); err != nil {
		what := pairs[0].Device.Name
		if more := len(pairs) - 1; more > 0 {
			what += " and " + strconv.Itoa(more) + " more"
		}
		return false, deleteFailed(what, err)
	}
	return true, nil
}

// removeLeftovers removes what remains of a former connection between two namespaces. It finds
// it by the names that connect gives to devices. It reports whether anything remained.
func removeLeftovers(ends [2]wire.Endpoint, refs [2]wire.NamespaceRef) (found bool, err error) {
	for i, e := range ends {
		if e.NS == nil {
			continue
		}
		e.Device = defaultDevice(e.Device, refs[1-i])
		swept, err := e.RemoveLeftovers()
		if err != nil {
			return found, leftoverError(e, swept, err)
		}
		found = found || swept
	}
	return found, nil
}

// leftoverError returns the failure to find or to remove what remains of a connection.
func leftoverError(e wire.Endpoint, found bool, err error) error {
	if !found {
		return &diag.Error{Text: "cannot look for what " + e.Device + " may have left in " + e.NS.String() + ": " + wire.Reason(err)}
	}
	return &diag.Error{Text: "cannot take away what " + e.Device + " has left in " + e.NS.String() + ": " + wire.Reason(err), Hint: e.NS.LeftoverHint()}
}

// deleteFailed returns the failure to delete pairs, of which one has that device.
func deleteFailed(device string, err error) error {
	if u := (*wire.UnsureError)(nil); errors.As(err, &u) {
		return &diag.Error{Text: u.Error()}
	}
	f := &diag.Error{Text: "cannot disconnect " + device + ": " + wire.Reason(err)}
	if e := (*diag.Error)(nil); errors.As(err, &e) {
		f.Hint = e.Hint
	}
	return f
}

// disconnectOne deletes the pair of a device. The other end may be on the host or in a named
// namespace. If it is elsewhere, a hint says how to remove what was made there.
func (r *run) disconnectOne(word string) error {
	var e wire.Endpoint
	if _, err := r.openWithoutAddresses(&e, word); err != nil {
		return err
	}
	defer e.NS.Close()
	if e.Device == "" {
		return r.usageError(tool.Failure("disconnect takes two namespaces, or a namespace and a device (" + word + ":DEVICE)"))
	}
	defer r.lockConnections()()
	pair, err := wire.FindPair(e)
	if errors.Is(err, unix.ENODEV) {
		switch swept, e2 := e.RemoveLeftovers(); {
		case e2 != nil:
			return leftoverError(e, swept, e2)
		case swept:
			return nil
		}
	}
	if err != nil {
		return err
	}
	if other := r.findPeer(&pair); other != nil {
		defer other.Close()
	}
	if err := wire.Disconnect([]wire.Pair{pair}); err != nil {
		return deleteFailed(e.Device, err)
	}
	if pair.PeerNS == nil {
		diag.WriteHint(r.Stderr, r.Name, "the other end of "+word+" was in a namespace without a name: what --nat may have made there goes by "+r.Name+" disconnect pid:NUMBER:DEVICE")
	}
	return nil
}

// findPeer looks for the other end of a pair on the host and in all named namespaces. The
// caller closes what it returns.
func (r *run) findPeer(pair *wire.Pair) *wire.Namespace {
	if pair.PeerNS != nil {
		return nil
	}
	refs := []wire.NamespaceRef{wire.Host}
	names, _ := netns.Names()
	for _, name := range names {
		refs = append(refs, wire.NamespaceRef{Name: name})
	}
	for _, p := range refs {
		s, err := wire.OpenNamespace(p, r.hostNamespace())
		if err != nil {
			continue
		}
		if pair.FindPeerIn(s) {
			return s
		}
		s.Close()
	}
	return nil
}

// openWithoutAddresses is openEndpoint for an endpoint without addresses.
func (r *run) openWithoutAddresses(e *wire.Endpoint, word string) (wire.NamespaceRef, error) {
	ref, err := r.openEndpoint(e, word)
	if len(e.Addresses) == 0 {
		return ref, err
	}
	if err == nil {
		e.NS.Close()
	}
	return ref, r.usageError(tool.Failure("disconnect takes no addresses: '" + word + "'"))
}
