package change

import (
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
)

// setDestination reads [TYPE] PREFIX. It fails with IPMayKnow for words that only ip knows.
func (w *routeArgs) setDestination(args *iproute.Args) error {
	v, err := args.Value()
	if err != nil {
		return err
	}
	if kind, ok := iproute.ReadRouteType(v); ok && (v[0] < '0' || v[0] > '9') { // a number is an address here
		w.change.Type = kind
		if v, err = args.Value(); err != nil {
			return err
		}
	}
	return w.setPrefix(v)
}

func (w *routeArgs) setPrefix(v string) error {
	if w.destinationGiven || iproute.Matches(v, "help") {
		return iproute.DuplicateOrGarbage("to", v)
	}
	p, err := iproute.ParsePrefix(v, w.family)
	if err != nil {
		return err
	}
	w.destinationGiven, w.change.To = true, p
	w.setFamily(p.Family)
	return nil
}

// setFamily fixes the family by the first address.
func (w *routeArgs) setFamily(family int) {
	if w.family == unix.AF_UNSPEC {
		w.family = family
	}
}

// setVia reads [inet|inet6] ADDRESS.
func (w *routeArgs) setVia(args *iproute.Args) error {
	if w.gatewayGiven {
		return iproute.Invalid("use nexthop syntax to specify multiple via\n", "via")
	}
	a, err := w.takeGateway(args)
	if err != nil {
		return err
	}
	w.gatewayGiven, w.change.Via = true, &a
	return nil
}

func (w *routeArgs) setSource(v string) error {
	a, err := iproute.ParseAddress(v, w.family)
	if err != nil {
		return err
	}
	w.change.Source = a.Addr
	w.setFamily(a.Family)
	return nil
}

func (w *routeArgs) setMetric(v string) (err error) {
	w.change.Metric, err = routeNumber("metric", v)
	return err
}

func routeNumber(name, v string) (*uint32, error) {
	n, ok := iproute.Unsigned(v, 32)
	if !ok {
		return nil, iproute.Invalid(`"`+name+"\" value is invalid\n", v)
	}
	return &n, nil
}

func (w *routeArgs) setScope(v string) error {
	n, ok := iproute.Scopes().Code(v, 8)
	if !ok {
		return iproute.Invalid("invalid \"scope\" value\n", v)
	}
	w.change.Scope, w.scopeGiven = uint8(n), true
	return nil
}

func (w *routeArgs) setProtocol(v string) error {
	n, ok := iproute.Protocols().Code(v, 8)
	if !ok {
		return iproute.Invalid("\"protocol\" value is invalid\n", v)
	}
	w.change.Protocol, w.protocolGiven = uint8(n), true
	return nil
}

func (w *routeArgs) setTable(v string) error {
	n, ok := iproute.RoutingTables().Code(v, 32)
	if !ok {
		return iproute.Invalid("\"table\" value is invalid\n", v)
	}
	w.change.Table = &n
	return nil
}
