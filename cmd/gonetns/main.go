// Gonetns keeps network namespaces by name: a drop-in for ip-netns(8).
package main

import (
	"os"

	"nstools/internal/ip"
)

func main() {
	os.Exit(ip.Main(os.Args, os.Stdout, os.Stderr))
}
