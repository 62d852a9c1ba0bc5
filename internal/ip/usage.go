package ip

import "strings"

// usage is what ip says of an object, on standard error.
func usage(o object) string {
	var b strings.Builder
	b.WriteString("Usage:\t")
	begin := ""
	for _, name := range usageOrder(o) {
		v, _ := findVerb(o.verbs(), name)
		b.WriteString(begin + line(o, v) + "\n")
		begin = "\t"
	}
	if o.name == "netns" {
		b.WriteString("NETNSID := auto | POSITIVE-INT\n")
	}
	return b.String()
}

// usageOrder are the verbs that an object's usage names.
func usageOrder(o object) []string {
	if o.name == "netns" { // as in ip's
		return []string{"list", "add", "attach", "set", "delete", "identify", "pids", "exec", "monitor", "list-id"}
	}
	var names []string
	for _, v := range o.verbs() {
		if v.run != nil && v.help != "the same" {
			names = append(names, v.name)
		}
	}
	return names
}

func line(o object, v verb) string {
	s := "ip " + o.name + " " + v.name
	if o.name == "netns" && (v.name == "exec" || v.name == "delete") {
		s = "ip [-all] netns " + v.name
	}
	if v.synopsis != "" {
		s += " " + v.synopsis
	}
	return s
}

const column = 34

// help is the text of --help, which goes to standard output.
func help(name string) string {
	var b strings.Builder
	b.WriteString("\nUsage:\n " + name + " [options] [netns] [verb [argument...]]\n " + name + " [options] -batch FILE\n\n" +
		"Network namespaces by name.\n\nVerbs, which may be shortened:\n")
	for _, v := range netnsVerbs() {
		row(&b, strings.TrimSpace(v.name+" "+v.synopsis), v.help)
	}
	b.WriteString("\nOptions, which may be shortened and may begin with two dashes:\n")
	for _, o := range table {
		if !o.own {
			row(&b, strings.TrimSpace("-"+o.name+" "+o.arg), o.help)
		}
	}
	b.WriteString("\nOptions that ip(8) lacks, never shortened:\n")
	for _, o := range table {
		if o.own {
			row(&b, strings.TrimSpace("--"+o.name+" "+o.arg), o.help)
		}
	}
	b.WriteString("\nFor more details see gonetns(8).\n")
	return b.String()
}

func row(b *strings.Builder, left, right string) {
	left = " " + left
	b.WriteString(left)
	if len(left) > column-2 {
		b.WriteString("\n")
		left = ""
	}
	b.WriteString(strings.Repeat(" ", column-len(left)) + right + "\n")
}
