package inventory

import "nstools/internal/ns"

// A Relation is what the lines of a tree stand for.
type Relation uint8

const (
	ByNone   Relation = iota // no tree: a list
	ByOwner                  // a user namespace, and all that belongs to it
	ByParent                 // user and PID namespaces, the kinds that are nested
)

// parentOf returns the namespace under which another one stands, and whether the relation
// applies to its kind.
func (r Relation) parentOf(n *Namespace) (k Key, related bool) {
	switch {
	case r == ByOwner:
		return Key{ns.User, n.Owner}, true
	case r == ByParent && (n.Kind == ns.User || n.Kind == ns.PID):
		return Key{n.Kind, n.Parent}, true
	}
	return Key{}, r == ByNone
}

// A Node is a namespace and those below it.
type Node struct {
	*Namespace
	Children []*Node
}

// Forest puts namespaces of some kinds under those that they are related to. Other kinds
// stay where a wanted one is below them. A namespace whose parent is out of sight is a
// root.
func (v *Inventory) Forest(r Relation, wanted Kinds) []*Node {
	present := make(map[Key]bool)
	for _, n := range v.Namespaces {
		present[n.Key] = true
	}
	g := treeBuilder{children: make(map[Key][]*Namespace), placed: make(map[Key]bool)}
	var roots, rest []*Namespace
	for _, n := range v.Namespaces {
		parent, related := r.parentOf(n)
		switch {
		case !related:
		case present[parent]:
			g.children[parent] = append(g.children[parent], n)
			rest = append(rest, n)
		default:
			roots = append(roots, n)
		}
	}
	// What no root leads to is related in a circle: ids went from one namespace to another
	// meanwhile.
	var forest []*Node
	for _, n := range append(roots, rest...) {
		if !g.placed[n.Key] {
			forest = append(forest, g.build(n))
		}
	}
	return prune(forest, wanted)
}

type treeBuilder struct {
	children map[Key][]*Namespace
	placed   map[Key]bool
}

func (g *treeBuilder) build(n *Namespace) *Node {
	g.placed[n.Key] = true
	node := &Node{Namespace: n}
	for _, child := range g.children[n.Key] {
		if !g.placed[child.Key] {
			node.Children = append(node.Children, g.build(child))
		}
	}
	return node
}

// prune removes the branches that lead to no wanted kind.
func prune(nodes []*Node, wanted Kinds) []*Node {
	var list []*Node
	for _, n := range nodes {
		n.Children = prune(n.Children, wanted)
		if wanted.Has(n.Kind) || len(n.Children) > 0 {
			list = append(list, n)
		}
	}
	return list
}
