// Gonetns keeps network namespaces by name: a drop-in for ip-netns(8).
package main

import (
	"os"
	_ "unsafe" // for go:linkname

	"nstools/internal/ip"
)

// shortWay is what package kernel calls before there is a runtime. The linker lays it out,
// for no code of ours has run by then.
//
//go:linkname shortWay nstools_short_way
var shortWay = ip.Short

func main() {
	os.Exit(ip.Main(os.Args, os.Stdout, os.Stderr))
}
