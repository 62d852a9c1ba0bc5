package show

import (
	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/link"
	"nstools/internal/rtnl"
)

// A RouteFilter is what stands behind route flush.
type RouteFilter struct {
	conn   *rtnl.Conn
	filter *routeFilter
}

// ReadRouteFlush reads the words behind "route flush". Words that only ip knows fail with
// IPMayKnow.
func ReadRouteFlush(s *session.Session, conn *rtnl.Conn, args []string) (*RouteFilter, error) {
	family, err := s.AddressFamily()
	if err != nil {
		return nil, err
	}
	f, err := readRouteFilter(args, family)
	if err != nil {
		return nil, err
	}
	f.noTableIsEmpty = s.InBatch
	return &RouteFilter{conn, f}, nil
}

// Cached reports whether the filter selects what was learned of single destinations of IPv4,
// and whether also of IPv6.
func (f *RouteFilter) Cached() (inet, inet6 bool) {
	return f.filter.cached && f.filter.family != unix.AF_INET6, f.filter.cached && f.filter.family != unix.AF_INET
}

// Routes returns the routes that the filter selects, without those that the kernel has for
// itself.
func (f *RouteFilter) Routes() ([]*link.Route, error) {
	all, err := f.filter.routes(f.conn, "Flush terminated")
	if err != nil {
		return nil, err
	}
	var list []*link.Route
	for i := range all {
		if r := &all[i]; f.filter.matches(r) && !r.IsFallback() {
			list = append(list, r)
		}
	}
	return list, nil
}

// PrintText prints routes as text.
func (f *RouteFilter) PrintText(s *session.Session, list []*link.Route) error {
	return printText(s, func(p *printer) {
		v := &routeView{printer: p, cache: newDeviceCache(f.conn, nil), filter: f.filter}
		for _, r := range list {
			v.route(r)
		}
	})
}
