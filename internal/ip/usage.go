package ip

import "strings"

// usage is the text of ip netns help, which goes to standard error.
func usage() string {
	var b strings.Builder
	b.WriteString("Usage:\t")
	for i, name := range [...]string{"list", "add", "attach", "set", "delete", "identify", "pids", "exec", "monitor", "list-id"} {
		if i > 0 {
			b.WriteString("\t")
		}
		for _, v := range verbs() {
			if v.name == name {
				b.WriteString(line(v) + "\n")
			}
		}
	}
	b.WriteString("NETNSID := auto | POSITIVE-INT\n")
	return b.String()
}

func line(v verb) string {
	s := "ip netns " + v.name
	switch v.name {
	case "exec", "delete":
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
	for _, v := range verbs() {
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
