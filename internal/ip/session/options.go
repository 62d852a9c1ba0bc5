package session

import (
	"slices"
	"strconv"

	"nstools/internal/iproute"
)

// An Option stands in front of the object. Like ip's, it begins with one or two dashes and may
// be abbreviated. The first match in the table wins.
type Option struct {
	Name  string // without dashes
	Arg   string // name of its value; "" for none
	Own   bool   // ip lacks it: two dashes, never abbreviated
	Help  string
	set   func(o *Options, value string) // nil for an option without effect
	check func(value string) error       // nil for any value
}

// Spelling returns the option in full.
func (o *Option) Spelling() string {
	if o.Own {
		return "--" + o.Name
	}
	return "-" + o.Name
}

// Options are the options in front of the object.
type Options struct {
	JSON, Pretty, Brief, Details, OneLine bool
	Stats                                 int // how often -statistics was given
	Force, All                            bool
	Resolve, Numeric                      bool
	loops                                 *string
	family, Color                         string // Color is always, auto or never
	Batch, Netns, Jobs                    *string
	Entered                               []string // all values of -netns; the last one counts
	Version, Help                         bool
	Completion, Explain                   string
	Words                                 []string // ip's options as they were given, without -batch
}

func setTrue(field func(*Options) *bool) func(*Options, string) {
	return func(o *Options, _ string) { *field(o) = true }
}

func countStats(o *Options, _ string) { o.Stats++ }

func family(name string) func(*Options, string) {
	return func(o *Options, _ string) { o.family = name }
}

// Families returns the families that ip knows by name.
func Families() []string { return []string{"inet", "inet6", "link", "mpls", "bridge"} }

func checkFamily(value string) error {
	if !slices.Contains(Families(), value) {
		return iproute.Invalid("invalid protocol family", value)
	}
	return nil
}

func checkSize(value string) error {
	if _, ok := iproute.Unsigned(value, 32); !ok {
		return iproute.Usage("Invalid rcvbuf size '" + value + "'")
	}
	return nil
}

// OptionTable returns the options in the order in which ip compares.
func OptionTable() []Option {
	return []Option{
		{Name: "loops", Arg: "COUNT", Help: "address flush: how often it may delete all that is there (10); 0 for no limit", set: func(o *Options, v string) { o.loops = &v }},
		{Name: "family", Arg: "FAMILY", Help: "inet or inet6: addresses and routes of one kind only", check: checkFamily, set: func(o *Options, v string) { o.family = v }},
		{Name: "4", Help: "short for -family inet", set: family("inet")},
		{Name: "6", Help: "short for -family inet6", set: family("inet6")},
		{Name: "0", Help: "short for -family link", set: family("link")},
		{Name: "human-readable", Help: "accepted, without effect"},
		{Name: "iec", Help: "accepted, without effect"},
		{Name: "statistics", Help: "print counters, of neighbours only; called ip it leaves others to the next ip on PATH", set: countStats},
		{Name: "stats", Help: "the same", set: countStats},
		{Name: "details", Help: "print all, of rules and neighbours; called ip it leaves all of a device, address or route to the next ip on PATH", set: setTrue(func(o *Options) *bool { return &o.Details })},
		{Name: "resolve", Help: "without effect; called ip it leaves names of hosts to the next ip on PATH", set: setTrue(func(o *Options) *bool { return &o.Resolve })},
		{Name: "oneline", Help: "one line for each thing", set: setTrue(func(o *Options) *bool { return &o.OneLine })},
		{Name: "timestamp", Help: "accepted, without effect"},
		{Name: "tshort", Help: "accepted, without effect"},
		{Name: "Version", Help: "print the version", set: setTrue(func(o *Options) *bool { return &o.Version })},
		{Name: "force", Help: "go on after an error in a batch", set: setTrue(func(o *Options) *bool { return &o.Force })},
		{Name: "batch", Arg: "FILE", Help: "read commands from FILE, or from standard input for -", set: func(o *Options, v string) { o.Batch = &v }},
		{Name: "brief", Help: "one short line for each device", set: setTrue(func(o *Options) *bool { return &o.Brief })},
		{Name: "json", Help: "print JSON", set: setTrue(func(o *Options) *bool { return &o.JSON })},
		{Name: "pretty", Help: "break JSON into lines", set: setTrue(func(o *Options) *bool { return &o.Pretty })},
		{Name: "rcvbuf", Arg: "SIZE", Help: "accepted, without effect", check: checkSize},
		{Name: "color", Help: "without effect; called ip it leaves colours to the next ip on PATH", set: func(o *Options, v string) { o.Color = v }},
		{Name: "help", Help: "print usage", set: setTrue(func(o *Options) *bool { return &o.Help })},
		{Name: "netns", Arg: "NAME", Help: "work in the namespace NAME", set: func(o *Options, v string) { o.Netns, o.Entered = &v, append(o.Entered, v) }},
		{Name: "Numeric", Help: "print numbers instead of their names", set: setTrue(func(o *Options) *bool { return &o.Numeric })},
		{Name: "all", Help: "exec, delete: every name", set: setTrue(func(o *Options) *bool { return &o.All })},
		{Name: "version", Own: true, Help: "print the version", set: setTrue(func(o *Options) *bool { return &o.Version })},
		{Name: "jobs", Arg: "N", Own: true, Help: "-all exec: N commands at a time, their output apart, and status 1 where one fails", set: func(o *Options, v string) { o.Jobs = &v }},
		{Name: "explain", Own: true, Help: "print what exec or connect would do, and do nothing", set: func(o *Options, _ string) { o.Explain = "text" }},
		{Name: "explain=json", Own: true, Help: "the same as JSON", set: func(o *Options, _ string) { o.Explain = "json" }},
		{Name: "completion", Arg: "SHELL", Own: true, Help: "print the completion script for bash, zsh or fish", set: func(o *Options, v string) { o.Completion = v }},
	}
}

// CheckJobs checks the value of --jobs, and that -all is given with it.
func (o *Options) CheckJobs() error {
	switch {
	case o.Jobs == nil:
		return nil
	case o.JobsAtATime() == 0:
		return iproute.Invalid("--jobs takes a decimal number from 1", *o.Jobs)
	case !o.All:
		return iproute.Usage("--jobs is for -all exec")
	}
	return nil
}

// Loops returns the value of -loops as atoi(3) reads it: a word that is no number is 0.
func (o *Options) Loops() int {
	const usual = 10
	if o.loops == nil {
		return usual
	}
	n, _ := strconv.Atoi(*o.loops)
	return int(int32(n))
}

// JobsAtATime returns the value of --jobs, or 0 if it is wrong.
func (o *Options) JobsAtATime() int {
	n, err := strconv.ParseUint(*o.Jobs, 10, 31)
	if err != nil {
		return 0
	}
	return int(n)
}
