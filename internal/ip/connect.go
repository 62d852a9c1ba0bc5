package ip

import (
	"errors"
	"strings"
	"time"

	"nstools/internal/diag"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/netns"
	"nstools/internal/opt"
	"nstools/internal/tool"
)

// connectOptions are those of the verb connect.
type connectOptions struct {
	bridge               string
	gateway, nat, dryRun bool
	help                 bool
}

// connectTable is opt's view of them. They may stand anywhere among the endpoints.
func connectTable(o *connectOptions) *opt.Table {
	yes := func(to *bool) func(string, bool) error {
		return func(string, bool) error { *to = true; return nil }
	}
	return &opt.Table{
		Manual:   "gonetns(8)",
		Synopsis: "[options] <endpoint> <endpoint>",
		About: "Connect two network namespaces by a pair of devices.\n\n" +
			"An endpoint is <namespace>[:<device>][=<address>/<length>[,...]], where the\n" +
			"namespace is a name, \"host\" or \"pid:<number>\".",
		OwnTitle: "Options:",
		Flags: []opt.Flag{
			{Long: "bridge", Arg: opt.Required, Metavar: "device", Own: true, Help: "put the first end on a bridge, made if it is missing",
				Set: func(v string, _ bool) error { o.bridge = v; return nil }},
			{Long: "gateway", Own: true, Help: "the second end's default route leads over the first", Set: yes(&o.gateway)},
			{Long: "nat", Own: true, Help: "the first end lets the second out, under\n  addresses of its own (implies --gateway)", Set: yes(&o.nat)},
			{Long: "dry-run", Own: true, Help: "print the commands of ip(8) that do the same", Set: yes(&o.dryRun)},
			{Long: "help", Own: true, Help: "display this help", Set: yes(&o.help)},
		},
	}
}

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

// operands reads the options of a verb, which may stand anywhere, and returns the rest.
func (r *run) operands(t *opt.Table, verb string, args []string) ([]string, error) {
	var list []string
	for {
		rest, err := t.Parse(append([]string{r.name + " " + verb}, args...))
		if usage := (*opt.UsageError)(nil); errors.As(err, &usage) {
			return nil, iproute.Fail(r.name + " " + verb + ": " + err.Error() + "\nTry '" + r.name + " " + verb + " --help' for more information.")
		}
		if err != nil || len(rest) == 0 {
			return list, err
		}
		list, args = append(list, rest[0]), rest[1:]
	}
}

// connect is "connect A B".
func (r *run) connect(args []string) error {
	o := new(connectOptions)
	t := connectTable(o)
	ends, err := r.operands(t, "connect", args)
	switch {
	case err != nil:
		return err
	case o.help:
		return r.print(t.Usage(r.name + " connect"))
	case len(ends) != 2:
		return tool.Failure("connect takes two endpoints, and got " + count(len(ends)))
	}
	return ours(r.wire(o, ends))
}

// ours words a failure of ip's as one of a verb that is not ip's.
func ours(err error) error {
	if f := (*iproute.Failure)(nil); errors.As(err, &f) {
		return &diag.Error{Text: f.Text, Hint: f.Hint}
	}
	return err
}

func (r *run) wire(o *connectOptions, ends []string) error {
	w := link.Wiring{Bridge: o.bridge, Gateway: o.gateway, NAT: o.nat}
	for i, e := range []*link.End{&w.A, &w.B} {
		if err := r.open(e, ends[i]); err != nil {
			return err
		}
		defer e.Site.Close()
	}
	if !o.dryRun && r.opt.explain == "" {
		defer r.alone()()
	}
	w.A.Device = orTowards(w.A.Device, w.B.Site.Place)
	w.B.Device = orTowards(w.B.Device, w.A.Site.Place)
	seen, err := w.Look()
	if err != nil {
		return err
	}
	steps, err := w.Steps(seen)
	if err != nil {
		return err
	}
	if !o.dryRun && r.opt.explain == "" {
		if err := link.Connect(steps); err != nil {
			return err
		}
		diag.WriteHint(r.stderr, r.name, w.Obstacle())
		return nil
	}
	var text strings.Builder
	for _, s := range steps {
		text.WriteString(s.Command() + "\n")
	}
	return r.print(text.String())
}

// alone has what wires and cuts take turns, as far as there are names: two that share a
// bridge or forwarding would be in each other's way. It returns what ends that. Whoever
// may read the directory of names could keep the turn for ever; that is not waited for.
func (r *run) alone() (done func()) {
	unlock, err := netns.LockWithin(5 * time.Second)
	r.whole() // which is not for waiting
	if err != nil {
		return func() {}
	}
	return unlock
}

func count(n int) string {
	return [...]string{"none", "one", "two"}[min(n, 2)] + map[bool]string{true: " and more"}[n > 2]
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
		return tool.Failure("disconnect takes two namespaces, or a namespace and a device (NAMESPACE:DEVICE)")
	}
	return ours(r.cut(ends))
}

func (r *run) cut(ends []string) error {
	var sites [2]link.End
	for i := range sites {
		if err := r.open(&sites[i], ends[i]); err != nil {
			return err
		}
		defer sites[i].Site.Close()
	}
	defer r.alone()()
	wires, err := link.Wires(sites[0], sites[1])
	if err != nil {
		return err
	}
	if len(wires) == 0 {
		return tool.Failure(ends[0] + " and " + ends[1] + " are not connected")
	}
	for _, w := range wires {
		if err := w.Cut(); err != nil {
			return cutFailed(w.Device.Name, err)
		}
	}
	return nil
}

func cutFailed(device string, err error) error {
	return tool.Failure("cannot disconnect " + device + ": " + link.Reason(err))
}

// cutOne takes the connection away that one end is named of. The other may be in the
// host or in any named namespace.
func (r *run) cutOne(word string) error {
	var e link.End
	if err := r.open(&e, word); err != nil {
		return err
	}
	defer e.Site.Close()
	if e.Device == "" {
		return tool.Failure("disconnect takes two namespaces, or a namespace and a device (" + word + ":DEVICE)")
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
	if err != nil {
		return err
	}
	if err := w.Cut(); err != nil {
		return cutFailed(e.Device, err)
	}
	return nil
}

// open reads an endpoint and opens its namespace.
func (r *run) open(e *link.End, word string) error {
	place, err := parseEnd(e, word)
	if err != nil {
		return err
	}
	e.Site, err = link.OpenSite(place, r.inNS)
	return err
}
