package inventory

import "nstools/internal/ns"

// Kinds is a set of kinds, by their indices in ns.Kinds.
type Kinds uint

// AllKinds has every kind.
const AllKinds Kinds = 1<<len(ns.Kinds) - 1

// Has reports whether a kind is in the set.
func (s Kinds) Has(kind int) bool { return s>>kind&1 == 1 }

// With returns the set with one more kind.
func (s Kinds) With(kind int) Kinds { return s | 1<<kind }
