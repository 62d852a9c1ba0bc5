package ip

import (
	"nstools/internal/ip/change"
	"nstools/internal/ip/complete"
	"nstools/internal/ip/session"
)

// A Section is a section of the manual page with its items.
type Section struct {
	Title string
	Items []string // as one types them
}

// Reference returns what may stand on a command line, in the order of the manual page.
func Reference() []Section {
	options := func(own bool) (list []string) {
		for _, o := range session.OptionTable() {
			if o.Own == own {
				list = append(list, o.Spelling()+" "+o.Arg)
			}
		}
		return list
	}
	verbs := func(object string, own bool) (list []string) {
		for _, o := range objects() {
			for _, v := range o.listed() {
				if o.name == object && v.own == own {
					list = append(list, v.name+" "+v.synopsis)
				}
			}
		}
		return list
	}
	connecting := verbs("netns", true)
	for _, f := range connectTable(new(connectOptions)).Flags {
		connecting = append(connecting, "--"+f.Long+" "+f.Metavar)
	}
	return []Section{
		{"Options of ip(8)", options(false)},
		{"Options that ip(8) lacks", options(true)},
		{"Names", verbs("netns", false)},
		{"Connections, which ip(8) lacks", connecting},
		{"link", verbs("link", false)},
		{"address", verbs("address", false)},
		{"route", verbs("route", false)},
		{"rule", verbs("rule", false)},
		{"neighbor", verbs("neighbor", false)},
		{"tuntap", verbs("tuntap", false)},
	}
}

// completionCommand returns these tables as completion needs them.
func completionCommand(command string) complete.Command {
	c := complete.Command{Name: command, Connect: connectTable(new(connectOptions)).Flags, Kinds: change.Kinds()}
	main := ""
	for _, o := range objects() {
		said := complete.Object{Name: o.name, Implied: o.implied}
		if o.alias {
			said.Alias = main
		}
		main = o.name
		if o.verbs != nil {
			verbs := o.verbs()
			for _, v := range verbs {
				said.Verbs = append(said.Verbs, complete.Verb{Name: v.name, Alias: v.alias, Supported: v.run != nil, Operands: v.operands, Several: v.several})
				if v.words != nil {
					said.Words = append(said.Words, v.words()...)
				}
			}
			said.Find = func(word string) string {
				v, _ := findVerb(verbs, word)
				return v.name
			}
		}
		c.Objects = append(c.Objects, said)
	}
	return c
}
