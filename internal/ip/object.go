package ip

import (
	"errors"

	"nstools/internal/iproute"
	"nstools/internal/netns"
)

// command carries out the words behind the options, or on a line of a batch. Without an object
// they are about netns, unless this program is called ip.
func (r *run) command(words []string) error {
	if !r.IsIP {
		if v, ok := findVerb(netnsVerbs(), words[0]); ok {
			if err := r.checkName(v, words[1:]); err != nil {
				return err
			}
			return r.runVerb(v, words[1:])
		}
	}
	for _, o := range objects() {
		if iproute.Matches(words[0], o.name) {
			if o.verbs == nil {
				break
			}
			return r.runObject(o, words)
		}
	}
	if iproute.Matches(words[0], "help") {
		return r.orNextIP(iproute.Usage(overview(r.Name)), words...)
	}
	unknown := iproute.Fail(`Object "` + words[0] + `" is unknown, try "ip help".`)
	return r.orNextIP(r.withSuggestion(unknown, "", words[0], r.firstWords()), words...)
}

// runObject carries out a verb of an object. Verbs and words that only ip knows are handed
// over.
func (r *run) runObject(o object, words []string) error {
	word := "show"
	args := words[1:]
	if len(args) > 0 {
		word, args = args[0], args[1:]
	}
	v, ok := findVerb(o.verbs(), word)
	if o.implied {
		if err := r.checkName(v, args); err != nil {
			return err
		}
	}
	if len(args) == 1 && args[0] == "help" && ok && !o.implied && !r.IsIP {
		return r.usageOf(o) // as ip's help suggests
	}
	switch {
	case ok && v.run != nil:
		err := r.runVerb(v, args)
		f := (*iproute.Failure)(nil)
		switch {
		case !errors.As(err, &f):
			return err
		case f.WantUsage:
			return r.usageOf(o)
		case f.IPMayKnow:
			return r.orNextIP(err, words...)
		}
		return err
	case o.implied:
		return r.withSuggestion(iproute.Unknown(o.name, word), "", word, names(o.listed()))
	case !ok && iproute.Matches(word, "help"):
		return r.orNextIP(r.usageOf(o), words...)
	}
	said := o.name
	if o.inMessages != "" {
		said = o.inMessages
	}
	return r.orNextIP(r.withSuggestion(iproute.Unknown(said, word), said+" ", word, names(o.listed())), words...)
}

func names(verbs []verb) []string {
	var list []string
	for _, v := range verbs {
		list = append(list, v.name)
	}
	return list
}

// checkName checks the word behind a verb of netns. Like ip it does so for any verb, even for
// an unknown one. With -all no name follows.
func (r *run) checkName(v verb, args []string) error {
	if r.Opt.All || v.own || len(args) == 0 {
		return nil
	}
	return netns.Check(args[0])
}

// runVerb runs a verb. With --explain it refuses verbs that cannot be explained.
func (r *run) runVerb(v verb, args []string) error {
	if r.Opt.Explain != "" && !v.explains {
		return iproute.Usage("--explain is for exec and connect")
	}
	return v.run(r, args)
}

// findVerb returns the first verb that a word matches.
func findVerb(verbs []verb, word string) (verb, bool) {
	for _, v := range verbs {
		if word == v.name || !v.own && iproute.Matches(word, v.name) {
			return v, true
		}
	}
	return verb{}, false
}
