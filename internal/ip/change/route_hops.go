package change

import (
	"errors"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/link"
)

// hopArgs are the arguments of one next hop of several.
type hopArgs struct {
	route *routeArgs
	hop   link.NextHopChange
}

// readHops reads what stands behind the first word "nexthop".
func (w *routeArgs) readHops(args iproute.Args) error {
	for {
		if len(args) == 0 {
			return iproute.Usage("Error: unexpected end of line after \"nexthop\"")
		}
		h := &hopArgs{route: w}
		if err := h.read(&args); err != nil {
			return err
		}
		w.change.NextHops = append(w.change.NextHops, h.hop)
		word, more := args.Next()
		switch {
		case !more:
			return nil
		case word == "encap" || word == "as":
			return iproute.DuplicateOrGarbage("to", word)
		case word != "nexthop":
			return iproute.Usage("Error: \"nexthop\" or end of line is expected instead of \"" + word + "\"")
		}
	}
}

// read reads words up to one that is not of a next hop.
func (h *hopArgs) read(args *iproute.Args) error {
	terms := hopTerms()
	for len(*args) > 0 {
		x := iproute.FindTerm(terms, (*args)[0])
		if x == nil {
			return nil
		}
		args.Next()
		if err := x.Read(h, args, nil); err != nil {
			return err
		}
	}
	return nil
}

// hopTerms returns the grammar, in the order in which ip compares.
func hopTerms() []iproute.Term[*hopArgs] {
	return []iproute.Term[*hopArgs]{
		{Name: "via", Take: (*hopArgs).takeVia},
		{Name: "dev", Value: iproute.Device, Set: (*hopArgs).setDevice},
		{Name: "weight", Set: (*hopArgs).setWeight},
		{Name: "onlink", Bare: true, Set: func(h *hopArgs, _ string) error { h.hop.OnLink = true; return nil }},
		{Name: "realms", Short: true, Set: (*hopArgs).setRealms},
	}
}

func (h *hopArgs) takeVia(args *iproute.Args) error {
	a, err := h.route.takeGateway(args)
	if err == nil {
		h.hop.Via(h.route.family, a)
	}
	return err
}

func (h *hopArgs) setDevice(v string) (err error) {
	h.hop.Index, err = link.Index(h.route.conn, v)
	if f := (*iproute.Failure)(nil); errors.As(err, &f) {
		f.Text += "\nError: cannot parse nexthop"
		f.Status = iproute.StatusUsage
	}
	return err
}

func (h *hopArgs) setWeight(v string) error {
	const most = 256
	n, ok := iproute.Unsigned(v, 32)
	if !ok || n == 0 || n > most {
		return iproute.Invalid("\"weight\" is invalid\n", v)
	}
	h.hop.Weight = uint8(n - 1)
	return nil
}

func (h *hopArgs) setRealms(v string) error {
	n, ok := iproute.ReadRealms(v)
	if !ok {
		return iproute.Invalid("\"realm\" value is invalid\n", v)
	}
	h.hop.Realms(n)
	return nil
}

// takeGateway reads [inet|inet6] ADDRESS, which may fix the family of the route.
func (w *routeArgs) takeGateway(args *iproute.Args) (iproute.Prefix, error) {
	v, err := args.Value()
	family := w.family
	switch v {
	case "inet", "inet6":
		family = unix.AF_INET
		if v == "inet6" {
			family = unix.AF_INET6
		}
		v, err = args.Value()
	}
	if err != nil {
		return iproute.Prefix{}, err
	}
	a, err := iproute.ParseAddress(v, family)
	if err == nil {
		w.setFamily(a.Family)
	}
	return a, err
}
