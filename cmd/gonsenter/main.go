// Gonsenter runs a program in namespaces of other processes: a drop-in for nsenter(1).
package main

import (
	"os"
	_ "unsafe" // for go:linkname

	"nstools/internal/nsenter"
)

// shortWay is the function that package kernel calls before there is a runtime. The linker sets
// it, for no Go code of this program has run by then.
//
//go:linkname shortWay nstools_short_way
var shortWay = nsenter.Short

func main() {
	os.Exit(nsenter.Main(os.Args, os.Stdout, os.Stderr))
}
