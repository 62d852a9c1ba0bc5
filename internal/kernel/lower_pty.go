package kernel

import "nstools/internal/plan"

func (l *lowerer) pty(x plan.Pty) {
	l.onPty = ptyStep{relay: uintptr(x.Relay), proc: uintptr(x.Proc), ptmx: uintptr(x.Ptmx), standard: x.Standard}
	if x.Root != "" {
		l.onPty.root = l.cstring(x.Root)
	}
	l.emit(instr{op: opPty, fail: l.message(x.Fail)})
}
