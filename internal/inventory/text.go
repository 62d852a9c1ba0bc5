package inventory

import (
	"strconv"
	"strings"
	"text/tabwriter"

	"nstools/internal/diag"
)

// A Style is how tables are printed.
type Style struct {
	// Width of the terminal, in characters, where lines are cut. 0 is for files and
	// programs, which get all.
	Width int
	// Wide draws trees with the characters of Unicode for that.
	Wide bool
	// User names a user id.
	User func(uid uint32) string
}

// nothing stands in a table where there is nothing to say, so that every line has as
// many words before the last column.
const nothing = "-"

// nameMax is the width of a name on a terminal, in characters, that leaves room for the
// command.
const nameMax = 40

// Text is a table of namespaces, with trees where there are any.
func (s Style) Text(nodes []*Node) string {
	t := newTable("NS", "TYPE", "NPROCS", "PID", "USER", "NAME", "COMMAND")
	for _, n := range nodes {
		s.add(t, n, "", "")
	}
	return s.cut(t.String())
}

// add adds a namespace and those below it. The two strings are drawn before its own
// line and before those of its children.
func (s Style) add(t *table, n *Node, own, below string) {
	pid, user := nothing, nothing
	if n.First.PID != 0 {
		pid, user = strconv.Itoa(n.First.PID), s.User(n.First.UID)
	}
	t.row(own+strconv.FormatUint(n.ID, 10), n.Type(), strconv.Itoa(n.Processes), pid,
		word(user), s.name(n.Name()), plain(n.First.Command))
	branch, line, last := "|-", "| ", "`-"
	if s.Wide {
		branch, line, last = "├─", "│ ", "└─"
	}
	for i, child := range n.Children {
		if i == len(n.Children)-1 {
			branch, line = last, "  "
		}
		s.add(t, child, below+branch, below+line)
	}
}

func (s Style) name(name string) string {
	name = word(name)
	if s.Width > 0 && len(name) > nameMax {
		name = name[:nameMax-3] + "..."
	}
	return name
}

// plain is a cell with what others have chosen.
func plain(s string) string {
	if s == "" {
		return nothing
	}
	return diag.Plain(s)
}

// word is a cell of one word.
func word(s string) string { return strings.ReplaceAll(plain(s), " ", `\040`) }

// cut shortens lines to the width.
func (s Style) cut(text string) string {
	if s.Width <= 0 {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		chars := []rune(strings.TrimSuffix(line, "\n"))
		b.WriteString(string(chars[:min(len(chars), s.Width)]) + "\n")
	}
	return b.String()
}

// A table is text in columns.
type table struct {
	text strings.Builder
	w    *tabwriter.Writer
}

func newTable(heading ...string) *table {
	t := new(table)
	t.w = tabwriter.NewWriter(&t.text, 0, 0, 1, ' ', 0)
	t.row(heading...)
	return t
}

func (t *table) row(cells ...string) {
	t.w.Write([]byte(strings.Join(cells, "\t") + "\n")) // into memory, which does not fail
}

func (t *table) String() string {
	t.w.Flush() // see row
	return t.text.String()
}
