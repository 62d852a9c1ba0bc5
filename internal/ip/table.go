package ip

// An option stands in front of the object. Words are ip's: they begin with one or two
// dashes and may be shortened; where several fit, the first of the table is meant.
type option struct {
	name string // without dashes
	arg  string // what its value is called; "" for none
	own  bool   // ip lacks it: two dashes, never shortened
	help string
	set  func(o *options, value string) // nil for what has no effect here
}

// options are all that stood in front of the object.
type options struct {
	json, pretty, brief, details, oneLine, stats bool
	force, all                                   bool
	family                                       string
	batch, netns, jobs                           *string
	version, help                                bool
	completion, explain                          string
}

func yes(field func(*options) *bool) func(*options, string) {
	return func(o *options, _ string) { *field(o) = true }
}

func family(name string) func(*options, string) {
	return func(o *options, _ string) { o.family = name }
}

// table is in the order in which ip compares.
var table = []option{
	{name: "loops", arg: "COUNT", help: "accepted, without effect"},
	{name: "family", arg: "FAMILY", help: "inet or inet6: addresses and routes of one kind only", set: func(o *options, v string) { o.family = v }},
	{name: "4", help: "short for -family inet", set: family("inet")},
	{name: "6", help: "short for -family inet6", set: family("inet6")},
	{name: "0", help: "short for -family link", set: family("link")},
	{name: "human-readable", help: "accepted, without effect"},
	{name: "iec", help: "accepted, without effect"},
	{name: "statistics", help: "show statistics, where the command has them", set: yes(func(o *options) *bool { return &o.stats })},
	{name: "stats", help: "the same", set: yes(func(o *options) *bool { return &o.stats })},
	{name: "details", help: "show details, where the command has them", set: yes(func(o *options) *bool { return &o.details })},
	{name: "resolve", help: "accepted, without effect"},
	{name: "oneline", help: "one line for each thing", set: yes(func(o *options) *bool { return &o.oneLine })},
	{name: "timestamp", help: "accepted, without effect"},
	{name: "tshort", help: "accepted, without effect"},
	{name: "Version", help: "print the version", set: yes(func(o *options) *bool { return &o.version })},
	{name: "force", help: "go on after an error in a batch", set: yes(func(o *options) *bool { return &o.force })},
	{name: "batch", arg: "FILE", help: "read commands from FILE, or from standard input for -", set: func(o *options, v string) { o.batch = &v }},
	{name: "brief", help: "one short line for each device", set: yes(func(o *options) *bool { return &o.brief })},
	{name: "json", help: "print JSON", set: yes(func(o *options) *bool { return &o.json })},
	{name: "pretty", help: "break JSON into lines", set: yes(func(o *options) *bool { return &o.pretty })},
	{name: "rcvbuf", arg: "SIZE", help: "accepted, without effect"},
	{name: "color", help: "accepted, without effect"},
	{name: "help", help: "print usage", set: yes(func(o *options) *bool { return &o.help })},
	{name: "netns", arg: "NAME", help: "work in the namespace NAME", set: func(o *options, v string) { o.netns = &v }},
	{name: "Numeric", help: "accepted, without effect"},
	{name: "all", help: "exec, delete: every name", set: yes(func(o *options) *bool { return &o.all })},
	{name: "jobs", arg: "N", own: true, help: "-all exec: N commands at a time, their output apart, and status 1 where one fails", set: func(o *options, v string) { o.jobs = &v }},
	{name: "explain", own: true, help: "print what exec would do, and do nothing", set: func(o *options, _ string) { o.explain = "text" }},
	{name: "explain=json", own: true, help: "the same as JSON", set: func(o *options, _ string) { o.explain = "json" }},
	{name: "completion", arg: "SHELL", own: true, help: "print the completion script for bash, zsh or fish", set: func(o *options, v string) { o.completion = v }},
}

// A verb is one command of an object.
type verb struct {
	name     string
	synopsis string
	help     string
	run      func(r *run, args []string) error // nil: known to ip, and not to us
	names    bool                              // its first argument is a name
}

// An object is what ip calls the things that verbs are about.
type object struct {
	name  string
	verbs func() []verb // in the order in which ip compares; without a word, show
}

// objects are those that we share with ip, in the order in which it compares.
func objects() []object {
	return []object{
		{"address", addressVerbs},
		{"addrlabel", nil},
		{"maddress", nil},
		{"route", routeVerbs},
		{"rule", nil},
		{"neighbor", nil},
		{"neighbour", nil},
		{"ntable", nil},
		{"ntbl", nil},
		{"link", linkVerbs},
		{"l2tp", nil},
		{"netns", netnsVerbs},
	}
}

func addressVerbs() []verb {
	return []verb{
		{"add", "PREFIX [brd ADDR] [scope SCOPE] [label NAME] dev DEV", "give a device an address", (*run).addAddress, false},
		{"change", "", "", nil, false},
		{"chg", "", "", nil, false},
		{"replace", "", "", nil, false},
		{"delete", "PREFIX dev DEV", "take an address away", (*run).deleteAddress, false},
		{"show", "[[dev] DEV] [up]", "print the addresses of devices", (*run).showAddresses, false},
		{"lst", "", "the same", (*run).showAddresses, false},
		{"list", "", "the same", (*run).showAddresses, false},
	}
}

func routeVerbs() []verb {
	return []verb{
		{"list", "", "the same", (*run).showRoutes, false},
		{"show", "[[to] PREFIX] [dev DEV] [table TABLE]", "print routes", (*run).showRoutes, false},
		{"lst", "", "the same", (*run).showRoutes, false},
		{"get", "", "", nil, false},
		{"add", "PREFIX|default [via ADDR] [dev DEV] [src ADDR] [metric N]", "make a route", (*run).addRoute, false},
		{"change", "", "", nil, false},
		{"chg", "", "", nil, false},
		{"replace", "", "", nil, false},
		{"prepend", "", "", nil, false},
		{"append", "", "", nil, false},
		{"test", "", "", nil, false},
		{"delete", "PREFIX|default [via ADDR] [dev DEV]", "take a route away", (*run).deleteRoute, false},
	}
}

func linkVerbs() []verb {
	return []verb{
		{"add", "NAME type TYPE [...]", "make a device", (*run).addLink, false},
		{"set", "DEV [up|down] [netns NAME|PID] [master DEV|nomaster] [name NAME] [mtu N] [address MAC]", "change a device", (*run).setLink, false},
		{"change", "", "the same", (*run).setLink, false},
		{"replace", "", "", nil, false},
		{"delete", "DEV", "take a device away", (*run).deleteLink, false},
		{"show", "[[dev] DEV] [up] [type TYPE] [master DEV]", "print devices", (*run).showLinks, false},
		{"lst", "", "the same", (*run).showLinks, false},
		{"list", "", "the same", (*run).showLinks, false},
	}
}

// netnsVerbs is in the order in which ip compares.
func netnsVerbs() []verb {
	return []verb{
		{"list", "", "print the names, with the ids that the kernel has for them", (*run).list, false},
		{"show", "", "the same", (*run).list, false},
		{"lst", "", "the same", (*run).list, false},
		{"list-id", "[target-nsid POSITIVE-INT] [nsid POSITIVE-INT]", "print the ids of namespaces", (*run).listID, false},
		{"help", "", "print usage", (*run).usage, false},
		{"add", "NAME...", "make namespaces", (*run).add, false},
		{"set", "NAME NETNSID", "give a namespace an id", (*run).set, true},
		{"delete", "NAME...", "take names away; with -all every one", (*run).delete, true},
		{"identify", "[PID]", "print the names of the namespace that a process is in", (*run).identify, false},
		{"pids", "NAME", "print the processes in a namespace", (*run).pids, true},
		{"exec", "NAME COMMAND...", "run a command in a namespace; with -all in every one", (*run).exec, true},
		{"monitor", "", "report names that come and go", (*run).monitor, false},
		{"attach", "NAME PID", "give the namespace of a process a name", (*run).attach, false},
	}
}
