package terminal

import (
	"slices"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/plan"
)

// A Pty is what a monitor needs to have its command on a pty. It is opened before
// anything changes.
type Pty struct {
	caller Caller
	relay  int // socket
	proc   int // the caller's
	ptmx   int // the caller's; -1 for none
	name   string
}

// Open prepares a pty for a relay, to which the socket leads. The name is that under
// which ps(1) is to show the monitor.
func Open(socket int, name string) (*Pty, error) {
	caller, err := FindCaller()
	if err != nil {
		return nil, err
	}
	p := &Pty{caller: caller, relay: socket, name: name}
	if p.proc, err = unix.Open("/proc", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err != nil {
		return nil, &diag.Error{Text: "cannot open /proc: " + diag.Reason(err)}
	}
	if p.ptmx, err = unix.Open("/dev/ptmx", unix.O_PATH|unix.O_CLOEXEC, 0); err != nil {
		p.ptmx = none // then the place that is entered has to have one
	}
	return p, nil
}

// ExplainPty is a Pty of which nothing was opened.
func ExplainPty(name string) *Pty {
	return &Pty{name: name, caller: Caller{Standard: [3]bool{true, true, true}}, relay: none, proc: none, ptmx: none}
}

// Opened is what Open has done, for an explanation.
func (p *Pty) Opened() []plan.Op {
	return []plan.Op{
		plan.Opened("AT_FDCWD", "/proc", "O_PATH|O_DIRECTORY", "proc"),
		plan.Opened("AT_FDCWD", "/dev/ptmx", "O_PATH", "callers"),
	}
}

// standardFD is a standard descriptor that becomes the pty.
func (p *Pty) standardFD() int { return slices.Index(p.caller.Standard[:], true) }

// Slots are those that [Pty.Fork] needs, beside that of the child.
type Slots struct{ Mask, Self plan.Slot }

// Fork is for a process whose root directory is that of the command, or will be the
// one named, and whose ids are the command's. It puts the process on a pty and forks
// the command's, which goes on. The parent carries out some steps first, and then is
// the monitor.
func (p *Pty) Fork(root string, f plan.Fork, s Slots) []plan.Op {
	f.Names[0] = "monitor"
	f.Parent = append(f.Parent, plan.Step{For: "--pty", Op: plan.Monitor{PID: f.PID, Gate: f.Gate, Pty: p.standardFD()}})
	ops := []plan.Op{
		// Executed through /proc/self/exe, it is called exe.
		plan.Call{Name: "prctl", Args: []plan.Arg{plan.Flags(unix.PR_SET_NAME, "PR_SET_NAME"), plan.Path(p.name)}},
		plan.Pty{
			Relay: p.relay, Root: root, Proc: p.proc, Ptmx: p.ptmx, Standard: p.caller.Standard,
			Fail: "cannot open a pseudo-terminal",
		},
	}
	for _, fd := range p.caller.Others {
		ops = append(ops, plan.CloseFD(plan.Int(fd)))
	}
	return append(ops,
		plan.DefaultSignal(unix.SIGCHLD), // else a caller that ignores it leaves us nothing to wait for
		plan.BlockAll(s.Mask),
		f,
		plan.Call{Name: "setpgid", Args: []plan.Arg{plan.Int(0), plan.Int(0)}, Fail: "setpgid failed"},
		plan.Call{Name: "getpid", Result: s.Self},
		// SIGTTOU, for not being in the foreground yet, is blocked.
		plan.Call{Name: "ioctl", Args: []plan.Arg{plan.Int(p.standardFD()), plan.Flags(unix.TIOCSPGRP, "TIOCSPGRP"), plan.SlotAddress(s.Self, "self")}, Fail: "tcsetpgrp failed"},
		plan.RestoreSignals(s.Mask),
	)
}

// Chown gives the pty to the user that the command will be. Where that is refused,
// the ids not being mapped, it stays the caller's.
func (p *Pty) Chown(uid uint32) plan.Op {
	return plan.Call{Name: "fchown", Args: []plan.Arg{plan.Int(p.standardFD()), plan.Int(int(uid)), plan.Flags(^uintptr(0), "-1")}}
}
