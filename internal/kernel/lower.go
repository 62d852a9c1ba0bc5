package kernel

import (
	"fmt"
	"os"
	"path"

	"golang.org/x/sys/unix"

	"nstools/internal/plan"
)

// exitCannotExec and exitNotFound are the statuses of shells and of util-linux's c.h. One is for a
// command that cannot be run, the other for one that was not found.
const (
	exitFailure    = 1
	exitCannotExec = 126
	exitNotFound   = 127
)

// lowerer turns a plan into a program. Lists that another process carries out
// (helpers, the parent after a fork) are appended at the end.
type lowerer struct {
	program
	option string // of the step that is being lowered
	aside  []aside
}

type aside struct {
	from  int32 // the opFork that jumps here
	steps []plan.Step
}

func lower(p *plan.Plan, r Reporter) (*program, error) {
	l := &lowerer{}
	l.name, l.childless = l.chars(r.Name), l.chars(r.Childless)
	l.reasons, l.self, l.origin, l.noPrefix = r.Reasons, noDescriptor, r.Origin, r.NoPrefix
	l.from, l.to = startMemory(os.Args, r.Env)
	l.envp = address(l.vector(r.HintEnv))
	// Instruction 0 is never reached, because 0 means none in jump and undo.
	l.code = append(make([]instr, 0, 32), instr{op: opExit})
	if err := l.list(p.Steps); err != nil {
		return nil, err
	}
	for len(l.aside) > 0 {
		a := l.aside[0]
		l.aside = l.aside[1:]
		l.code[a.from].jump = int32(len(l.code))
		if err := l.list(a.steps); err != nil {
			return nil, err
		}
		l.code = append(l.code, instr{op: opExit})
	}
	return &l.program, nil
}

func (l *lowerer) list(steps []plan.Step) error {
	for _, s := range steps {
		l.option = s.For
		if err := l.step(s.Op); err != nil {
			return err
		}
	}
	return nil
}

// step lowers one op. It is long, because it lists all that a plan can hold.
func (l *lowerer) step(op plan.Op) error {
	switch op := op.(type) {
	case plan.Call:
		return l.call(op)
	case plan.Optional:
		return l.optional(op)
	case plan.Done:
	case plan.Helper:
		if err := l.call(pipe(op.Gate)); err != nil {
			return err
		}
		l.aside = append(l.aside, aside{int32(len(l.code)), helperSteps(op)})
		l.emit(instr{op: opFork, result: op.PID, fail: l.message("fork failed"), hint: l.hint(plan.Call{Name: "clone"})})
	case plan.Release:
		if err := l.open(op.Gate); err != nil {
			return err
		}
		i := instr{op: opReap, slot: op.PID, fail: l.message("waitpid failed")}
		if op.Cause.Name != "" {
			i.hint = l.hint(op.Cause)
		}
		l.emit(i)
	case plan.Fork:
		if op.Gate != 0 {
			if err := l.call(pipe(op.Gate)); err != nil {
				return err
			}
		}
		l.aside = append(l.aside, aside{int32(len(l.code)), op.Parent})
		l.emit(instr{op: opFork, childNext: true, result: op.PID, fail: l.message("fork failed"), hint: l.hint(plan.Call{Name: "clone"})})
	case plan.Supervise:
		l.trimmed = readOnly(auxiliary(atPHDR), auxiliary(atPHNUM), auxiliary(atPAGESZ))
		if op.Gate != 0 {
			if err := l.open(op.Gate); err != nil {
				return err
			}
		}
		l.emit(instr{op: opSupervise, slot: op.PID, forward: op.Forward, stops: op.Stops, fail: l.message("waitpid failed")})
	case plan.Relay:
		return l.relay(op)
	case plan.Monitor:
		l.trimmed = readOnly(auxiliary(atPHDR), auxiliary(atPHNUM), auxiliary(atPAGESZ))
		if op.Gate != 0 {
			if err := l.open(op.Gate); err != nil {
				return err
			}
		}
		l.emit(instr{op: opMonitor, slot: op.PID, args: [6]uintptr{uintptr(op.Pty)}, fail: l.message("waitpid failed")})
	case plan.Pty:
		l.pty(op)
	case plan.Enter:
		l.enter(op)
	case plan.CheckParent:
		l.emit(instr{op: opCheckParent, slot: op.Pidfd, fail: l.message("poll parent pidfd failed")})
	case plan.RenewMount:
		l.emit(instr{op: opRenewMount, slot: op.Old, fail: l.message("unshare failed")})
	case plan.RaiseAmbient:
		l.emit(instr{op: opAmbient, fail: l.message("prctl(PR_CAP_AMBIENT) failed")})
	case plan.LimitBounding:
		for _, o := range op.Ops() {
			if err := l.step(o); err != nil {
				return err
			}
		}
	case plan.Warning:
		line := op.Text + "\n"
		if !l.noPrefix {
			line = l.name.String() + ": " + line
		}
		return l.call(plan.Call{Name: "write", Args: []plan.Arg{plan.Int(2), plan.Bytes([]byte(line), ""), plan.Int(len(line))}})
	case plan.Exec:
		l.exec(op)
	case plan.Await:
		return l.await(op.Gate)
	default:
		return fmt.Errorf("no lowering for %T", op)
	}
	return nil
}

func helperSteps(h plan.Helper) []plan.Step {
	return append([]plan.Step{{Op: plan.Await{Gate: h.Gate}}}, h.Steps...)
}

// pipe returns a call that makes a gate: a pipe whose reader waits and whose writer opens it.
func pipe(gate plan.Slot) plan.Call {
	return plan.Call{
		Name: "pipe2",
		Args: []plan.Arg{plan.SlotAddress(gate, "gate"), plan.Flags(unix.O_CLOEXEC, "O_CLOEXEC")},
		Fail: "pipe failed",
	}
}

func (l *lowerer) await(gate plan.Slot) error {
	// While this process had the writing end open, it would not see the end of file.
	if err := l.call(closeHalf(gate, plan.SlotSecond)); err != nil {
		return err
	}
	l.emit(instr{op: opGate, slot: gate, fail: l.message("read from pipe failed")})
	return l.call(closeHalf(gate, plan.SlotFirst))
}

// open opens a gate. This process keeps the reading end open until then. Otherwise, if the waiter
// was killed, the write would end this process by SIGPIPE.
func (l *lowerer) open(gate plan.Slot) error {
	for _, c := range []plan.Call{
		{Name: "write", Args: []plan.Arg{{Kind: plan.SlotSecond, Slot: gate}, plan.Bytes([]byte{'\n'}, ""), plan.Int(1)}, Fail: "write to pipe failed"},
		closeHalf(gate, plan.SlotSecond),
		closeHalf(gate, plan.SlotFirst),
	} {
		if err := l.call(c); err != nil {
			return err
		}
	}
	return nil
}

func closeHalf(s plan.Slot, half plan.ArgKind) plan.Call {
	return plan.Call{Name: "close", Args: []plan.Arg{{Kind: half, Slot: s}}}
}

func (l *lowerer) emit(i instr) { l.code = append(l.code, i) }

func (l *lowerer) message(what string) phrase { return phrase{l.chars(what)} }

func (l *lowerer) messages(parts [3]string) (what phrase) {
	for n, part := range parts {
		what[n] = l.chars(part)
	}
	return what
}

// undoing lowers a list of calls to make after a failure, and returns where it begins.
func (l *lowerer) undoing(calls []plan.Call) (int32, error) {
	if len(calls) == 0 {
		return 0, nil
	}
	over := len(l.code)
	l.emit(instr{op: opJump})
	at := int32(len(l.code))
	for _, c := range calls {
		if err := l.call(c); err != nil {
			return 0, err
		}
	}
	l.emit(instr{op: opExit})
	l.code[over].jump = int32(len(l.code))
	return at, nil
}

func (l *lowerer) call(c plan.Call) error {
	undo, err := l.undoing(c.Undo)
	if err != nil {
		return err
	}
	i := instr{
		op: opCall, result: c.Result, want: uintptr(c.Want), accept: c.Accept,
		fail: l.message(c.Fail), undo: undo, errno: c.Errno, unless: c.Unless,
		warn: c.Warn, status: status(c.Status, exitFailure),
	}
	if i.nr = number(c.Name); i.nr == 0 {
		return fmt.Errorf("no number for %s(2)", c.Name)
	}
	for n, a := range c.Args {
		i.kinds[n] = a.Kind
		switch a.Kind {
		case plan.Number:
			i.args[n] = a.Num
		case plan.Memory:
			i.args[n] = l.bytes(a.Data)
		default:
			i.args[n] = uintptr(a.Slot)
		}
	}
	if i.fail.isThere() {
		i.hint = l.hint(c)
	}
	l.emit(i)
	return nil
}

// optional lowers a call whose accepted error skips the rest, undo lists included.
func (l *lowerer) optional(x plan.Optional) error {
	if err := l.call(x.Call); err != nil {
		return err
	}
	at := len(l.code) - 1
	for _, op := range x.Rest {
		if err := l.step(op); err != nil {
			return err
		}
	}
	l.code[at].skip = int16(len(l.code) - at - 1)
	return nil
}

func (l *lowerer) exec(x plan.Exec) {
	im := image{argv: l.vector(x.Argv), envp: address(l.vector(x.Env))}
	for _, file := range x.Paths {
		im.paths = append(im.paths, l.cstring(file))
	}
	for _, shell := range x.Shells {
		im.shells = append(im.shells, shellImage{l.cstring(shell), l.cstring("-" + path.Base(shell))})
	}
	if x.Script {
		argv := []string{"/bin/sh", ""}
		if len(x.Argv) > 1 {
			argv = append(argv, x.Argv[1:]...)
		}
		im.script = l.vector(argv)
	}
	l.execs = append(l.execs, im)
	fail := x.Fail
	if fail == "" {
		fail = "failed to execute " + x.Name
	}
	l.emit(instr{
		op: opExec, index: int16(len(l.execs) - 1),
		fail: l.message(fail), status: uint8(x.Status),
		hint: l.hint(plan.Call{Name: "execve", Args: []plan.Arg{plan.Path(x.Name)}, Why: x.Why}),
	})
}

func status(wanted int, usual uint8) uint8 {
	if wanted == 0 {
		return usual
	}
	return uint8(wanted)
}

// Reporter says how failures are worded. The caller chooses the words.
type Reporter struct {
	Name      string   // of the program, in front of each message
	NoPrefix  bool     // messages have no name in front; hints have it
	Env       []string // what Environ returned, to save a copy
	HintEnv   []string // the environment in which the cause is looked for
	Childless string   // the hint where fork(2) fails with ENOMEM because the first process has ended
	Origin    plan.Origin
	Reasons   []string // the text of each errno; "" for one without a name
}
