// Package terminal gives a command a pty of its own in place of the caller's terminal.
// Three processes do it, and each has its part of a plan:
//
//	the relay              the monitor                  the command
//	─────────              ───────────                  ───────────
//	clone ───────────────▶ execve of our own program
//	                       enter or make namespaces
//	master ◀────────────── open a pty, take the slave
//	terminal raw           clone ─────────────────────▶ foreground
//	read and write         wait4                        execve
//
// The relay is the process that the user started: it has its PID and belongs to the shell's
// job, and never enters a namespace. It carries out a [plan.Relay], the monitor a
// [plan.Monitor], the command a [plan.Pty]. None of them has a Go runtime (see package
// kernel), so that the command inherits the caller's limits and signals. For the same reason
// the relay's loop does not use goroutines: they would need a runtime that stays.
//
// The monitor starts in the same way as the program that the user has started, with the same
// command line. So all that a plan asks of a process (its PID in the name of a file, one
// thread, a parent that waits) is as without a pty.
package terminal
