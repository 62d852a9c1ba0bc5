package inventory

import (
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"nstools/internal/quote"
)

// A Style is how tables are printed.
type Style struct {
	// Width of the terminal, in characters, where lines are cut. Files and programs have 0,
	// and get all.
	Width int
	// Wide draws trees with the line characters of Unicode.
	Wide bool
	// User returns the name of a user id.
	User func(uid uint32) string
}

// emptyCell fills an empty cell, so that every line has as many words before the last
// column.
const emptyCell = "-"

// Of a terminal's width, in characters, COMMAND keeps as much as lsns(8) keeps for it, if a
// command is as long. NAME keeps enough to tell names apart.
const (
	commandKeeps = 20
	nameKeeps    = 10
	nameMax      = 40 // the length to which names are cut for a command
)

// The columns after USER.
const (
	nameColumn = 5 + iota
	commandColumn
)

// Text returns a table of namespaces, with trees where there are any.
func (s Style) Text(nodes []*Node) string {
	t := newTable("NS", "TYPE", "NPROCS", "PID", "USER", "NAME", "COMMAND")
	for _, n := range nodes {
		s.add(t, n, "", "")
	}
	if s.Width > 0 {
		width := s.nameWidth(t)
		for _, row := range t.rows {
			row[nameColumn] = cutMiddle(row[nameColumn], width)
		}
	}
	return s.cut(t.String())
}

// nameWidth returns the part of the terminal's width for names, in characters.
func (s Style) nameWidth(t *table) int {
	left := s.Width - 1 // before COMMAND
	for column := range nameColumn {
		left -= t.width(column) + 1
	}
	command := t.width(commandColumn)
	return max(left-command, min(left-min(command, commandKeeps), nameMax), nameKeeps)
}

// cutMiddle shortens a name in its middle to the width, in characters. Its beginning tells
// the kind, and its end tells it apart.
func cutMiddle(name string, width int) string {
	const gap = "..."
	chars := []rune(name)
	if len(chars) <= width {
		return name
	}
	end := (width - len(gap)) / 2
	return string(chars[:width-len(gap)-end]) + gap + string(chars[len(chars)-end:])
}

// add adds a namespace and its children. The two strings are drawn before its own line and
// before its children's.
func (s Style) add(t *table, n *Node, own, below string) {
	pid, user := emptyCell, emptyCell
	if n.First.PID != 0 {
		pid, user = strconv.Itoa(n.First.PID), s.User(n.First.UID)
	}
	t.row(own+strconv.FormatUint(n.ID, 10), n.Type(), strconv.Itoa(n.Processes), pid,
		wordCell(user), wordCell(n.Name()), cell(n.First.Command))
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

// cell returns a cell with text that other users have chosen.
func cell(s string) string {
	if s == "" {
		return emptyCell
	}
	return quote.Plain(s)
}

// wordCell returns a cell of one word.
func wordCell(s string) string { return strings.ReplaceAll(cell(s), " ", `\040`) }

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
type table struct{ rows [][]string }

func newTable(heading ...string) *table { return &table{[][]string{heading}} }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// width returns the width of the longest cell in a column, in characters.
func (t *table) width(column int) int {
	longest := 0
	for _, row := range t.rows {
		longest = max(longest, utf8.RuneCountInString(row[column]))
	}
	return longest
}

func (t *table) String() string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 1, ' ', 0)
	for _, row := range t.rows {
		w.Write([]byte(strings.Join(row, "\t") + "\n")) // into memory, which does not fail
	}
	w.Flush()
	return text.String()
}
