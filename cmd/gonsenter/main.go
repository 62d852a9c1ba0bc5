// Gonsenter runs a program in namespaces of others: a drop-in for nsenter(1).
package main

import (
	"os"
	_ "unsafe" // for go:linkname

	"nstools/internal/nsenter"
)

// shortWay is what package kernel calls before there is a runtime. The linker lays it out,
// for no code of ours has run by then.
//
//go:linkname shortWay nstools_short_way
var shortWay = nsenter.Short

func main() {
	os.Exit(nsenter.Main(os.Args, os.Stdout, os.Stderr))
}
