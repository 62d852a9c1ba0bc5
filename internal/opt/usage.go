package opt

import (
	"cmp"
	"slices"
	"strings"
)

// helpColumn is how many characters precede the help of an option.
const helpColumn = 27

// Usage returns the text of --help in the layout of util-linux; name is the program's name.
func (t *Table) Usage(name string) string {
	var b strings.Builder
	b.WriteString("\nUsage:\n")
	for form := range strings.SplitSeq(t.Synopsis, "\n") {
		b.WriteString(" " + name + " " + form + "\n")
	}
	b.WriteString("\n" + t.About + "\n")
	writeOptions(&b, "Options:", t.rows(false))
	writeOptions(&b, t.OwnTitle, t.rows(true))
	b.WriteString("\nFor more details see " + t.Manual + ".\n")
	return b.String()
}

// rows returns the options whose Own has the value given, group by group.
func (t *Table) rows(own bool) []*Flag {
	var rows []*Flag
	for i := range t.Flags {
		if t.Flags[i].Own == own {
			rows = append(rows, &t.Flags[i])
		}
	}
	slices.SortStableFunc(rows, func(a, b *Flag) int { return cmp.Compare(a.Group, b.Group) })
	return rows
}

// writeOptions writes a title and the rows below it, or nothing if there are none.
func writeOptions(b *strings.Builder, title string, rows []*Flag) {
	if len(rows) == 0 {
		return
	}
	b.WriteString("\n" + title + "\n")
	for i, flag := range rows {
		if i > 0 && flag.Group != rows[i-1].Group {
			b.WriteString("\n")
		}
		writeOption(b, flag)
	}
}

// writeOption writes one option. Two blanks at least keep its help apart; where
// they do not fit, the help begins on the next line.
func writeOption(b *strings.Builder, flag *Flag) {
	indent := strings.Repeat(" ", helpColumn)
	left := flag.signature()
	b.WriteString(left)
	if gap := helpColumn - len(left); gap >= 2 {
		b.WriteString(indent[:gap])
	} else {
		b.WriteString("\n" + indent)
	}
	b.WriteString(strings.ReplaceAll(flag.Help, "\n", "\n"+indent))
	b.WriteString("\n")
}

// signature returns an option's spelling in the help: " -m, --mount[=<file>]".
func (f *Flag) signature() string {
	s := " "
	if f.Short != 0 {
		s += "-" + string(rune(f.Short)) + ", "
	}
	s += "--" + f.Long
	value := f.Metavar
	if !strings.ContainsAny(value, "|<:") {
		value = "<" + value + ">"
	}
	switch f.Arg {
	case Required:
		s += " " + value
	case Optional:
		s += "[=" + value + "]"
	}
	return s
}
