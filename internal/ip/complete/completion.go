package complete

import (
	"slices"
	"strings"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/opt"
)

// A Command is what there is to complete.
type Command struct {
	Name    string     // by which it is called: where it is ip, it is completed as ip(8)
	Objects []Object   // in the order in which ip compares
	Connect []opt.Flag // the options of the verb connect
}

// An Object is what verbs are about, netns for one.
type Object struct {
	Name  string
	Verbs []Verb                   // in the order in which ip compares; nil for an object that only ip knows
	Find  func(word string) string // the name of the verb that a word is taken for; "" for none
}

// A Verb is one word behind an object.
type Verb struct {
	Name  string
	Alias bool // another word for the one above
	Ours  bool // we have it, and not only ip
	Own   bool // ip lacks it
	Named bool // its arguments begin with a name
}

// known are the verbs that are offered, each once.
func (o Object) known() []Verb {
	return slices.DeleteFunc(slices.Clone(o.Verbs), func(v Verb) bool { return !v.Ours || v.Alias })
}

// Script is a script for bash, zsh or fish that completes what stands on the command line
// of a command. The error is a *iproute.Failure.
func Script(shell string, c Command) (string, error) {
	command := c.Name
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
	if strings.Trim(command, letters) != "" || strings.Trim(command, "-") == "" {
		return "", iproute.Usage(`cannot complete a command named "` + command + `"`)
	}
	script, ok := map[string]string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}[shell]
	if !ok {
		return "", iproute.Usage(`no completion for "` + shell + `", only for bash, zsh and fish`)
	}
	replace := []string{"@command@", command, "@function@", "_" + strings.ReplaceAll(command, "-", "_")}
	w := completionWords(c)
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

func completionWords(c Command) wordLists {
	w := wordLists{map[string][]string{}, map[string][]string{}}
	w.objects(c)
	w.options()
	w.offered["first"] = append(w.offered["first"], w.offered["options"]...)
	w.offered["families"] = session.Families()
	w.offered["kinds"] = []string{"bridge", "dummy", "ifb", "macvlan", "macvtap", "veth", "vlan", "vxlan"}
	for _, f := range c.Connect {
		w.offered["connect"] = append(w.offered["connect"], "--"+f.Long)
		if f.Metavar != "" {
			w.meant["connect value"] = append(w.meant["connect value"], "--"+f.Long)
		}
	}
	return w
}

// objects are those with their verbs. The verbs of netns may stand without it, and come
// first then, but where the command is called ip.
func (w wordLists) objects(c Command) {
	isIP := c.Name == "ip"
	taken := func(word string) string {
		for _, o := range c.Objects {
			if o.Name == "netns" && !isIP {
				if v := o.Find(word); v != "" {
					return "verb " + v
				}
			}
		}
		for _, o := range c.Objects {
			if iproute.Matches(word, o.Name) {
				return o.Name
			}
		}
		return ""
	}
	for _, o := range c.Objects {
		known := o.known()
		if len(known) == 0 {
			continue
		}
		w.meant[o.Name] = beginnings(o.Name, o.Name, taken)
		if o.Name != "netns" || isIP {
			w.offered["first"] = append(w.offered["first"], o.Name)
		}
		w.verbs(o)
	}
	if !isIP {
		w.offered["first"] = slices.Concat(w.offered["netns"], w.offered["first"])
	}
}

// verbs are those of an object. Other words for one count as the one.
func (w wordLists) verbs(o Object) {
	name, first := "", map[string]string{}
	for _, v := range o.Verbs {
		if !v.Alias {
			name = v.Name
		}
		first[v.Name] = name
	}
	taken := func(word string) string { return first[o.Find(word)] }
	for _, v := range o.known() {
		w.offered[o.Name] = append(w.offered[o.Name], v.Name)
	}
	for _, v := range o.Verbs {
		mark := o.Name + " " + first[v.Name]
		for _, word := range beginnings(v.Name, first[v.Name], taken) {
			if slices.Contains(w.meant[mark], word) {
				continue
			}
			w.meant[mark] = append(w.meant[mark], word)
			if v.Named && !v.Own && v.Name != "delete" { // which takes several
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
