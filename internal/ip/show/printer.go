package show

import (
	"io"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/jsontext"
	"nstools/internal/terminal"
)

// A printer collects what show prints: text, or the same as JSON. Its methods append to one of
// the two.
type printer struct {
	json    *jsontext.Writer // nil for text
	text    []byte
	lineEnd string                         // what ends a line within an item
	numeric bool                           // numbers, not their names
	names   map[string]iproute.NumberNames // by file, which is read once
}

// newPrinter returns a printer of text.
func newPrinter(s *session.Session) *printer {
	p := &printer{lineEnd: "\n", numeric: s.Opt.Numeric}
	if s.Opt.OneLine {
		p.lineEnd = `\`
	}
	return p
}

// printOutput prints what f appends.
func printOutput(s *session.Session, f func(p *printer) error) error {
	p := newPrinter(s)
	var err error
	if !s.Opt.JSON {
		if err = f(p); err == nil {
			err = s.Print(string(p.text))
		}
		return err
	}
	p.json = jsontext.New(s.Opt.Pretty)
	p.json.Array(func() { err = f(p) })
	if err == nil {
		err = s.Print(string(p.json.Bytes()))
	}
	return err
}

// printText prints what f appends as text, also with -json: ip prints what it flushes so.
func printText(s *session.Session, f func(p *printer)) error {
	p := newPrinter(s)
	f(p)
	return s.Print(string(p.text))
}

// PrintNothing prints an empty list of JSON, and no text.
func PrintNothing(s *session.Session) error {
	return printOutput(s, func(*printer) error { return nil })
}

// object begins an object of JSON. Text has only its content.
func (p *printer) object(f func()) {
	if p.json == nil {
		f()
		return
	}
	p.json.Object(f)
}

// array begins an array of JSON. Text has only its content.
func (p *printer) array(key string, f func()) {
	if p.json == nil {
		f()
		return
	}
	p.json.Name(key)
	p.json.Array(f)
}

// string prints a member, or its text between two others.
func (p *printer) string(key, before, value, after string) {
	if p.json != nil {
		p.json.Name(key)
		p.json.String(value)
		return
	}
	p.text = append(append(append(p.text, before...), value...), after...)
}

func (p *printer) int(key, before string, value int64, after string) {
	if p.json != nil {
		p.json.Name(key)
		p.json.Int(value)
		return
	}
	p.text = append(strconv.AppendInt(append(p.text, before...), value, 10), after...)
}

func (p *printer) uint64(key, before string, value uint64, after string) {
	if p.json != nil {
		p.json.Name(key)
		p.json.Uint(value)
		return
	}
	p.text = append(strconv.AppendUint(append(p.text, before...), value, 10), after...)
}

// boolean prints a member that is true, or a word.
func (p *printer) boolean(key, word string) {
	if p.json != nil {
		p.json.Name(key)
		p.json.Bool(true)
		return
	}
	p.text = append(p.text, word...)
}

// null prints a member without a value, or a word.
func (p *printer) null(key, word string) {
	if p.json != nil {
		p.json.Name(key)
		p.json.Null()
		return
	}
	p.text = append(p.text, word...)
}

// element prints a word of an array, with a blank behind it in text.
func (p *printer) element(word string) {
	if p.json != nil {
		p.json.String(word)
		return
	}
	p.text = append(append(p.text, word...), ' ')
}

// isJSON reports whether JSON is printed, for members that text lacks.
func (p *printer) isJSON() bool { return p.json != nil }

// named returns the name of a number, or with -N the number.
func (p *printer) named(n iproute.NumberNames, code uint32) string {
	if p.numeric {
		return strconv.FormatUint(uint64(code), 10)
	}
	loaded, ok := p.names[n.File()]
	if !ok {
		loaded = n.Load()
		if p.names == nil {
			p.names = make(map[string]iproute.NumberNames)
		}
		p.names[n.File()] = loaded
	}
	return loaded.Name(code)
}

// textOnly prints what JSON lacks.
func (p *printer) textOnly(s string) {
	if p.json == nil {
		p.text = append(p.text, s...)
	}
}

// newline begins another line of the same item.
func (p *printer) newline(indent string) { p.textOnly(p.lineEnd); p.textOnly(indent) }

// column pads text that began at start with blanks, and ends it with one.
func (p *printer) column(start, width int) {
	if p.json != nil {
		return
	}
	for len(p.text) < start+width {
		p.text = append(p.text, ' ')
	}
	p.text = append(p.text, ' ')
}

// refuseUnsupported refuses options whose output only ip(8) prints.
func refuseUnsupported(s *session.Session) error {
	what := ""
	switch {
	case s.Opt.Details:
		what = "details (-details)"
	case s.Opt.Stats > 0:
		what = "statistics (-statistics)"
	default:
		return refuseColors(s)
	}
	return iproute.Fail("gonetns does not print " + what).MayBeIP()
}

// refuseColors refuses colours and names of hosts. Without another ip, plain text is printed.
func refuseColors(s *session.Session) error {
	if (s.Opt.Resolve || wantsColor(s)) && s.IsIP && s.NextIPFor(s.Argv).Path != "" {
		return iproute.Fail("gonetns does not print colours and names of hosts").MayBeIP()
	}
	return nil
}

// reportMissing is called for parts that this program cannot print. Another ip prints them.
// Without one the rest is printed, and a message lists them.
func reportMissing(s *session.Session, of string, parts []string) error {
	if s.IsIP && s.NextIPFor(s.Argv).Path != "" {
		return iproute.Fail("gonetns does not print all of " + of).MayBeIP()
	}
	_, err := io.WriteString(s.Stderr, s.Name+": "+of+": not shown: "+strings.Join(parts, ", ")+"\n")
	return err
}

// wantsColor reports whether ip(8) would print colours.
func wantsColor(s *session.Session) bool {
	if s.Opt.Color == "auto" {
		return terminal.Is(unix.Stdout) && !s.Opt.JSON
	}
	return s.Opt.Color == "always" && !s.Opt.JSON
}
