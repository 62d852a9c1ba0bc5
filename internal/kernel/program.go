package kernel

import (
	"syscall"
	"unsafe"

	"nstools/internal/plan"
)

// A program is a lowered plan, which can be carried out without a runtime: a flat table of
// instructions whose operands are addresses of prepared memory.
type program struct {
	code     []instr
	execs    []image
	enters   []enterStep
	relayed  *relayState // of opRelay
	onPty    ptyStep     // of opPty
	slots    [plan.Slots]uint64
	self     uintptr // descriptor of this program's executable, for hints; noDescriptor without one
	envp     uintptr // the environment for hints
	name     Chars   // of this program, in front of messages
	origin   plan.Origin
	noPrefix bool      // only hints begin with the program's name
	keep     [][]byte  // the memory to which the uintptrs point, for the garbage collector
	kept     []string  // the same
	args     [][]Chars // the same, of hints
	words    [][]uintptr
	reasons  []string // by errno

	trimmed   spans // see trim
	childless Chars // the hint where a fork fails because the namespace's first process has ended

	arena    []byte  // room for C strings
	from, to uintptr // span of the argument and environment strings, NULs included
}

const wordSize = unsafe.Sizeof(uintptr(0))

type opcode uint8

const (
	opCall opcode = iota
	opJump
	opFork // the child jumps, the parent goes on; or the reverse, see childNext
	opGate // end without a message unless a byte can be read
	opReap // wait for a child and end with its status unless that is 0
	opExit
	opSupervise
	opRelay
	opMonitor
	opPty
	opEnter
	opCheckParent
	opRenewMount
	opAmbient
	opExec
)

// first is the number of the instruction to begin with.
const first = 1

// An instr is one instruction. A zero accept, want, hint or fail stands for none. It has no
// pointers, so that it can be written without a runtime.
type instr struct {
	op        opcode
	kinds     [6]plan.ArgKind
	result    plan.Slot
	slot      plan.Slot
	childNext bool // opFork: the parent jumps
	forward   bool // opSupervise
	stops     bool
	skip      int16 // opCall: instructions to jump over after the accepted error
	jump      int32
	undo      int32 // where the undoing starts; it ends with opExit
	accept    syscall.Errno
	nr        uintptr
	want      uintptr
	args      [6]uintptr
	fail      phrase
	hint      hintSpec
	index     int16 // of execs or enters
	errno     plan.Slot
	unless    plan.Slot
	warn      bool  // opCall: a failure prints its message, and the program goes on
	status    uint8 // exit status of a failure; 0 in opExec for a shell's
}

// An image has the arguments of execve(2), with the variations that execvp(3) tries.
type image struct {
	paths  []uintptr
	argv   []uintptr // NULL at the end
	shells []shellImage
	script []uintptr // argv for /bin/sh, whose word 1 is the path; nil without this fallback
	envp   uintptr
}

// A shellImage is a login shell that stands in for a missing one.
type shellImage struct{ path, name uintptr }

// address returns the address of the first word of v.
func address(v []uintptr) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(v))) }
