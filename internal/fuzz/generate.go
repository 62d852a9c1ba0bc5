package main

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// A generator makes up commands. It ignores their results, so that a seed makes the same
// commands everywhere.
type generator struct {
	*rand.Rand
	made  int
	topic string // most commands are about this object; "" for none
}

func newGenerator(seed uint64, session int, topic string) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, uint64(session))), topic: topic}
}

// of returns one of several words with blanks between them. It prefers the first ones, which
// are right, to the last ones, which are wrong.
func (g *generator) of(words string) string {
	list := strings.Fields(words)
	at := g.IntN(len(list))
	if g.chance(70) {
		at = min(at, g.IntN(len(list)))
	}
	return word(list[at])
}

// any returns one of several words, all equally often.
func (g *generator) any(words string) string {
	list := strings.Fields(words)
	return word(list[g.IntN(len(list))])
}

// word returns a word of a list, in which ” stands for the empty word.
func word(w string) string {
	if w == "''" {
		return ""
	}
	return w
}

// phrase returns one of several groups of words, with commas between the words.
func (g *generator) phrase(groups string) []string {
	words := strings.Split(g.any(groups), ",")
	for i := range words {
		words[i] = word(words[i])
	}
	return words
}

// chance returns true that many times of a hundred.
func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

// sometimes returns the words of f, or none.
func (g *generator) sometimes(percent int, f func() []string) []string {
	if g.chance(percent) {
		return f()
	}
	return nil
}

// foundingCommands is how many commands of a session are right, so that later ones find
// devices and names.
const foundingCommands = 8

// next returns another command.
func (g *generator) next() command {
	g.made++
	if g.made <= foundingCommands {
		return command{Words: g.founding(g.made - 1)}
	}
	if g.chance(6) {
		return g.batch()
	}
	c := g.line()
	options, reads := g.options(c.Reads)
	c.Words, c.Reads = append(options, c.Words...), reads
	return c
}

// founding returns a command that makes the first names, devices or addresses.
func (g *generator) founding(n int) []string {
	return g.phrase([foundingCommands]string{
		"netns,add,a",
		"link,add,v0,type,veth,peer,name,v1",
		"link,set,v0,up",
		"link,set,v1,up",
		"address,add,10.0.0.1/24,dev,v0",
		"link,add,p0,type,veth,peer,name,p1,netns,a link,add,br0,type,bridge address,add,fd00::1/64,dev,v0",
		"netns,add,b",
		"link,set,lo,up",
	}[n])
}

// line returns what stands behind the options, sometimes with a mistake.
func (g *generator) line() command {
	words, reads := g.about()
	for g.chance(18) {
		words = g.mistake(words)
		reads = false
	}
	if len(words) == 0 {
		words = []string{"link"}
	}
	if isProxy(words) {
		words = append(words, "dev", "lo")
	}
	return command{Words: words, Reads: reads}
}

// isProxy reports whether words may make a proxy for a neighbour without a device. Linux keeps
// such a proxy when its namespace ends, and a later namespace may have it.
func isProxy(words []string) bool {
	proxy := slices.ContainsFunc(words, func(w string) bool { return w != "" && strings.HasPrefix("proxy", w) })
	return proxy && !slices.Contains(words, "dev")
}

// about returns a line without a mistake, though what it names may be missing.
func (g *generator) about() (words []string, reads bool) {
	if about, ok := map[string]func() ([]string, bool){"neigh": g.neigh, "rule": g.rule, "tuntap": g.tuntap, "addr": g.anyAddress, "route": g.anyRoute}[g.topic]; ok && g.chance(70) {
		return about()
	}
	switch n := g.IntN(100); {
	case n < 13:
		return g.addLink(), false
	case n < 28:
		return g.setLink(), false
	case n < 33:
		return g.deleteLink(), false
	case n < 41:
		return g.showLink(), true
	case n < 50:
		return g.changeAddress(), false
	case n < 52:
		return g.flushAddress(), false
	case n < 60:
		return g.showAddress(), true
	case n < 70:
		return g.changeRoute(), false
	case n < 72:
		return g.flushRoute(), false
	case n < 78:
		return g.showRoute(), true
	case n < 80:
		return g.getRoute(), true
	case n < 88:
		return g.netns()
	case n < 94:
		return g.neigh()
	case n < 97:
		return g.rule()
	case n < 99:
		return g.tuntap()
	}
	return g.other()
}

// batch returns several lines for one process, with comments and continued lines.
func (g *generator) batch() command {
	var b strings.Builder
	for range 1 + g.IntN(7) {
		words := g.line().Words
		for i, w := range words {
			switch {
			case w == "" || strings.ContainsAny(w, " \\#"):
				words[i] = "'" + strings.ReplaceAll(w, "'", "") + "'"
			case i > 0 && g.chance(2):
				words[i] = "\\\n" + w
			}
		}
		b.WriteString(strings.Join(words, g.any("_ _ _ _ _ __")))
		if g.chance(5) {
			b.WriteString("_#_a_comment")
		}
		b.WriteString("\n")
		if g.chance(5) {
			b.WriteString(g.any("# #_link_add \\n _") + "\n")
		}
	}
	stdin := strings.ReplaceAll(strings.ReplaceAll(b.String(), "\\n", ""), "_", " ")
	options, _ := g.options(false)
	if g.chance(40) {
		options = append(options, g.of("-force -fo --force"))
	}
	return command{Words: append(options, g.of("-b -batch -bat"), "-"), Stdin: stdin}
}

// options returns options for the front of a command.
func (g *generator) options(read bool) (words []string, reads bool) {
	percent := 12
	if read {
		percent = 55
	}
	for g.chance(percent) {
		words = append(words, g.phrase("-j -j -j -d -d -o -o -br -br -4 -4 -6 -6 -0 -j,-p -N -s -n,a -n,a -n,b -n,c -json -details -oneline -brief -br,-j"+
			" -family,inet -family,inet6 -family,link -family,foo -f,inet -netns,a -net,b --json -j,-d -p -all -a -force -c=never -color=auto -r -iec -h -t"+
			" -l,5 -rc,4096 -n,nosuch -n,'' -n,a/b -foo -x -- - -jx -n -s,-s -B -M")...)
		percent = percent * 2 / 3
	}
	return words, read
}

// mistake makes one mistake: a word is missing, repeated, cut, wrong or misplaced.
func (g *generator) mistake(words []string) []string {
	if len(words) == 0 {
		return words
	}
	words = append([]string(nil), words...)
	i := g.IntN(len(words))
	switch g.IntN(8) {
	case 0:
		return append(words[:i], words[i+1:]...)
	case 1:
		return append(words[:i+1], words[i:]...)
	case 2:
		j := g.IntN(len(words))
		words[i], words[j] = words[j], words[i]
	case 3, 4:
		if w := words[i]; len(w) > 1 {
			words[i] = w[:1+g.IntN(len(w)-1)]
		}
	case 5:
		words[i] = g.wrong()
	case 6:
		return append(words[:i], append([]string{g.wrong()}, words[i:]...)...)
	case 7:
		return words[:i]
	}
	return words
}

// wrong returns a word that may stand where it is unexpected.
func (g *generator) wrong() string {
	return g.any("foo '' 0 1 -1 77 0x10 256 99999999999 on off up down dev name type via to table all default any a/b . .. -x -- help lo a v0 10.0.0.1/24 10.0.0.0/8 fd00::1" +
		" 300.0.0.1 10.0.0.1/33 fd00::1/129 02:00:00:00:00:07 averyveryverylongname if3 local host permanent dynamic nomaster master group mtu address metric" +
		" scope proto netns peer label brd link secondary tentative xdp vf state PROCESS")
}
