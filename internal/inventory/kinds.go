package inventory

import "nstools/internal/ns"

// Kinds is a set of kinds, by their places in ns.Kinds.
type Kinds uint

// AllKinds are all that there are.
const AllKinds Kinds = 1<<len(ns.Kinds) - 1

// Has tells whether a kind is in the set.
func (s Kinds) Has(kind int) bool { return s>>kind&1 == 1 }

// With is the set and one more kind.
func (s Kinds) With(kind int) Kinds { return s | 1<<kind }
