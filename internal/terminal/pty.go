package terminal

import (
	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/plan"
)

// A Pty is what the monitor and the command need to have the command on a pty. It is
// opened before anything changes.
type Pty struct {
	caller       Caller
	relay        int // socket to the relay
	monitor, job int // the sockets between the monitor and the command
	proc         int // the caller's
	ptmx         int // the caller's; -1 for none
}

// Open prepares a pty for a relay, to which the socket leads.
func Open(socket int) (*Pty, error) {
	p := &Pty{caller: Look(), relay: socket}
	pair, err := socketpair()
	if err != nil {
		return nil, err
	}
	p.monitor, p.job = pair[0], pair[1]
	if p.proc, err = unix.Open("/proc", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err != nil {
		return nil, &diag.Error{Text: "cannot open /proc: " + diag.Reason(err)}
	}
	if p.ptmx, err = unix.Open("/dev/ptmx", unix.O_PATH|unix.O_CLOEXEC, 0); err != nil {
		p.ptmx = none // then the place that is entered has to have one
	}
	return p, nil
}

// Explained is a Pty of which nothing was opened.
func Explained() *Pty {
	return &Pty{caller: Caller{Standard: [3]bool{true, true, true}}, relay: none, monitor: none, job: none, proc: none, ptmx: none}
}

// Opened is what Open has done, for an explanation.
func (p *Pty) Opened() []plan.Op {
	return []plan.Op{
		plan.Made{Call: pairCall("monitor", "job")},
		plan.Opened("AT_FDCWD", "/proc", "O_PATH|O_DIRECTORY", "proc"),
		plan.Opened("AT_FDCWD", "/dev/ptmx", "O_PATH", "callers"),
	}
}

// Fork makes the monitor, which carries out some steps first, and the command's
// process, which goes on. The signal mask is kept in a slot.
func (p *Pty) Fork(f plan.Fork, mask plan.Slot) []plan.Op {
	f.Names[0] = "monitor"
	f.Parent = append(f.Parent, plan.Step{For: "--pty", Op: plan.Monitor{PID: f.PID, Gate: f.Gate, Socket: p.monitor}})
	return []plan.Op{
		plan.DefaultSignal(unix.SIGCHLD), // else a caller that ignores it leaves us nothing to wait for
		plan.BlockAll(mask),
		f,
		plan.RestoreSignals(mask),
	}
}

// Take puts the command's process on the pty. The command itself is next.
func (p *Pty) Take() []plan.Op {
	ops := []plan.Op{plan.Pty{
		Relay: p.relay, Monitor: p.job, Proc: p.proc, Ptmx: p.ptmx, Standard: p.caller.Standard,
		Fail: "cannot open a pseudo-terminal",
	}}
	for _, fd := range p.caller.Others {
		ops = append(ops, plan.CloseFD(plan.Int(fd)))
	}
	return ops
}
