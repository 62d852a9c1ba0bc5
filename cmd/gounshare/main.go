// Gounshare runs a program in new namespaces: a drop-in for unshare(1).
package main

import (
	"os"

	"nstools/internal/unshare"
)

func main() {
	os.Exit(unshare.Main(os.Args, os.Stdout, os.Stderr))
}
