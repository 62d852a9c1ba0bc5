package ip

import (
	"cmp"
	"errors"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/link"
	"nstools/internal/netns"
	"nstools/internal/opt"
	"nstools/internal/rtnl"
	"nstools/internal/tool"
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
		return r.print(t.Usage(r.name + " disconnect"))
	case len(ends) == 1:
		return ours(r.cutOne(ends[0]))
	case len(ends) != 2:
		return r.misuse(tool.Failure("disconnect takes two namespaces, or a namespace and a device (NAMESPACE:DEVICE)"))
	}
	return ours(r.cut(ends))
}

// cut takes all pairs between two namespaces away, and what is left of those that have
// gone. One of the two may have gone itself.
func (r *run) cut(words []string) error {
	var ends [2]link.End
	var places [2]link.Place
	var gone error
	for i := range ends {
		place, err := r.open(&ends[i], words[i])
		switch {
		case err == nil:
			defer ends[i].Site.Close()
		case gone != nil:
			return gone
		case link.Gone(err):
			gone = err
		default:
			return err
		}
		places[i] = place
	}
	defer r.alone()()
	cut := false
	if gone == nil {
		var err error
		if cut, err = cutWires(ends); err != nil {
			return err
		}
	}
	swept, err := sweep(ends, places)
	switch {
	case err != nil:
		return err
	case cut || swept:
		return nil
	case gone != nil:
		return gone
	}
	hint := cmp.Or(ends[0].Site.Remains(), ends[1].Site.Remains())
	return &diag.Error{Text: words[0] + " and " + words[1] + " are not connected", Hint: hint}
}

// cutWires tells whether there were any.
func cutWires(ends [2]link.End) (bool, error) {
	wires, err := link.Wires(ends[0], ends[1])
	if err != nil {
		return false, err
	}
	for i, w := range wires {
		if err := w.Cut(); err != nil {
			return false, cutFailed(w.Device.Name, err, wires[:i]...)
		}
	}
	return len(wires) > 0, nil
}

// sweep takes away what is left of a connection between two places, by the names that
// its devices have had. It tells whether there was anything.
func sweep(ends [2]link.End, places [2]link.Place) (found bool, err error) {
	for i, e := range ends {
		if e.Site == nil {
			continue
		}
		e.Device = orTowards(e.Device, places[1-i])
		swept, err := e.Sweep()
		if err != nil {
			return found, cutFailed(e.Device, err)
		}
		found = found || swept
	}
	return found, nil
}

// cutFailed is a failure at a device, after other wires have been cut.
func cutFailed(device string, err error, before ...link.Wire) error {
	f := &diag.Error{Text: "cannot disconnect " + device + ": " + link.Reason(err)}
	if e := (*diag.Error)(nil); errors.As(err, &e) {
		f.Hint = e.Hint
	}
	separator := "; disconnected: "
	for _, w := range before {
		f.Text += separator + w.Device.Name
		separator = ", "
	}
	return f
}

// cutOne takes the connection away that one end is named of. The other may be in the
// host or in any named namespace.
func (r *run) cutOne(word string) error {
	var e link.End
	if _, err := r.open(&e, word); err != nil {
		return err
	}
	defer e.Site.Close()
	if e.Device == "" {
		return r.misuse(tool.Failure("disconnect takes two namespaces, or a namespace and a device (" + word + ":DEVICE)"))
	}
	places := []link.Place{link.Host}
	names, _ := netns.Names()
	for _, name := range names {
		places = append(places, link.Place{Name: name})
	}
	var sites []*link.Site
	for _, p := range places {
		if s, err := link.OpenSite(p, r.inNS); err == nil {
			defer s.Close()
			sites = append(sites, s)
		}
	}
	defer r.alone()()
	w, err := link.FindWire(e, sites)
	if rtnl.Refused(err, unix.ENODEV) {
		switch swept, e2 := e.Sweep(); {
		case e2 != nil:
			return cutFailed(e.Device, e2)
		case swept:
			return nil
		}
	}
	if err != nil {
		return err
	}
	if err := w.Cut(); err != nil {
		return cutFailed(e.Device, err)
	}
	return nil
}
