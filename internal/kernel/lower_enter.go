package kernel

import "nstools/internal/plan"

func (l *lowerer) enter(x plan.Enter) {
	w := enterStep{pidfd: noDescriptor, fail: l.message("reassociate to namespaces failed")}
	if x.Pidfd >= 0 {
		w.pidfd = uintptr(x.Pidfd)
		w.hint = l.hint(plan.Call{Name: "setns", Args: []plan.Arg{plan.Int(x.PID)}, Why: plan.WhyTarget})
	}
	for _, s := range x.Namespaces {
		w.namespaces = append(w.namespaces, enterNamespace{
			fd: uintptr(s.FD), flag: s.Flag, byPidfd: s.ByPidfd && x.Pidfd >= 0, alreadyIn: s.AlreadyIn,
			fail:        l.message("reassociate to namespace '" + s.Name + "' failed"),
			hint:        l.hint(plan.Call{Name: "setns", Args: []plan.Arg{plan.Flags(0, s.Name), plan.Flags(s.Flag, plan.CloneFlags(s.Flag))}, Why: s.Why}),
			hintOutside: l.messages(s.HintOutside), hintUnreachable: l.messages(s.HintUnreachable),
		})
	}
	for _, fd := range x.OuterUsers {
		w.outerUsers = append(w.outerUsers, uintptr(fd))
	}
	l.enters = append(l.enters, w)
	l.emit(instr{op: opEnter, index: int16(len(l.enters) - 1)})
}
