package inventory

import (
	"strings"

	"nstools/internal/jsontext"
)

// JSON returns an object with the namespaces, nested in trees, and the number of hidden
// processes. Its keys are those of lsns(8), with a few more.
func (s Style) JSON(nodes []*Node, hidden int) string {
	return document(hidden, func(j *jsontext.Writer) {
		for _, n := range nodes {
			s.node(j, n)
		}
	})
}

func document(hidden int, namespaces func(j *jsontext.Writer)) string {
	j := jsontext.New(true)
	j.Object(func() {
		j.Name("namespaces")
		j.Array(func() { namespaces(j) })
		j.Name("hidden")
		j.Int(int64(hidden))
	})
	return string(j.Bytes())
}

func (s Style) node(j *jsontext.Writer, n *Node) {
	j.Object(func() {
		s.members(j, n.Namespace)
		if len(n.Children) == 0 {
			return
		}
		j.Name("children")
		j.Array(func() {
			for _, child := range n.Children {
				s.node(j, child)
			}
		})
	})
}

// members writes what is known of a namespace, and null for the rest.
func (s Style) members(j *jsontext.Writer, n *Namespace) {
	number(j, "ns", n.ID)
	text(j, "type", n.Type())
	j.Name("nprocs")
	j.Int(int64(n.Processes))
	number(j, "pid", uint64(n.First.PID))
	if n.First.PID != 0 {
		text(j, "user", s.User(n.First.UID))
		j.Name("uid")
		j.Int(int64(n.First.UID))
	} else {
		text(j, "user", "")
		number(j, "uid", 0)
	}
	text(j, "command", n.First.Command)
	text(j, "name", n.Name())
	j.Name("names")
	j.Array(func() {
		for _, name := range n.Names {
			j.String(valid(name))
		}
	})
	number(j, "pns", n.Parent)
	number(j, "ons", n.Owner)
}

// text writes a string, null if it is empty.
func text(j *jsontext.Writer, name, value string) {
	j.Name(name)
	if value == "" {
		j.Null()
	} else {
		j.String(valid(value))
	}
}

// number writes a number, null if it is 0.
func number(j *jsontext.Writer, name string, value uint64) {
	j.Name(name)
	if value == 0 {
		j.Null()
	} else {
		j.Int(int64(value))
	}
}

// valid replaces bytes other than UTF-8, which readers of JSON refuse.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
