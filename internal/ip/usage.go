package ip

import (
	"strings"

	"nstools/internal/ip/session"
)

// usage returns what ip prints to standard error about an object.
func usage(name string, isIP bool, o object) string {
	var b strings.Builder
	b.WriteString("Usage:\t")
	begin := ""
	for _, word := range usageOrder(isIP, o) {
		v, _ := findVerb(o.verbs(), word)
		b.WriteString(begin + usageLine(name, isIP, o, v) + "\n")
		begin = "\t"
	}
	if o.implied {
		b.WriteString("NETNSID := auto | POSITIVE-INT\n")
	}
	return b.String()
}

// overview returns what ip prints to standard error about itself.
func overview(name string) string {
	var names, spellings []string
	for _, o := range objects() {
		if o.verbs != nil && !o.alias {
			names = append(names, o.name)
		}
	}
	for _, o := range session.OptionTable() {
		spellings = append(spellings, strings.TrimSpace(o.Spelling()+" "+o.Arg))
	}
	return "Usage: " + name + " [ OPTIONS ] OBJECT { COMMAND | help }\n" +
		"       " + name + " [ -force ] -batch FILE\n" +
		"where  OBJECT := { " + strings.Join(names, " | ") + " }\n" +
		"       OPTIONS := { " + alternatives(spellings, "\n                    ") + " }"
}

// alternatives joins words with bars, and breaks lines.
func alternatives(words []string, newline string) string {
	const width = 56
	var b strings.Builder
	at := 0
	for i, w := range words {
		before := ""
		if i > 0 {
			before = " | "
		}
		if at += len(w) + len(before); at > width {
			before = " |" + newline
			at = len(w)
		}
		b.WriteString(before + w)
	}
	return b.String()
}

// usageOrder returns the verbs in an object's usage.
func usageOrder(isIP bool, o object) []string {
	if !o.implied {
		return names(o.listed())
	}
	order := []string{"list", "add", "attach", "set", "delete", "identify", "pids", "exec", "monitor", "list-id"} // ip's order
	if isIP {
		return order
	}
	for _, v := range o.listed() {
		if v.own {
			order = append(order, v.name)
		}
	}
	return order
}

// usageLine returns what one types for a verb.
func usageLine(name string, isIP bool, o object, v verb) string {
	object := o.name + " "
	if o.implied && !isIP {
		object = ""
	}
	s := name + " " + object + v.name
	if v.all {
		s = name + " [-all] " + object + v.name
	}
	if v.synopsis != "" {
		s += " " + v.synopsis
	}
	return s
}

const column = 34

// help returns the text of --help, which goes to standard output.
func help(name string) string {
	var b strings.Builder
	b.WriteString("\nUsage:\n " + name + " [options] [netns] [verb [argument...]]\n" +
		" " + name + " [options] link|address|route|rule|neighbor|tuntap [verb [argument...]]\n " + name + " [options] -batch FILE\n\n" +
		"Network namespaces by name, and what connects them.\n")
	verbRows := func(title string, which func(object, verb) bool) {
		b.WriteString("\n" + title + "\n")
		for _, o := range objects() {
			for _, v := range o.listed() {
				if which(o, v) {
					writeRow(&b, helpLine(o, v), v.help)
				}
			}
		}
	}
	verbRows("Verbs, which may be shortened:", func(o object, v verb) bool { return o.implied && !v.own })
	verbRows("Verbs that ip(8) lacks, never shortened; each knows --help:", func(_ object, v verb) bool { return v.own })
	verbRows("What else is ip(8)'s, and may be shortened:", func(o object, _ verb) bool { return !o.implied })
	optionRows := func(title string, own bool) {
		b.WriteString("\n" + title + "\n")
		for _, x := range session.OptionTable() {
			if x.Own == own {
				writeRow(&b, strings.TrimSpace(x.Spelling()+" "+x.Arg), x.Help)
			}
		}
	}
	optionRows("Options, which may be shortened and may begin with two dashes:", false)
	optionRows("Options that ip(8) lacks, never shortened:", true)
	b.WriteString("\nFor more details see gonetns(8).\n")
	return b.String()
}

// helpLine returns what one types for a verb. It leaves out the object netns.
func helpLine(o object, v verb) string {
	words := v.name
	if !o.implied {
		words = o.name + " " + words
	}
	return strings.TrimSpace(words + " " + v.synopsis)
}

func writeRow(b *strings.Builder, left, right string) {
	left = " " + left
	b.WriteString(left)
	if len(left) > column-2 {
		b.WriteString("\n")
		left = ""
	}
	b.WriteString(strings.Repeat(" ", column-len(left)) + right + "\n")
}
