package ip

import (
	"nstools/internal/ip/change"
	"nstools/internal/ip/flush"
	"nstools/internal/ip/session"
	"nstools/internal/ip/show"
	"nstools/internal/iproute"
)

// A verb is one command of an object.
type verb struct {
	name     string
	synopsis string
	help     string
	run      func(r *run, args []string) error // nil if only ip has it
	alias    bool                              // another word for the verb above
	own      bool                              // ip lacks it: never abbreviated
	explains bool                              // --explain prints what it would do
	all      bool                              // -all applies it to every name
	operands []iproute.Value                   // what its first arguments name
	several  bool                              // the last operand may be repeated
	words    func() []iproute.Word             // its grammar; nil for none
}

// An object is what verbs are about, in ip's terms.
type object struct {
	name             string
	verbs            func() []verb // in the order in which ip compares; nil if only ip has them
	implied          bool          // its verbs may stand without it, unless this program is called ip
	keepsDeviceNames bool          // no verb of it changes a device's name or number
	alias            bool          // another word for the object above
	inMessages       string        // its name in ip's messages; "" for name
}

// listed returns the verbs of an object that this program has, each once. Another word for an
// object has none.
func (o object) listed() []verb {
	if o.verbs == nil || o.alias {
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

// objects returns the objects in the order in which ip compares, up to the last one that this
// program has.
func objects() []object {
	return []object{
		{name: "address", verbs: addressVerbs, keepsDeviceNames: true},
		{name: "addrlabel"},
		{name: "maddress"},
		{name: "route", verbs: routeVerbs, keepsDeviceNames: true},
		{name: "rule", verbs: ruleVerbs, keepsDeviceNames: true},
		{name: "neighbor", verbs: neighborVerbs, keepsDeviceNames: true, inMessages: "neigh"},
		{name: "neighbour", verbs: neighborVerbs, keepsDeviceNames: true, inMessages: "neigh", alias: true},
		{name: "ntable"},
		{name: "ntbl"},
		{name: "link", verbs: linkVerbs},
		{name: "l2tp"},
		{name: "fou"},
		{name: "ila"},
		{name: "macsec"},
		{name: "tunnel"},
		{name: "tunl"},
		{name: "tuntap", verbs: tunTapVerbs},
		{name: "tap", verbs: tunTapVerbs, inMessages: "tuntap", alias: true},
		{name: "token"},
		{name: "tcpmetrics"},
		{name: "tcp_metrics"},
		{name: "monitor"},
		{name: "xfrm"},
		{name: "mroute"},
		{name: "mrule"},
		netnsObject(),
	}
}

func netnsObject() object { return object{name: "netns", verbs: netnsVerbs, implied: true} }

// onlyIP returns verbs that are handed over.
func onlyIP(names ...string) []verb {
	var list []verb
	for _, n := range names {
		list = append(list, verb{name: n})
	}
	return list
}

// sessionVerb returns the function of a verb that needs only the session.
func sessionVerb(f func(s *session.Session, args []string) error) func(r *run, args []string) error {
	return func(r *run, args []string) error { return f(&r.Session, args) }
}

func netnsVerbs() []verb {
	name, ends := []iproute.Value{iproute.Namespace}, []iproute.Value{iproute.Endpoint}
	return []verb{
		{name: "list", help: "print the names, with the ids that the kernel has for them", run: (*run).list},
		{name: "show", run: (*run).list, alias: true},
		{name: "lst", run: (*run).list, alias: true},
		{name: "list-id", synopsis: "[target-nsid POSITIVE-INT] [nsid POSITIVE-INT]", help: "print the ids of namespaces", run: (*run).listID},
		{name: "help", help: "print usage", run: (*run).usage},
		{name: "add", synopsis: "NAME...", help: "make namespaces", run: (*run).add},
		{name: "set", synopsis: "NAME NETNSID", help: "give a namespace an id", run: (*run).set, operands: name},
		{name: "delete", synopsis: "NAME...", help: "take names away; with -all every one", run: (*run).delete, all: true, operands: name, several: true},
		{name: "identify", synopsis: "[PID]", help: "print the names of the namespace that a process is in", run: (*run).identify},
		{name: "pids", synopsis: "NAME", help: "print the processes in a namespace", run: (*run).pids, operands: name},
		{name: "exec", synopsis: "NAME COMMAND...", help: "run a command in a namespace; with -all in every one", run: (*run).exec,
			explains: true, all: true, operands: []iproute.Value{iproute.Namespace, iproute.Command}},
		{name: "monitor", help: "report names that come and go", run: (*run).monitor},
		{name: "attach", synopsis: "NAME PID", help: "give the namespace of a process a name", run: (*run).attach},
		{name: "connect", synopsis: "[--bridge DEV] [--gateway] [--nat] [--dry-run] END END",
			help: "connect two namespaces by a pair of devices", run: (*run).connect, own: true, explains: true, operands: ends, several: true},
		{name: "disconnect", synopsis: "NAME NAME | NAME:DEV", help: "take connections away", run: (*run).disconnect, own: true, operands: ends, several: true},
	}
}

func linkVerbs() []verb {
	device := []iproute.Value{iproute.Device}
	list := []verb{
		{name: "add", synopsis: "NAME type TYPE [...]", help: "make a device", run: sessionVerb(change.AddLink), words: change.LinkWords},
		{name: "set", synopsis: "DEV [up|down] [netns NAME|PID] [master DEV|nomaster] [name NAME] [mtu N] [address MAC]",
			help: "change a device", run: sessionVerb(change.SetLink), operands: device, words: change.LinkWords},
		{name: "change", run: sessionVerb(change.SetLink), alias: true},
	}
	list = append(list, onlyIP("replace")...)
	return append(list, []verb{
		{name: "delete", synopsis: "DEV", help: "take a device away", run: sessionVerb(change.DeleteLink), operands: device, words: change.LinkWords},
		{name: "show", synopsis: "[[dev] DEV] [up] [type TYPE] [master DEV]", help: "print devices", run: sessionVerb(show.Links), operands: device, words: show.DeviceWords},
		{name: "lst", run: sessionVerb(show.Links), alias: true},
		{name: "list", run: sessionVerb(show.Links), alias: true},
	}...)
}

func addressVerbs() []verb {
	list := []verb{
		{name: "add", synopsis: "PREFIX [brd ADDR] [scope SCOPE] [label NAME] dev DEV", help: "give a device an address",
			run: sessionVerb(change.AddAddress), words: change.AddressWords},
	}
	return append(list, []verb{
		{name: "change", synopsis: "PREFIX [preferred_lft N] [valid_lft N] dev DEV", help: "change an address", run: sessionVerb(change.ChangeAddress), words: change.AddressWords},
		{name: "chg", run: sessionVerb(change.ChangeAddress), alias: true},
		{name: "replace", synopsis: "PREFIX [preferred_lft N] [valid_lft N] dev DEV", help: "give a device an address, or change it",
			run: sessionVerb(change.ReplaceAddress), words: change.AddressWords},
		{name: "delete", synopsis: "PREFIX dev DEV", help: "take an address away", run: sessionVerb(change.DeleteAddress), words: change.AddressWords},
		{name: "show", synopsis: "[[dev] DEV] [up]", help: "print the addresses of devices", run: sessionVerb(show.Addresses),
			operands: []iproute.Value{iproute.Device}, words: show.DeviceWords},
		{name: "lst", run: sessionVerb(show.Addresses), alias: true},
		{name: "list", run: sessionVerb(show.Addresses), alias: true},
		{name: "flush", synopsis: "[dev] DEV [to PREFIX] [scope SCOPE] [label PATTERN]", help: "take away the addresses that show would print",
			run: sessionVerb(flush.Addresses), operands: []iproute.Value{iproute.Device}, words: show.DeviceWords},
	}...)
}

func routeVerbs() []verb {
	list := []verb{
		{name: "show", synopsis: "[[to] PREFIX] [dev DEV] [table TABLE]", help: "print routes", run: sessionVerb(show.Routes), words: show.RouteWords},
		{name: "list", run: sessionVerb(show.Routes), alias: true},
		{name: "lst", run: sessionVerb(show.Routes), alias: true},
	}
	list = append(list, verb{name: "get", synopsis: "ADDR [from ADDR] [iif DEV] [oif DEV] [mark N]", help: "print the route that a packet takes",
		run: sessionVerb(show.OneRoute), words: show.OneRouteWords})
	list = append(list, verb{name: "add", synopsis: "PREFIX|default [via ADDR] [dev DEV] [src ADDR] [metric N]", help: "make a route",
		run: sessionVerb(change.AddRoute), words: change.RouteWords})
	route := "PREFIX|default [via ADDR] [dev DEV] [metric N]"
	return append(list, []verb{
		{name: "change", synopsis: route, help: "change a route", run: sessionVerb(change.ChangeRoute), words: change.RouteWords},
		{name: "chg", run: sessionVerb(change.ChangeRoute), alias: true},
		{name: "replace", synopsis: route, help: "make a route, or change it", run: sessionVerb(change.ReplaceRoute), words: change.RouteWords},
		{name: "prepend", synopsis: route, help: "make a route before others to the same destination", run: sessionVerb(change.PrependRoute), words: change.RouteWords},
		{name: "append", synopsis: route, help: "make a route after others to the same destination", run: sessionVerb(change.AppendRoute), words: change.RouteWords},
		{name: "test", synopsis: route, help: "say by a failure whether there is such a route (IPv4)", run: sessionVerb(change.TestRoute), words: change.RouteWords},
		{name: "delete", synopsis: "PREFIX|default [via ADDR] [dev DEV]", help: "take a route away", run: sessionVerb(change.DeleteRoute), words: change.RouteWords},
		{name: "flush", synopsis: "[[to] PREFIX] [dev DEV] [table TABLE] [protocol PROTOCOL]", help: "take away the routes that show would print",
			run: sessionVerb(flush.Routes), words: show.RouteWords},
	}...)
}

func neighborVerbs() []verb {
	list := []verb{
		{name: "add", synopsis: "ADDR|proxy ADDR [lladdr MAC] [nud STATE] dev DEV", help: "make an entry in the table of neighbours",
			run: sessionVerb(change.AddNeighbor), words: change.NeighborWords},
		{name: "change", synopsis: "ADDR [lladdr MAC] [nud STATE] dev DEV", help: "change an entry",
			run: sessionVerb(change.ChangeNeighbor), words: change.NeighborWords},
		{name: "chg", run: sessionVerb(change.ChangeNeighbor), alias: true},
		{name: "replace", synopsis: "ADDR [lladdr MAC] [nud STATE] dev DEV", help: "make an entry, or change it",
			run: sessionVerb(change.ReplaceNeighbor), words: change.NeighborWords},
		{name: "delete", synopsis: "ADDR|proxy ADDR dev DEV", help: "take an entry away", run: sessionVerb(change.DeleteNeighbor), words: change.NeighborWords},
		{name: "get", synopsis: "ADDR|proxy ADDR dev DEV", help: "print one entry", run: sessionVerb(show.OneNeighbor), words: show.OneNeighborWords},
		{name: "show", synopsis: "[proxy] [[to] PREFIX] [dev DEV] [nud STATE]", help: "print the table of neighbours",
			run: sessionVerb(show.Neighbors), words: show.NeighborWords},
		{name: "lst", run: sessionVerb(show.Neighbors), alias: true},
		{name: "list", run: sessionVerb(show.Neighbors), alias: true},
		{name: "flush", synopsis: "[proxy] [[to] PREFIX] [dev DEV] [nud STATE]", help: "take away the entries that show would print, except permanent ones",
			run: sessionVerb(flush.Neighbors), words: show.NeighborWords},
	}
	return list
}

func ruleVerbs() []verb {
	list := []verb{
		{name: "list", run: sessionVerb(show.Rules), synopsis: "[priority N] [from PREFIX] [to PREFIX] [iif DEV] [table TABLE]",
			help: "print the rules that choose a routing table", words: show.RuleWords},
		{name: "lst", run: sessionVerb(show.Rules), alias: true},
		{name: "show", run: sessionVerb(show.Rules), alias: true},
	}
	list = append(list, onlyIP("save", "restore")...)
	return append(list, []verb{
		{name: "add", synopsis: "[not] [from PREFIX] [to PREFIX] [fwmark MARK] [iif DEV] [priority N] [table TABLE]", help: "make a rule",
			run: sessionVerb(change.AddRule), words: change.RuleWords},
		{name: "delete", synopsis: "[not] [from PREFIX] [to PREFIX] [fwmark MARK] [iif DEV] [priority N] [table TABLE]", help: "take a rule away",
			run: sessionVerb(change.DeleteRule), words: change.RuleWords},
		{name: "flush", synopsis: "[priority N] [from PREFIX] [to PREFIX] [iif DEV] [table TABLE]", help: "take away all rules but that with priority 0",
			run: sessionVerb(flush.Rules), words: show.RuleWords},
	}...)
}

func tunTapVerbs() []verb {
	return []verb{
		{name: "add", synopsis: "[dev] DEV mode MODE [user USER] [group GROUP]", help: "make a device whose packets go to a program",
			run: sessionVerb(change.AddTunTap), words: change.TunTapWords},
		{name: "delete", synopsis: "[dev] DEV mode MODE", help: "take such a device away", run: sessionVerb(change.DeleteTunTap),
			operands: []iproute.Value{iproute.Device}, words: change.TunTapDeleteWords},
		{name: "show", help: "print such devices", run: sessionVerb(show.TunTaps)},
		{name: "lst", run: sessionVerb(show.TunTaps), alias: true},
		{name: "list", run: sessionVerb(show.TunTaps), alias: true},
	}
}
