package kernel

import (
	"syscall"

	"golang.org/x/sys/unix"

	"nstools/internal/plan"
)

// A way is a lowered [plan.Enter].
type way struct {
	pidfd  uintptr // noDescriptor for none
	doors  []door
	outer  []uintptr
	fail   phrase // for the pidfd
	hint   hintSpec
	passed uintptr // flags of the namespaces that have been entered
}

// A door is a lowered [plan.Namespace].
type door struct {
	fd, flag     uintptr
	behind, ours bool
	fail         phrase
	hint         hintSpec
	outside      phrase // hints that need no look
	beyond       phrase
}

const noDescriptor = ^uintptr(0)

func (l *lowerer) enter(x plan.Enter) {
	w := way{pidfd: noDescriptor, fail: l.message("reassociate to namespaces failed")}
	if x.Pidfd >= 0 {
		w.pidfd = uintptr(x.Pidfd)
		w.hint = l.hint(plan.Call{Name: "setns", Args: []plan.Arg{plan.Int(x.PID)}, Why: plan.WhyTarget})
	}
	for _, s := range x.Namespaces {
		w.doors = append(w.doors, door{
			fd: uintptr(s.FD), flag: s.Flag, behind: s.ByPidfd && x.Pidfd >= 0, ours: s.AlreadyIn,
			fail:    l.message("reassociate to namespace '" + s.Name + "' failed"),
			hint:    l.hint(plan.Call{Name: "setns", Args: []plan.Arg{plan.Flags(0, s.Name), plan.Flags(s.Flag, plan.CloneFlags(s.Flag))}, Why: s.Why}),
			outside: l.messages(s.HintOutside), beyond: l.messages(s.HintUnreachable),
		})
	}
	for _, fd := range x.OuterUsers {
		w.outer = append(w.outer, uintptr(fd))
	}
	l.ways = append(l.ways, w)
	l.emit(instr{op: opEnter, index: int16(len(l.ways) - 1)})
}

// enter is plan.Enter.
func (p *program) enter(i *instr) {
	w := &p.ways[i.index]
	p.enterBehind(w, false)
	w.enterEach(false)
	if !w.done() {
		// From the innermost user namespace those around it are out of reach, and with
		// them what was chosen by a file and belongs to one.
		if w.userBehind() && (len(w.outer) == 0 || w.restBehind()) {
			p.enterBehind(w, true)
		}
		w.enterInner()
		p.enterRest(w)
	}
	w.close()
}

func setns(fd, flags uintptr) syscall.Errno {
	_, errno := rawCall(unix.SYS_SETNS, fd, flags, 0)
	return errno
}

// enterBehind enters all that the pidfd leads to, in one call. A process that has
// gone has no namespaces, and to go on by descriptors would be to enter those of a
// container that is being taken down.
func (p *program) enterBehind(w *way, user bool) {
	if w.pidfd == noDescriptor {
		return
	}
	var flags uintptr
	for n := range w.doors {
		d := &w.doors[n]
		// What is ours already has been tried without the user namespace.
		if d.behind && w.passed&d.flag == 0 && (user && !d.ours || !user && d.flag != unix.CLONE_NEWUSER) {
			flags |= d.flag
		}
	}
	if flags == 0 {
		return
	}
	switch errno := setns(w.pidfd, flags); errno {
	case 0:
		w.passed |= flags
	case unix.ESRCH:
		p.report(&w.fail, errno)
		if w.passed == 0 { // else we are half inside
			p.explain(&w.hint, errno)
		}
		exit(exitFailure)
	}
}

// enterEach tries every door, and passes over errors.
func (w *way) enterEach(user bool) {
	for n := range w.doors {
		d := &w.doors[n]
		if w.passed&d.flag == 0 && (user || d.flag != unix.CLONE_NEWUSER) && setns(d.fd, d.flag) == 0 {
			w.passed |= d.flag
		}
	}
}

// enterInner goes from user namespace to user namespace and tries in each what
// has been refused so far. From an outer one the inner ones stay within reach.
func (w *way) enterInner() {
	for _, fd := range w.outer {
		if w.done() {
			return
		}
		if setns(fd, unix.CLONE_NEWUSER) == 0 {
			w.enterEach(false)
		}
	}
}

// enterRest enters what is left, the user namespace first, and reports the first
// refusal.
func (p *program) enterRest(w *way) {
	for n := range w.doors {
		d := &w.doors[n]
		if w.passed&d.flag != 0 {
			continue
		}
		errno := setns(d.fd, d.flag)
		if errno != 0 && !d.ours {
			p.report(&d.fail, errno)
			switch {
			case w.passed&unix.CLONE_NEWUSER == 0 && errno == unix.EPERM && d.beyond.isThere() && d.isBeyond():
				p.tellHint(&d.beyond)
			case w.passed&unix.CLONE_NEWUSER == 0:
				p.explain(&d.hint, errno)
			case errno == unix.EPERM && d.outside.isThere() && setns(noDescriptor, d.flag) == unix.EBADF: // else a filter refuses it
				// Half inside there is no process for a look: one that can be traced
				// from inside, with the root directory of the host, is the way out.
				p.tellHint(&d.outside)
			}
			exit(exitFailure)
		}
		w.passed |= d.flag
	}
}

// isBeyond tells whether the namespace belongs to a user namespace that is neither ours
// nor below ours.
func (d *door) isBeyond() bool {
	if setns(noDescriptor, d.flag) != unix.EBADF { // a filter refuses it
		return false
	}
	owner, errno := rawCall(unix.SYS_IOCTL, d.fd, unix.NS_GET_USERNS, 0)
	if errno == 0 {
		rawCall(unix.SYS_CLOSE, owner, 0, 0)
	}
	return errno == unix.EPERM
}

func (w *way) done() bool {
	for n := range w.doors {
		if w.passed&w.doors[n].flag == 0 {
			return false
		}
	}
	return true
}

// restBehind tells whether the pidfd leads to all that has not been entered yet.
func (w *way) restBehind() bool {
	for n := range w.doors {
		if d := &w.doors[n]; w.passed&d.flag == 0 && !d.behind {
			return false
		}
	}
	return true
}

func (w *way) userBehind() bool {
	for n := range w.doors {
		if w.doors[n].flag == unix.CLONE_NEWUSER {
			return w.doors[n].behind && w.passed&unix.CLONE_NEWUSER == 0
		}
	}
	return true
}

// close gives the descriptors up: a process that waits for the command is not to
// keep namespaces alive, nor to carry anything of the host into them.
func (w *way) close() {
	for n := range w.doors {
		rawCall(unix.SYS_CLOSE, w.doors[n].fd, 0, 0)
	}
	for _, fd := range w.outer {
		rawCall(unix.SYS_CLOSE, fd, 0, 0)
	}
	if w.pidfd != noDescriptor {
		rawCall(unix.SYS_CLOSE, w.pidfd, 0, 0)
	}
}
