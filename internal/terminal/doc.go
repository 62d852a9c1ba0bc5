// Package terminal gives a command a pty of its own in the place of the caller's
// terminal. Three processes do it, and each has its part of a plan:
//
//	the relay              the monitor                  the command
//	─────────              ───────────                  ───────────
//	clone ───────────────▶ execve of our own program
//	                       enter or make namespaces
//	master ◀────────────── open a pty, take the slave
//	terminal raw           clone ─────────────────────▶ foreground
//	read and write         wait4                        execve
//
// The relay is what the user started: it has its PID and its place in the shell's
// job, and never enters anything. It carries out a [plan.Relay], the monitor a
// [plan.Monitor], the command a [plan.Pty], all without a runtime in the process (see
// package kernel), so that what they hand on, limits and signals among it, is the
// caller's. That is also why the loop of the relay is no loop of Go's: a library's
// goroutines would want a runtime that stays.
//
// The monitor starts as the program that the user has started does, with the same
// command line. So whatever a plan asks of a process (its PID in the name of a file,
// one thread, a parent that waits) is as it would be without a pty.
package terminal
