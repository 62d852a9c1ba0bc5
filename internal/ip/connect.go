package ip

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"nstools/internal/diag"
	"nstools/internal/iproute"
	"nstools/internal/jsontext"
	"nstools/internal/netns"
	"nstools/internal/opt"
	"nstools/internal/rtnl"
	"nstools/internal/tool"
	"nstools/internal/wire"
)

// connectOptions are the options of the verb connect.
type connectOptions struct {
	bridge               string
	gateway, nat, dryRun bool
	help                 bool
}

// connectTable returns the table of these options. They may stand among the endpoints.
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
				Set: func(v string, _ bool) error { o.bridge = v; return checkDevice(v, "--bridge="+v) }},
			{Long: "gateway", Own: true, Help: "the second end's default route leads over the first", Set: yes(&o.gateway)},
			{Long: "nat", Own: true, Help: "the first end lets the second out, under\n  addresses of its own (implies --gateway)", Set: yes(&o.nat)},
			{Long: "dry-run", Own: true, Help: "print the commands of ip(8) that do the same", Set: yes(&o.dryRun)},
			{Long: "help", Own: true, Help: "display this help", Set: yes(&o.help)},
		},
	}
}

// operands reads the options of a verb, which may stand anywhere, and returns the other words.
func (r *run) operands(t *opt.Table, verb string, args []string) ([]string, error) {
	var list []string
	for {
		rest, err := t.Parse(append([]string{r.Name + " " + verb}, args...))
		switch usage := (*opt.UsageError)(nil); {
		case errors.As(err, &usage):
			return nil, iproute.Usage(r.Name + " " + verb + ": " + err.Error() + "\nTry '" + r.Name + " " + verb + " --help' for more information.")
		case err != nil:
			return nil, r.usageError(err)
		case len(rest) == 0:
			return list, nil
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
		return r.Print(t.Usage(r.Name + " connect"))
	case len(ends) != 2:
		return r.usageError(tool.Failure("connect takes two endpoints, and got " + strconv.Itoa(len(ends))))
	}
	return asOwnError(r.makeConnection(o, ends))
}

// usageError returns a failure in the words of this program, with ip's status for it.
func (r *run) usageError(err error) error { return iproute.Usage(r.Name + ": " + err.Error()) }

// asOwnError converts a failure in ip's words to one of a verb that ip lacks. Its status is 1.
func asOwnError(err error) error {
	if f := rtnl.FailureOf(err); f != nil && f.Status != iproute.StatusUsage {
		return &diag.Error{Text: f.Text, Hint: f.Hint}
	}
	return err
}

func (r *run) makeConnection(o *connectOptions, ends []string) error {
	conn := wire.Connection{Bridge: o.bridge, Gateway: o.gateway, NAT: o.nat}
	for i, e := range []*wire.Endpoint{&conn.A, &conn.B} {
		if _, err := r.openEndpoint(e, ends[i]); err != nil {
			return err
		}
		defer e.NS.Close()
	}
	if !o.dryRun && r.Opt.Explain == "" {
		defer r.lockConnections()()
	}
	conn.A.Device = defaultDevice(conn.A.Device, conn.B.NS.NamespaceRef)
	conn.B.Device = defaultDevice(conn.B.Device, conn.A.NS.NamespaceRef)
	existing, err := conn.Inspect()
	if err != nil {
		return err
	}
	steps, err := conn.Steps(existing)
	if err != nil {
		return err
	}
	if !o.dryRun && r.Opt.Explain == "" {
		if err := wire.Connect(steps); err != nil {
			return err
		}
		conn.WaitUp()
		diag.WriteHint(r.Stderr, r.Name, conn.DropHint())
		return nil
	}
	return r.printSteps(steps)
}

// printSteps prints the commands of the steps, one per line. As JSON they have the keys of an
// explanation of exec.
func (r *run) printSteps(steps []wire.Step) error {
	if r.Opt.Explain != "json" && !r.Opt.JSON {
		var text strings.Builder
		for _, s := range steps {
			text.WriteString(s.Command() + "\n")
		}
		return r.Print(text.String())
	}
	j := jsontext.New(r.Opt.Pretty)
	j.Array(func() {
		for _, s := range steps {
			j.Object(func() {
				j.Name("call")
				j.String(s.Command())
				j.Name("for")
				j.String("connect")
			})
		}
	})
	return r.Print(string(j.Bytes()))
}

// lockConnections makes connect and disconnect take turns, since two that share a bridge or
// forwarding would disturb each other. It returns the function that ends the turn. It goes on
// after five seconds: whoever may read the directory of names could hold the lock for ever.
func (r *run) lockConnections() (done func()) {
	unlock, err := netns.LockWithin(5 * time.Second)
	r.Outlive() // after the wait, which a signal may end
	if err != nil {
		return func() {}
	}
	return unlock
}

// openEndpoint reads an endpoint and opens its namespace. It returns the reference even if the
// namespace has gone.
func (r *run) openEndpoint(e *wire.Endpoint, word string) (ref wire.NamespaceRef, err error) {
	if ref, err = parseEndpoint(e, word); err != nil {
		return ref, r.usageError(err)
	}
	e.NS, err = wire.OpenNamespace(ref, r.hostNamespace())
	return ref, err
}

// hostNamespace returns the namespace that "host" means.
func (r *run) hostNamespace() wire.HostNamespace {
	h := wire.HostNamespace{FD: r.InNS}
	if r.Opt.Netns != nil {
		h.Name = *r.Opt.Netns
	}
	return h
}
