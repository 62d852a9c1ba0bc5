package ip

import "nstools/internal/ip/session"

// A Section is a part of the manual page, and what is listed in it.
type Section struct {
	Title string
	Items []string // as one types them
}

// Reference is all that may stand on a command line, in the order of the manual page.
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
			for _, v := range o.known() {
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
	}
}
