// Gonsenter is not built yet.
package main

import (
	"os"

	"nstools/internal/diag"
)

func main() {
	os.Exit(diag.Print(os.Stderr, diag.Name(os.Args), &diag.Error{Text: "not built yet"}))
}
