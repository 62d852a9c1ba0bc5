// Package kernel carries out plans. It is the only package with assembly and
// with unsafe, and it never sees a flag of any tool.
//
// # Why a Go program cannot simply call unshare(2)
//
// The kernel refuses unshare(CLONE_NEWUSER), and setns(2) into a user or time namespace, to a
// process with more than one thread. The Go runtime has four or five before main begins. Each known
// way around that breaks something that users of unshare(1) rely on: a child process with the right
// clone flags changes the PID and leaves a parent behind; a C constructor wants cgo and a dynamic
// binary; executing this program again pays for the start of the runtime twice and shows the job in
// /proc/PID/environ.
//
// # Two processes, one memory
//
// Here the runtime never runs in the process that the user started. The linker symbol _cgo_init is
// a hook that the runtime calls in its very first instructions. Then the process has one thread and
// is unchanged. It exists for runtime/cgo; github.com/ebitengine/purego fills it from Go in the
// same way. The hook of this package clones a child with CLONE_VM|CLONE_FILES, the planner, and
// lets the runtime start there:
//
//	the process                         the planner
//	───────────                         ───────────
//	clone(CLONE_VM|CLONE_FILES) ──────▶ Go runtime, main: parse, compile,
//	wait4(planner)                      lower the plan to system calls
//	        ◀─────────────────────────  exit
//	carry out the calls
//	execve
//
// Memory and descriptors are shared: after the planner's end the process finds its table of system
// calls with their arguments. The rest of the planner's state ends with it: threads, signal
// handlers, signal mask, the RLIMIT_NOFILE that package os raises, the timer and the alternate
// stacks. The process keeps its PID, and passes the caller's state on to the command untouched. An
// strace of it shows ten calls around the clone, and then the plan.
//
// # The short way
//
// The most common command lines need no planner. Before the hook clones one, it has the tool sketch
// the program, without a runtime, in memory that the process began with:
//
//	argv, as the kernel put it ──▶ Sketch ──▶ program ──▶ run
//	        │                     (not known)
//	        └──▶ planner: parse, compile, lower ──▶ program ──▶ run
//
// A sketch is made of the same instructions as a lowered plan, and the same executor carries it
// out: messages, hints, exit statuses and the waiting parent are the same. What the tool does not
// know, it leaves to the planner: nothing has been changed then, and the descriptors that it opened
// are closed. Both ways read the same data on how options are written and what they imply. The
// tests TestShortWay of the three tools compare what the two ways make of a command line. A program
// names its short way in a variable with the linker symbol nstools_short_way. See shortway.go, also
// for a build without it.
//
// # What the hook keeps from the runtime
//
// The hook hides the caller's settings for Go programs (GOGC, GODEBUG and so on): see settings.go.
// Where a low limit or a filter stops the start of the runtime, one line names the cause in place
// of a traceback: see basic.go. Where wait4(2) is refused, the process waits with waitid(2), on a
// stack of its own, or says that it cannot. Code that reads the environment before the runtime
// starts has to run before turnSettings.
//
// # Rules for code that runs in the process
//
// The functions that begin and resume call run without a runtime: without a scheduler, an
// allocator, a garbage collector, Go's signal handlers and a usable g. They may only make raw
// system calls and touch memory that the planner prepared: no allocation, no append, no string
// building, no map, no interface conversion, no function value, no defer, no panic, no write of a
// pointer. A g with a zeroed stack guard lets compiled functions pass their stack check; the stack
// is the one that the kernel gave the process.
//
// The planner's part, which may allocate, is in lower*.go: no function of these files runs
// without a runtime.
//
// TestBare disassembles the built programs, and follows the calls from begin, resume and the tools'
// short ways. It names each function that breaks a rule, or is in
// a file of the planner.
//
// # A process that stays
//
// A process that waits for the command, or lies between two terminals (relay.go, monitor.go), keeps
// the same rules. It needs neither handlers nor threads: one call waits for the next event. The
// relay and the monitor block every signal; a process that only waits blocks those that the
// original blocks. Its buffers and its state lie in memory that the planner or the sketch has made.
//
// # Without a planner
//
// On architectures without an entry_GOARCH.s, and where clone is refused (as by qemu-user), the
// main thread of the ordinary Go process carries out the plan. User namespaces cannot be made
// there, and the command inherits what Go changed: the soft RLIMIT_NOFILE, ignored signals other
// than SIGHUP and SIGINT, /dev/null in the place of closed standard descriptors.
package kernel
