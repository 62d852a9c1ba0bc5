// Gonsenter runs a program in namespaces of others: a drop-in for nsenter(1).
package main

import (
	"os"

	"nstools/internal/nsenter"
)

func main() {
	os.Exit(nsenter.Main(os.Args, os.Stdout, os.Stderr))
}
