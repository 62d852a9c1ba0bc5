//go:build !cgo && (amd64 || arm64 || riscv64)

package kernel

import (
	_ "unsafe" // for go:linkname
)

// shortWay sketches a tool's program; it is nil in a tool without a short way. The tool's package
// main defines it under this symbol.
//
//go:linkname shortWay nstools_short_way
var shortWay func(*Sketch) bool

// withoutShortWay leaves the short way out if it is not empty:
// go build -ldflags '-X nstools/internal/kernel.withoutShortWay=yes'.
var withoutShortWay string

// takeShortWay carries out the program if the tool can sketch it, and does not return then. If it
// returns, nothing has been changed.
func takeShortWay() {
	if shortWay == nil || withoutShortWay != "" {
		return
	}
	count, ok := startCount()
	if !ok {
		return
	}
	s := &sketched.sketch // memory that was there when the process began
	if !s.start(startWords, count) {
		return
	}
	s.pid = process
	if s.finish(shortWay) && s.openSelf() {
		sketched.program.run(first)
	}
	s.giveUp()
}
