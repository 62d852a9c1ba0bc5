package ip

import (
	"nstools/internal/ip/change"
	"nstools/internal/ip/session"
	"nstools/internal/ip/show"
)

// A verb is one command of an object.
type verb struct {
	name     string
	synopsis string
	help     string
	run      func(r *run, args []string) error // nil: known to ip, and not to us
	alias    bool                              // another word for the one above
	names    bool                              // its arguments begin with a name
	own      bool                              // ip lacks it: never shortened
}

// An object is what ip calls the things that verbs are about.
type object struct {
	name  string
	verbs func() []verb // in the order in which ip compares; nil for those that only ip knows
}

// known are the verbs of an object that we have, each once.
func (o object) known() []verb {
	if o.verbs == nil {
		return nil
	}
	var list []verb
	for _, v := range o.verbs() {
		if v.run != nil && !v.alias {
			list = append(list, v)
		}
	}
	return list
}

// objects are in the order in which ip compares, as far as the last of ours.
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

// onlyIP are verbs that we hand over.
func onlyIP(names ...string) []verb {
	var list []verb
	for _, n := range names {
		list = append(list, verb{name: n})
	}
	return list
}

// with is for a verb that asks no more than the session.
func with(f func(s *session.Session, args []string) error) func(r *run, args []string) error {
	return func(r *run, args []string) error { return f(&r.Session, args) }
}

func netnsVerbs() []verb {
	return []verb{
		{name: "list", help: "print the names, with the ids that the kernel has for them", run: (*run).list},
		{name: "show", run: (*run).list, alias: true},
		{name: "lst", run: (*run).list, alias: true},
		{name: "list-id", synopsis: "[target-nsid POSITIVE-INT] [nsid POSITIVE-INT]", help: "print the ids of namespaces", run: (*run).listID},
		{name: "help", help: "print usage", run: (*run).usage},
		{name: "add", synopsis: "NAME...", help: "make namespaces", run: (*run).add},
		{name: "set", synopsis: "NAME NETNSID", help: "give a namespace an id", run: (*run).set, names: true},
		{name: "delete", synopsis: "NAME...", help: "take names away; with -all every one", run: (*run).delete, names: true},
		{name: "identify", synopsis: "[PID]", help: "print the names of the namespace that a process is in", run: (*run).identify},
		{name: "pids", synopsis: "NAME", help: "print the processes in a namespace", run: (*run).pids, names: true},
		{name: "exec", synopsis: "NAME COMMAND...", help: "run a command in a namespace; with -all in every one", run: (*run).exec, names: true},
		{name: "monitor", help: "report names that come and go", run: (*run).monitor},
		{name: "attach", synopsis: "NAME PID", help: "give the namespace of a process a name", run: (*run).attach},
		{name: "connect", synopsis: "[--bridge DEV] [--gateway] [--nat] [--dry-run] END END",
			help: "connect two namespaces by a pair of devices", run: (*run).connect, names: true, own: true},
		{name: "disconnect", synopsis: "NAME NAME | NAME:DEV", help: "take connections away", run: (*run).disconnect, names: true, own: true},
	}
}

func linkVerbs() []verb {
	list := []verb{
		{name: "add", synopsis: "NAME type TYPE [...]", help: "make a device", run: with(change.AddLink)},
		{name: "set", synopsis: "DEV [up|down] [netns NAME|PID] [master DEV|nomaster] [name NAME] [mtu N] [address MAC]",
			help: "change a device", run: with(change.SetLink)},
		{name: "change", run: with(change.SetLink), alias: true},
	}
	list = append(list, onlyIP("replace")...)
	return append(list, []verb{
		{name: "delete", synopsis: "DEV", help: "take a device away", run: with(change.DeleteLink)},
		{name: "show", synopsis: "[[dev] DEV] [up] [type TYPE] [master DEV]", help: "print devices", run: with(show.Links)},
		{name: "lst", run: with(show.Links), alias: true},
		{name: "list", run: with(show.Links), alias: true},
	}...)
}

func addressVerbs() []verb {
	list := []verb{
		{name: "add", synopsis: "PREFIX [brd ADDR] [scope SCOPE] [label NAME] dev DEV", help: "give a device an address", run: with(change.AddAddress)},
	}
	list = append(list, onlyIP("change", "chg", "replace")...)
	return append(list, []verb{
		{name: "delete", synopsis: "PREFIX dev DEV", help: "take an address away", run: with(change.DeleteAddress)},
		{name: "show", synopsis: "[[dev] DEV] [up]", help: "print the addresses of devices", run: with(show.Addresses)},
		{name: "lst", run: with(show.Addresses), alias: true},
		{name: "list", run: with(show.Addresses), alias: true},
	}...)
}

func routeVerbs() []verb {
	list := []verb{
		{name: "show", synopsis: "[[to] PREFIX] [dev DEV] [table TABLE]", help: "print routes", run: with(show.Routes)},
		{name: "list", run: with(show.Routes), alias: true},
		{name: "lst", run: with(show.Routes), alias: true},
	}
	list = append(list, onlyIP("get")...)
	list = append(list, verb{name: "add", synopsis: "PREFIX|default [via ADDR] [dev DEV] [src ADDR] [metric N]", help: "make a route", run: with(change.AddRoute)})
	list = append(list, onlyIP("change", "chg", "replace", "prepend", "append", "test")...)
	return append(list, verb{name: "delete", synopsis: "PREFIX|default [via ADDR] [dev DEV]", help: "take a route away", run: with(change.DeleteRoute)})
}
