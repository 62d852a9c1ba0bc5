// Gonetns keeps network namespaces by name: a drop-in for ip-netns(8).
package main

import (
	"os"
	_ "unsafe" // for go:linkname

	"nstools/internal/ip"
)

// shortWay is the function that package kernel calls before there is a runtime. The linker sets
// it, for no Go code of this program has run by then.
//
//go:linkname shortWay nstools_short_way
var shortWay = ip.Short

func main() {
	os.Exit(ip.Main(os.Args, os.Stdout, os.Stderr))
}
