// Package iproute holds the habits of ip(8) that all of gonetns shares: how words may be
// shortened and read by a table, how numbers are written and named, and how failures are
// worded and numbered.
//
// It does not know which objects and verbs there are, and asks the kernel nothing.
package iproute
