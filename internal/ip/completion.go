package ip

import (
	"slices"
	"strings"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
)

// completion is a script that completes what stands on the command line of a command.
func completion(shell, command string) (string, error) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
	if strings.Trim(command, letters) != "" || strings.Trim(command, "-") == "" {
		return "", iproute.Usage(`cannot complete a command named "` + command + `"`)
	}
	script, ok := map[string]string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}[shell]
	if !ok {
		return "", iproute.Usage(`no completion for "` + shell + `", only for bash, zsh and fish`)
	}
	replace := []string{"@command@", command, "@function@", "_" + strings.ReplaceAll(command, "-", "_")}
	w := completionWords(command == "ip")
	for mark, words := range w.offered {
		replace = append(replace, "@"+mark+"@", strings.Join(words, " "))
	}
	for mark, words := range w.meant {
		replace = append(replace, "@"+mark+"?@", strings.Join(words, "|"))
	}
	return strings.NewReplacer(replace...).Replace(script), nil
}

// wordLists are what a script offers, and the words that are taken for something, with
// all that it may be shortened to.
type wordLists struct{ offered, meant map[string][]string }

func completionWords(isIP bool) wordLists {
	w := wordLists{map[string][]string{}, map[string][]string{}}
	w.objects(isIP)
	w.options()
	w.offered["first"] = append(w.offered["first"], w.offered["options"]...)
	w.offered["families"] = session.Families()
	w.offered["kinds"] = []string{"bridge", "dummy", "ifb", "macvlan", "macvtap", "veth", "vlan", "vxlan"}
	for _, f := range connectTable(new(connectOptions)).Flags {
		w.offered["connect"] = append(w.offered["connect"], "--"+f.Long)
		if f.Metavar != "" {
			w.meant["connect value"] = append(w.meant["connect value"], "--"+f.Long)
		}
	}
	return w
}

// objects are those with their verbs. The verbs of netns may stand without it, and come
// first then, but where the command is called ip.
func (w wordLists) objects(isIP bool) {
	taken := func(word string) string {
		if v, ok := findVerb(netnsVerbs(), word); ok && !isIP {
			return "verb " + v.name
		}
		for _, o := range objects() {
			if iproute.Matches(word, o.name) {
				return o.name
			}
		}
		return ""
	}
	for _, o := range objects() {
		known := o.known()
		if len(known) == 0 {
			continue
		}
		w.meant[o.name] = beginnings(o.name, o.name, taken)
		if o.name != "netns" || isIP {
			w.offered["first"] = append(w.offered["first"], o.name)
		}
		w.verbs(o)
	}
	if !isIP {
		w.offered["first"] = slices.Concat(w.offered["netns"], w.offered["first"])
	}
}

// verbs are those of an object. Other words for one count as the one.
func (w wordLists) verbs(o object) {
	name, first := "", map[string]string{}
	for _, v := range o.verbs() {
		if !v.alias {
			name = v.name
		}
		first[v.name] = name
	}
	taken := func(word string) string {
		v, _ := findVerb(o.verbs(), word)
		return first[v.name]
	}
	for _, v := range o.known() {
		w.offered[o.name] = append(w.offered[o.name], v.name)
	}
	for _, v := range o.verbs() {
		mark := o.name + " " + first[v.name]
		for _, word := range beginnings(v.name, first[v.name], taken) {
			if slices.Contains(w.meant[mark], word) {
				continue
			}
			w.meant[mark] = append(w.meant[mark], word)
			if v.names && !v.own && v.name != "delete" { // which takes several
				w.meant["named"] = append(w.meant["named"], word)
			}
		}
	}
}

// options are those in front of the object, and which of them have values.
func (w wordLists) options() {
	taken := func(word string) string {
		o, _, _, err := session.FindOption(word)
		if err != nil {
			return ""
		}
		return o.Name
	}
	for _, o := range session.OptionTable() {
		w.offered["options"] = append(w.offered["options"], o.Spelling())
		if o.Arg == "" {
			continue
		}
		words := beginnings("--"+o.Name, o.Name, taken)
		if !o.Own {
			words = append(words, beginnings("-"+o.Name, o.Name, taken)...)
		}
		w.meant["-"+o.Name] = words
		w.meant["valued"] = append(w.meant["valued"], words...)
	}
}

// beginnings are those of a word that are taken for a thing.
func beginnings(word, thing string, taken func(string) string) []string {
	var list []string
	for n := 1; n <= len(word); n++ {
		if taken(word[:n]) == thing {
			list = append(list, word[:n])
		}
	}
	return list
}
