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

// A page is what show prints: text, or JSON of the same things. Its methods append to
// the one or the other.
type printer struct {
	json    *jsontext.Writer // nil for text
	text    []byte
	lineEnd string // what ends a line within a thing
	numeric bool   // numbers, not their names
}

// printPage prints a page that f fills.
func print(s *session.Session, f func(p *printer) error) error {
	p := &printer{lineEnd: "\n", numeric: s.Opt.Numeric}
	if s.Opt.OneLine {
		p.lineEnd = `\`
	}
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

// object is an object of JSON, and no more than its content in text.
func (p *printer) object(f func()) {
	if p.json == nil {
		f()
		return
	}
	p.json.Object(f)
}

// array is an array of JSON, and no more than its content in text.
func (p *printer) array(key string, f func()) {
	if p.json == nil {
		f()
		return
	}
	p.json.Name(key)
	p.json.Array(f)
}

// string is a member, or its text between two others.
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

// yes is a member that is true, or a word.
func (p *printer) boolean(key, word string) {
	if p.json != nil {
		p.json.Name(key)
		p.json.Bool(true)
		return
	}
	p.text = append(p.text, word...)
}

// null is a member without a value, or a word.
func (p *printer) null(key, word string) {
	if p.json != nil {
		p.json.Name(key)
		p.json.Null()
		return
	}
	p.text = append(p.text, word...)
}

// onlyJSON tells which of the two it is, for members that text lacks.
func (p *printer) isJSON() bool { return p.json != nil }

// named is the name of a number, unless numbers are asked for.
func (p *printer) named(n iproute.NumberNames, code uint32) string {
	if p.numeric {
		return strconv.FormatUint(uint64(code), 10)
	}
	return n.Name(code)
}

// words are in text alone.
func (p *printer) textOnly(s string) {
	if p.json == nil {
		p.text = append(p.text, s...)
	}
}

// next begins another line of the same thing.
func (p *printer) newline(indent string) { p.textOnly(p.lineEnd); p.textOnly(indent) }

// column pads text with blanks that was begun at start, and ends it with one.
func (p *printer) column(start, width int) {
	if p.json != nil {
		return
	}
	for len(p.text) < start+width {
		p.text = append(p.text, ' ')
	}
	p.text = append(p.text, ' ')
}

// onlyPlain refuses what is printed by ip(8) only.
func refuseUnsupported(s *session.Session) error {
	what := ""
	switch {
	case s.Opt.Details:
		what = "details (-details)"
	case s.Opt.Stats:
		what = "statistics (-statistics)"
	case (s.Opt.Resolve || wantsColor(s)) && s.IsIP && s.NextIPFor(s.Argv).Path != "": // without it plain text has to do
		what = "colours and names of hosts"
	default:
		return nil
	}
	return iproute.Fail("gonetns does not print " + what).MayBeIP()
}

// lacking is for what we cannot print of something. Another ip prints it; without one,
// what is known is printed, and it is said what is not.
func reportMissing(s *session.Session, of string, parts []string) error {
	if s.IsIP && s.NextIPFor(s.Argv).Path != "" {
		return iproute.Fail("gonetns does not print all of " + of).MayBeIP()
	}
	_, err := io.WriteString(s.Stderr, s.Name+": "+of+": not shown: "+strings.Join(parts, ", ")+"\n")
	return err
}

// inColor tells whether ip(8) would print colours.
func wantsColor(s *session.Session) bool {
	if s.Opt.Color == "auto" {
		return terminal.Is(unix.Stdout) && !s.Opt.JSON
	}
	return s.Opt.Color == "always" && !s.Opt.JSON
}
