package ip

import (
	"slices"

	"nstools/internal/iproute"
)

// An option stands in front of the object. Words are ip's: they begin with one or two
// dashes and may be shortened; where several fit, the first of the table is meant.
type option struct {
	name string // without dashes
	arg  string // what its value is called; "" for none
	own  bool   // ip lacks it: two dashes, never shortened
	help string
	set  func(o *options, value string) // nil for what has no effect here
	good func(value string) error       // nil where every value is
}

// spelling is the option in full.
func (o *option) spelling() string {
	if o.own {
		return "--" + o.name
	}
	return "-" + o.name
}

// options are all that stood in front of the object.
type options struct {
	json, pretty, brief, details, oneLine, stats bool
	force, all                                   bool
	resolve, numeric                             bool
	family, color                                string // color is always, auto or never
	batch, netns, jobs                           *string
	entered                                      []string // every value of -netns, of which the last counts
	version, help                                bool
	completion, explain                          string
	words                                        []string // ip's own as they were given, but for -batch
}

func yes(field func(*options) *bool) func(*options, string) {
	return func(o *options, _ string) { *field(o) = true }
}

func family(name string) func(*options, string) {
	return func(o *options, _ string) { o.family = name }
}

// families are those that ip knows by name.
func families() []string { return []string{"inet", "inet6", "link", "mpls", "bridge"} }

func isFamily(value string) error {
	if !slices.Contains(families(), value) {
		return iproute.Invalid("invalid protocol family", value)
	}
	return nil
}

func isSize(value string) error {
	if _, ok := iproute.Unsigned(value, 32); !ok {
		return iproute.Usage("Invalid rcvbuf size '" + value + "'")
	}
	return nil
}

// optionTable is in the order in which ip compares.
func optionTable() []option {
	return []option{
		{name: "loops", arg: "COUNT", help: "accepted, without effect"},
		{name: "family", arg: "FAMILY", help: "inet or inet6: addresses and routes of one kind only", good: isFamily, set: func(o *options, v string) { o.family = v }},
		{name: "4", help: "short for -family inet", set: family("inet")},
		{name: "6", help: "short for -family inet6", set: family("inet6")},
		{name: "0", help: "short for -family link", set: family("link")},
		{name: "human-readable", help: "accepted, without effect"},
		{name: "iec", help: "accepted, without effect"},
		{name: "statistics", help: "refused; called ip it leaves the printing of counters to the next ip on PATH", set: yes(func(o *options) *bool { return &o.stats })},
		{name: "stats", help: "the same", set: yes(func(o *options) *bool { return &o.stats })},
		{name: "details", help: "refused; called ip it leaves the printing of all of a device to the next ip on PATH", set: yes(func(o *options) *bool { return &o.details })},
		{name: "resolve", help: "without effect; called ip it leaves names of hosts to the next ip on PATH", set: yes(func(o *options) *bool { return &o.resolve })},
		{name: "oneline", help: "one line for each thing", set: yes(func(o *options) *bool { return &o.oneLine })},
		{name: "timestamp", help: "accepted, without effect"},
		{name: "tshort", help: "accepted, without effect"},
		{name: "Version", help: "print the version", set: yes(func(o *options) *bool { return &o.version })},
		{name: "force", help: "go on after an error in a batch", set: yes(func(o *options) *bool { return &o.force })},
		{name: "batch", arg: "FILE", help: "read commands from FILE, or from standard input for -", set: func(o *options, v string) { o.batch = &v }},
		{name: "brief", help: "one short line for each device", set: yes(func(o *options) *bool { return &o.brief })},
		{name: "json", help: "print JSON", set: yes(func(o *options) *bool { return &o.json })},
		{name: "pretty", help: "break JSON into lines", set: yes(func(o *options) *bool { return &o.pretty })},
		{name: "rcvbuf", arg: "SIZE", help: "accepted, without effect", good: isSize},
		{name: "color", help: "without effect; called ip it leaves colours to the next ip on PATH", set: func(o *options, v string) { o.color = v }},
		{name: "help", help: "print usage", set: yes(func(o *options) *bool { return &o.help })},
		{name: "netns", arg: "NAME", help: "work in the namespace NAME", set: func(o *options, v string) { o.netns, o.entered = &v, append(o.entered, v) }},
		{name: "Numeric", help: "print numbers instead of their names", set: yes(func(o *options) *bool { return &o.numeric })},
		{name: "all", help: "exec, delete: every name", set: yes(func(o *options) *bool { return &o.all })},
		{name: "version", own: true, help: "print the version", set: yes(func(o *options) *bool { return &o.version })},
		{name: "jobs", arg: "N", own: true, help: "-all exec: N commands at a time, their output apart, and status 1 where one fails", set: func(o *options, v string) { o.jobs = &v }},
		{name: "explain", own: true, help: "print what exec or connect would do, and do nothing", set: func(o *options, _ string) { o.explain = "text" }},
		{name: "explain=json", own: true, help: "the same as JSON", set: func(o *options, _ string) { o.explain = "json" }},
		{name: "completion", arg: "SHELL", own: true, help: "print the completion script for bash, zsh or fish", set: func(o *options, v string) { o.completion = v }},
	}
}
