package inventory

import (
	"strings"
	"testing"

	"nstools/internal/ns"
)

// space returns a namespace.
func space(kind int, id, owner, parent uint64) *Namespace {
	return &Namespace{Key: Key{kind, id}, Owner: owner, Parent: parent}
}

func TestForest(t *testing.T) {
	const (
		user = ns.User
		net  = ns.Net
		pid  = ns.PID
	)
	nested := []*Namespace{
		space(net, 1, 2, 0), space(user, 2, 0, 0), space(user, 3, 2, 2), space(net, 4, 3, 0), space(pid, 5, 2, 0),
		space(pid, 6, 3, 5), space(user, 7, 3, 3), space(net, 8, 99, 0),
	}
	circle := []*Namespace{space(user, 1, 2, 2), space(user, 2, 1, 1), space(net, 3, 1, 0), space(user, 4, 4, 4)}
	tests := []struct {
		name   string
		list   []*Namespace
		by     Relation
		wanted Kinds
		want   string
	}{
		{"a list", nested, ByNone, AllKinds, "1 2 3 4 5 6 7 8"},
		{"a list of one kind", nested, ByNone, Kinds(0).With(ns.Net), "1 4 8"},
		{"by owner", nested, ByOwner, AllKinds, "2(1 3(4 6 7) 5) 8"},
		{"one kind, and what it is below", nested, ByOwner, Kinds(0).With(ns.PID), "2(3(6) 5)"},
		{"by parent", nested, ByParent, AllKinds, "2(3(7)) 5(6)"},
		{"by parent, of one kind", nested, ByParent, Kinds(0).With(ns.PID), "5(6)"},
		{"by parent, of a kind without", nested, ByParent, Kinds(0).With(ns.Net), ""},
		{"related in a circle, and to itself", circle, ByOwner, AllKinds, "1(2 3) 4"},
		{"nothing", nil, ByOwner, AllKinds, ""},
	}
	for _, tt := range tests {
		v := Inventory{Namespaces: tt.list}
		if got := spell(v.Forest(tt.by, tt.wanted)); got != tt.want {
			t.Errorf("%s: %s; want %s", tt.name, got, tt.want)
		}
	}
}

// spell writes a forest as ids, with children in parentheses.
func spell(nodes []*Node) string {
	var words []string
	for _, n := range nodes {
		word := string(rune('0' + n.ID))
		if len(n.Children) > 0 {
			word += "(" + spell(n.Children) + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}
