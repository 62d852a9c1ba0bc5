// Package kernel carries out plans. It is the only package with assembly and
// with unsafe, and it never sees a flag of any tool.
//
// # Why a Go program cannot simply call unshare(2)
//
// The kernel refuses unshare(CLONE_NEWUSER), and setns(2) into a user or time
// namespace, to a process with more than one thread, and the Go runtime has four
// or five before main begins. The ways around that are known and each breaks
// something that users of unshare(1) rely on: a child process with the right
// clone flags changes the PID and leaves a parent behind; a C constructor wants
// cgo and a dynamic binary; executing this program again pays for the start of
// the runtime twice and shows the job in /proc/PID/environ.
//
// # Two processes, one memory
//
// Here the runtime never runs in the process that the user started. The linker
// symbol _cgo_init is a hook that the runtime calls on its very first
// instructions, when the process has one thread and nothing has happened to
// it (it is there for runtime/cgo; github.com/ebitengine/purego fills it from
// Go in the same way). Ours clones a child with CLONE_VM|CLONE_FILES, the
// planner, and lets the runtime start there:
//
//	the process                         the planner
//	───────────                         ───────────
//	clone(CLONE_VM|CLONE_FILES) ──────▶ Go runtime, main: parse, compile,
//	wait4(planner)                      lower the plan to system calls
//	        ◀─────────────────────────  exit
//	carry out the calls
//	execve
//
// Memory and descriptors are shared, so what the planner leaves behind, a table
// of system calls with their arguments, is simply there when it has gone. The
// rest of its state was its own: threads, signal handlers, signal mask, the
// RLIMIT_NOFILE that package os raises, the timer and the alternate stacks. The
// process has the caller's, untouched, hands them on to the command, and keeps
// its PID. An strace of it shows ten calls around the clone, and then the plan.
//
// # The short way
//
// The most common command lines work without a planner, too. Before it is cloned, the hook has
// the tool sketch the program, without a runtime, in memory that was there when the process
// began:
//
//	argv, as the kernel put it ──▶ Sketch ──▶ program ──▶ run
//	        │                     (not known)
//	        └──▶ planner: parse, compile, lower ──▶ program ──▶ run
//
// A sketch is made of the same instructions as a lowered plan, and the same executor carries
// it out: messages, hints, exit statuses and the waiting parent are the same. What the tool
// does not know it leaves to the planner, before anything has been changed; descriptors that
// were opened are closed. How options are written, and what they imply, is data that both ways
// read. The tests TestShortWay of the three tools compare what the two ways make of a command
// line. A program says what its short way is by a variable that the linker lays out under the
// symbol nstools_short_way; see shortway.go, also for how to build without it.
//
// # What the hook keeps from the runtime
//
// The caller's settings for Go programs (GOGC, GODEBUG and so on) are not for this program: see
// settings.go. Where the runtime cannot come up, for want of a limit or because a filter
// refuses one of its calls, one line says which, in the place of a traceback: see basic.go.
// Where wait4(2) is refused, the process waits for the planner on a stack of its own, in
// another way, or says so. Whatever starts before the runtime and reads the environment has
// to do so before turnSettings.
//
// # Rules for code that runs in the process
//
// What begin and resume call runs without a runtime: without a scheduler, an allocator, a
// garbage collector, Go's signal handlers and a usable g.
// It may only make raw system calls and touch memory that the planner
// prepared: no allocation, no append, no string building, no map, no interface
// conversion, no function value, no defer, no panic, no write of a pointer. A g
// with a zeroed stack guard lets compiled functions pass their stack check; the
// stack is the one that the kernel gave the process.
//
// TestBare disassembles the built programs, follows the calls from begin and
// resume and from the tools' short ways, and names each that breaks a rule.
//
// # A process that stays
//
// A process that waits for the command, or lies between two terminals (relay.go,
// monitor.go), does so under the same rules. It needs neither handlers nor threads: one
// call waits for the next event. The relay and the monitor block every signal, a process
// that only waits blocks those that the original blocks. What it reads and what it knows
// lies in memory that the planner has made, or the sketch.
//
// # Without a planner
//
// On architectures without an entry_GOARCH.s, and where clone refuses (qemu-user
// does), the plan is carried out by the main thread in the ordinary Go process.
// User namespaces cannot be made there, and the command inherits what Go changed:
// the soft RLIMIT_NOFILE, ignored signals other than SIGHUP and SIGINT, /dev/null
// in the place of closed standard descriptors.
package kernel
