package kernel

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// An enterStep is a lowered [plan.Enter].
type enterStep struct {
	pidfd      uintptr // noDescriptor for none
	namespaces []enterNamespace
	outerUsers []uintptr
	fail       phrase // for the pidfd
	hint       hintSpec
	entered    uintptr // flags of the namespaces that have been entered
}

// An enterNamespace is a lowered [plan.Namespace].
type enterNamespace struct {
	fd, flag           uintptr
	byPidfd, alreadyIn bool
	fail               phrase
	hint               hintSpec
	hintOutside        phrase // hints that need no search
	hintUnreachable    phrase
}

const noDescriptor = ^uintptr(0)

// enter carries out plan.Enter.
func (p *program) enter(i *instr) {
	w := &p.enters[i.index]
	p.enterByPidfd(w, false)
	w.enterEach(false)
	if !w.done() {
		// From the innermost user namespace the outer ones are out of reach. So are the namespaces
		// that belong to them and were chosen by a file.
		if w.userByPidfd() && (len(w.outerUsers) == 0 || w.restByPidfd()) {
			p.enterByPidfd(w, true)
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

// enterByPidfd enters all namespaces that the pidfd leads to, in one call. If the target has ended,
// it reports that and ends: the container is being removed, and the descriptors must not be used.
func (p *program) enterByPidfd(w *enterStep, user bool) {
	if w.pidfd == noDescriptor {
		return
	}
	var flags uintptr
	for n := range w.namespaces {
		d := &w.namespaces[n]
		// The call without the user namespace has tried those that this process is in.
		if d.byPidfd && w.entered&d.flag == 0 && (user && !d.alreadyIn || !user && d.flag != unix.CLONE_NEWUSER) {
			flags |= d.flag
		}
	}
	if flags == 0 {
		return
	}
	switch errno := setns(w.pidfd, flags); errno {
	case 0:
		w.entered |= flags
	case unix.ESRCH:
		p.report(&w.fail, errno)
		if w.entered == 0 { // else the process is half inside
			p.explain(&w.hint, errno)
		}
		exit(exitFailure)
	}
}

// enterEach tries each namespace by its own descriptor, and ignores errors.
func (w *enterStep) enterEach(user bool) {
	for n := range w.namespaces {
		d := &w.namespaces[n]
		if w.entered&d.flag == 0 && (user || d.flag != unix.CLONE_NEWUSER) && setns(d.fd, d.flag) == 0 {
			w.entered |= d.flag
		}
	}
}

// enterInner enters the user namespaces around the target's, outermost first, and tries in each
// what has been refused so far. From an outer one the inner ones stay within reach.
func (w *enterStep) enterInner() {
	for _, fd := range w.outerUsers {
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
func (p *program) enterRest(w *enterStep) {
	for n := range w.namespaces {
		d := &w.namespaces[n]
		if w.entered&d.flag != 0 {
			continue
		}
		errno := setns(d.fd, d.flag)
		if errno != 0 && !d.alreadyIn {
			p.report(&d.fail, errno)
			switch {
			case w.entered&unix.CLONE_NEWUSER == 0 && errno == unix.EPERM && d.hintUnreachable.isThere() && d.isUnreachable():
				p.tellHint(&d.hintUnreachable)
			case w.entered&unix.CLONE_NEWUSER == 0:
				p.explain(&d.hint, errno)
			case errno == unix.EPERM && d.hintOutside.isThere() && setns(noDescriptor, d.flag) == unix.EBADF: // else a filter refuses it
				// Half inside, this process must not start a search: processes inside could trace
				// it, and it has the host's root directory.
				p.tellHint(&d.hintOutside)
			}
			exit(exitFailure)
		}
		w.entered |= d.flag
	}
}

// isUnreachable reports whether the namespace belongs to a user namespace outside this process's
// own.
func (d *enterNamespace) isUnreachable() bool {
	if setns(noDescriptor, d.flag) != unix.EBADF { // a filter refuses it
		return false
	}
	owner, errno := rawCall(unix.SYS_IOCTL, d.fd, unix.NS_GET_USERNS, 0)
	if errno == 0 {
		rawCall(unix.SYS_CLOSE, owner, 0, 0)
	}
	return errno == unix.EPERM
}

func (w *enterStep) done() bool {
	for n := range w.namespaces {
		if w.entered&w.namespaces[n].flag == 0 {
			return false
		}
	}
	return true
}

// restByPidfd reports whether the pidfd leads to all that has not been entered yet.
func (w *enterStep) restByPidfd() bool {
	for n := range w.namespaces {
		if d := &w.namespaces[n]; w.entered&d.flag == 0 && !d.byPidfd {
			return false
		}
	}
	return true
}

func (w *enterStep) userByPidfd() bool {
	for n := range w.namespaces {
		if w.namespaces[n].flag == unix.CLONE_NEWUSER {
			return w.namespaces[n].byPidfd && w.entered&unix.CLONE_NEWUSER == 0
		}
	}
	return true
}

// close closes the descriptors. A process that waits for the command must not keep namespaces
// alive, and must not take descriptors of the host into them.
func (w *enterStep) close() {
	for n := range w.namespaces {
		rawCall(unix.SYS_CLOSE, w.namespaces[n].fd, 0, 0)
	}
	for _, fd := range w.outerUsers {
		rawCall(unix.SYS_CLOSE, fd, 0, 0)
	}
	if w.pidfd != noDescriptor {
		rawCall(unix.SYS_CLOSE, w.pidfd, 0, 0)
	}
}
