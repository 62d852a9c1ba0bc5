// Gounshare runs a program in new namespaces: a drop-in for unshare(1).
package main

import (
	"os"
	_ "unsafe" // for go:linkname

	"nstools/internal/unshare"
)

// shortWay is the function that package kernel calls before there is a runtime. The linker sets
// it, for no Go code of this program has run by then.
//
//go:linkname shortWay nstools_short_way
var shortWay = unshare.Short

func main() {
	os.Exit(unshare.Main(os.Args, os.Stdout, os.Stderr))
}
