//go:build !cgo && (amd64 || arm64 || riscv64)

package kernel

import (
	_ "unsafe" // for go:linkname
)

// shortWay is the function by which a tool sketches a program; nil where it has none. The
// program that is built defines it, under this symbol.
//
//go:linkname shortWay nstools_short_way
var shortWay func(*Sketch) bool

// withoutShortWay leaves the short way out where it is not empty:
// go build -ldflags '-X nstools/internal/kernel.withoutShortWay=yes'.
var withoutShortWay string

// takeShortWay carries out what the tool can sketch, and does not return then. Where it
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
