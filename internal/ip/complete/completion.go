package complete

import (
	"slices"
	"strings"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/opt"
)

// A Command is a command line to complete.
type Command struct {
	Name    string     // name of the program; ip is completed as ip(8)
	Objects []Object   // in the order in which ip compares
	Connect []opt.Flag // options of the verb connect
	Kinds   []string   // kinds of devices
}

// An Object is what verbs are about, such as netns.
type Object struct {
	Name    string
	Alias   string                   // the object that it is another word for; "" for none
	Verbs   []Verb                   // in the order in which ip compares; nil if only ip has them
	Find    func(word string) string // returns the name of the verb that a word means; "" for none
	Implied bool                     // its verbs may stand without it, unless the program is called ip
	Words   []iproute.Word           // the grammars of its verbs
}

// A Verb is one word behind an object.
type Verb struct {
	Name      string
	Alias     bool            // another word for the verb above
	Supported bool            // this program has it, not only ip
	Operands  []iproute.Value // what its first arguments name
	Several   bool            // the last operand may be repeated
}

// takes returns what the argument with an index names, counted from 0.
func (v Verb) takes(index int) iproute.Value {
	switch {
	case index < len(v.Operands):
		return v.Operands[index]
	case v.Several:
		return v.Operands[len(v.Operands)-1]
	}
	return iproute.AnyValue
}

// listed returns the verbs that are offered, each once.
func (o Object) listed() []Verb {
	return slices.DeleteFunc(slices.Clone(o.Verbs), func(v Verb) bool { return !v.Supported || v.Alias })
}

// Script returns the script with which bash, zsh or fish completes a command. The error is a
// *iproute.Failure.
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
	for mark, words := range w.patterns {
		replace = append(replace, "@"+mark+"?@", strings.Join(words, "|"))
	}
	return strings.NewReplacer(replace...).Replace(expandObjects(script, c.Objects)), nil
}

// expandObjects repeats the lines of a script with the mark of an object, for each object
// whose name has to be written.
func expandObjects(script string, objects []Object) string {
	var b strings.Builder
	for line := range strings.Lines(script) {
		if !strings.Contains(line, "@object") {
			b.WriteString(line)
			continue
		}
		for _, o := range objects {
			if len(o.listed()) > 0 && !o.Implied && o.Alias == "" {
				b.WriteString(strings.NewReplacer("@object@", o.Name, "@object?@", "@"+o.Name+"?@", "@object verbs@", "@"+o.Name+"@").Replace(line))
			}
		}
	}
	return b.String()
}

// wordLists are the words that a script offers, and the patterns that it compares with: words
// with all their abbreviations.
type wordLists struct{ offered, patterns map[string][]string }

func completionWords(c Command) wordLists {
	w := wordLists{map[string][]string{}, map[string][]string{}}
	w.objects(c)
	w.options()
	w.offered["first"] = append(w.offered["first"], w.offered["options"]...)
	w.offered["families"] = session.Families()
	w.offered["kinds"] = c.Kinds
	for _, f := range c.Connect {
		w.offered["connect"] = append(w.offered["connect"], "--"+f.Long)
		if f.Metavar != "" {
			w.patterns["connect value"] = append(w.patterns["connect value"], "--"+f.Long)
		}
	}
	return w
}

// objects adds the objects and their verbs. The verbs of netns may stand without it and come
// first, unless the program is called ip.
func (w wordLists) objects(c Command) {
	isIP := c.Name == "ip"
	taken := func(word string) string {
		for _, o := range c.Objects {
			if o.Implied && !isIP {
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
		listed := o.listed()
		if len(listed) == 0 {
			continue
		}
		if o.Alias != "" {
			w.patterns[o.Alias] = append(w.patterns[o.Alias], beginnings(o.Name, o.Name, taken)...)
			continue
		}
		w.patterns[o.Name] = beginnings(o.Name, o.Name, taken)
		if !o.Implied || isIP {
			w.offered["first"] = append(w.offered["first"], o.Name)
		}
		w.verbs(o)
		w.values(o)
	}
	if !isIP {
		w.offered["first"] = slices.Concat(w.offered["netns"], w.offered["first"])
	}
}

// values adds the words of an object whose values can be offered.
func (w wordLists) values(o Object) {
	behind := [...]string{iproute.Device: "device behind", iproute.Namespace: "name behind", iproute.LinkKind: "kind behind"}
	for _, word := range o.Words {
		if word.Value != iproute.AnyValue {
			w.addPattern(behind[word.Value], o.Name+":"+word.Name)
		}
	}
}

// addPattern adds a word to a pattern, once.
func (w wordLists) addPattern(mark, word string) {
	if !slices.Contains(w.patterns[mark], word) {
		w.patterns[mark] = append(w.patterns[mark], word)
	}
}

// verbs adds the verbs of an object. Aliases count as their verb.
func (w wordLists) verbs(o Object) {
	var main Verb
	first := map[string]string{}
	for _, v := range o.Verbs {
		if !v.Alias {
			main = v
		}
		first[v.Name] = main.Name
	}
	taken := func(word string) string { return first[o.Find(word)] }
	for _, v := range o.listed() {
		w.offered[o.Name] = append(w.offered[o.Name], v.Name)
	}
	for _, v := range o.Verbs {
		if !v.Alias {
			main = v
		}
		for _, word := range beginnings(v.Name, main.Name, taken) {
			w.operands(o, main, word)
		}
	}
}

// operands adds a word for a verb to the patterns of what the verb takes.
func (w wordLists) operands(o Object, v Verb, word string) {
	switch v.takes(0) {
	case iproute.Device:
		w.addPattern("device first", o.Name+":"+word)
	case iproute.Endpoint:
		w.addPattern("ends", word)
	case iproute.Namespace:
		mark := "name first"
		if v.Several {
			mark = "names"
		}
		w.addPattern(mark, word)
	}
	if v.takes(1) == iproute.Command {
		w.addPattern("name and command", word)
	}
}

// options adds the options in front of the object, and a pattern for those with a value.
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
		w.patterns["-"+o.Name] = words
		w.patterns["valued"] = append(w.patterns["valued"], words...)
	}
}

// beginnings returns the abbreviations of a word that mean a thing.
func beginnings(word, thing string, taken func(string) string) []string {
	var list []string
	for n := 1; n <= len(word); n++ {
		if taken(word[:n]) == thing {
			list = append(list, word[:n])
		}
	}
	return list
}
