package kernel

import (
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"nstools/internal/plan"
)

// run carries out the program from an instruction on and does not return. It and all that it
// calls keep the rules of the package comment.
func (p *program) run(pc int) {
	for ; ; pc++ {
		i := &p.code[pc]
		switch i.op {
		case opCall:
			pc += p.call(i)
		case opJump:
			pc = int(i.jump) - 1
		case opFork:
			pid, errno := fork()
			if errno != 0 {
				p.fail(i, errno, exitFailure)
			}
			p.slots[i.result] = uint64(pid)
			if (pid == 0) != i.childNext {
				pc = int(i.jump) - 1
			}
		case opGate:
			p.gate(i)
		case opReap:
			p.reap(i)
		case opExit:
			exit(0)
		case opSupervise:
			p.supervise(i)
		case opRelay:
			p.relay(i)
		case opMonitor:
			p.monitor(i)
		case opPty:
			p.pty(i)
		case opEnter:
			p.enter(i)
		case opCheckParent:
			p.checkParent(i)
		case opRenewMount:
			p.renewMount(i)
		case opAmbient:
			p.raiseAmbient(i)
		case opExec:
			p.exec(i)
		}
	}
}

// call makes one system call and returns how many instructions to skip.
func (p *program) call(i *instr) int {
	var a [6]uintptr
	for n := range a {
		a[n] = p.value(i.kinds[n], i.args[n])
	}
	r, errno := rawCall6(i.nr, a[0], a[1], a[2], a[3], a[4], a[5])
	if i.errno != 0 {
		p.slots[i.errno] = uint64(errno)
	}
	if errno != 0 {
		if i.unless != 0 && p.slots[i.unless] == 0 {
			return 0
		}
		if errno == i.accept {
			return int(i.skip)
		}
		if i.warn {
			p.report(&i.fail, errno)
			return int(i.skip)
		}
		if i.fail.isThere() {
			p.fail(i, errno, uintptr(i.status))
		}
		return 0
	}
	if i.want != 0 && r != i.want {
		p.fail(i, unix.EIO, exitFailure)
	}
	if i.result != 0 {
		p.slots[i.result] = uint64(r)
	}
	return 0
}

func (p *program) value(k plan.ArgKind, v uintptr) uintptr {
	switch k {
	case plan.SlotValue:
		return uintptr(p.slots[v])
	case plan.SlotAddr:
		return uintptr(unsafe.Pointer(&p.slots[v]))
	case plan.SlotFirst:
		return p.half(plan.Slot(v), 0)
	case plan.SlotSecond:
		return p.half(plan.Slot(v), 1)
	}
	return v
}

// half returns one of the two 32-bit integers that pipe2(2) wrote into a slot.
func (p *program) half(s plan.Slot, n int) uintptr {
	return uintptr((*[2]int32)(unsafe.Pointer(&p.slots[s]))[n])
}

// fork calls clone(2) with SIGCHLD and no flags.
func fork() (uintptr, syscall.Errno) {
	if runtime.GOARCH == "s390x" { // there the stack comes first
		return rawCall6(unix.SYS_CLONE, 0, uintptr(unix.SIGCHLD), 0, 0, 0, 0)
	}
	return rawCall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
}

// gate waits until the gate is opened. At the end of file, the process that should open it has
// ended, and this process ends, too.
func (p *program) gate(i *instr) {
	switch ok, errno := readByte(p.half(i.slot, 0)); {
	case errno != 0:
		p.fail(i, errno, exitFailure)
	case !ok:
		exit(exitFailure)
	}
}

// readByte waits for a byte. It returns false at the end of file.
func readByte(fd uintptr) (ok bool, errno syscall.Errno) {
	for {
		var b byte
		n, errno := rawCall(unix.SYS_READ, fd, uintptr(unsafe.Pointer(&b)), 1)
		if errno != unix.EINTR {
			return errno == 0 && n == 1, errno
		}
	}
}

//go:nosplit
func exit(status uintptr) {
	for {
		rawCall(unix.SYS_EXIT_GROUP, status, 0, 0)
		rawCall(unix.SYS_EXIT, status, 0, 0) // where exit_group(2) is refused, the same for a single thread
	}
}

// fail reports the failure, carries out the instruction's undo list, has a hint looked for where
// that is possible, and ends.
func (p *program) fail(i *instr, errno syscall.Errno, status uintptr) {
	p.report(&i.fail, errno)
	if i.undo != 0 {
		for pc := i.undo; p.code[pc].op == opCall; pc++ {
			p.call(&p.code[pc])
		}
	}
	p.explain(&i.hint, errno)
	exit(status)
}
