package terminal

import (
	"slices"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/plan"
)

// A Pty is what a monitor needs to have its command on a pty. It is opened before the first
// change.
type Pty struct {
	caller Caller
	relay  int // socket
	proc   int // the caller's /proc
	ptmx   int // the caller's /dev/ptmx; -1 for none
	name   string
}

// Open returns what is needed for a pty whose relay is at the other end of the socket. ps(1)
// shows the monitor under the name.
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
		p.ptmx = none // then the namespaces that are entered have to have one
	}
	return p, nil
}

// ExplainPty returns a Pty for an explanation, without opening any file.
func ExplainPty(name string) *Pty {
	return &Pty{name: name, caller: Caller{Standard: [3]bool{true, true, true}}, relay: none, proc: none, ptmx: none}
}

// Opened returns what Open does, for an explanation.
func (p *Pty) Opened() []plan.Op {
	return []plan.Op{
		plan.Opened("AT_FDCWD", "/proc", "O_PATH|O_DIRECTORY", "proc"),
		plan.Opened("AT_FDCWD", "/dev/ptmx", "O_PATH", "callers"),
	}
}

// standardFD returns a standard descriptor that becomes the pty.
func (p *Pty) standardFD() int { return slices.Index(p.caller.Standard[:], true) }

// Slots are the slots that [Pty.Fork] needs, beside the child's.
type Slots struct{ Mask, Self plan.Slot }

// Fork returns steps that put the process on a pty and fork. The child goes on and becomes
// the command. The parent carries out the steps in f.Parent and then is the monitor. The
// process has to have the command's ids; its root directory is the command's, or root will
// be.
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
		plan.DefaultSignal(unix.SIGCHLD), // where it is ignored, wait4(2) finds no child
		plan.BlockAll(s.Mask),
		f,
		plan.Call{Name: "setpgid", Args: []plan.Arg{plan.Int(0), plan.Int(0)}, Fail: "setpgid failed"},
		plan.Call{Name: "getpid", Result: s.Self},
		// This process is not in the foreground yet. It gets SIGTTOU, which is blocked.
		plan.Call{Name: "ioctl", Args: []plan.Arg{plan.Int(p.standardFD()), plan.Flags(unix.TIOCSPGRP, "TIOCSPGRP"), plan.SlotAddress(s.Self, "self")}, Fail: "tcsetpgrp failed"},
		plan.RestoreSignals(s.Mask),
	)
}

// Chown returns a call that gives the pty to the user that the command runs as. Where it is
// refused because the ids are not mapped, the pty stays the caller's.
func (p *Pty) Chown(uid uint32) plan.Op {
	return plan.Call{Name: "fchown", Args: []plan.Arg{plan.Int(p.standardFD()), plan.Int(int(uid)), plan.Flags(^uintptr(0), "-1")}}
}
