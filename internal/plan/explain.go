package plan

import (
	"cmp"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/jsontext"
	"nstools/internal/ns"
	"nstools/internal/quote"
)

// A Line is one system call of an explanation.
type Line struct {
	Process string // "" until the first fork; then "parent" and "child", or a helper's name
	Call    string // in strace's notation
	For     string // the options that asked for it
}

// Lines returns a plan as one list of lines. The calls of a forked process follow the call
// that made it, although the two run side by side.
func (p *Plan) Lines() []Line {
	var e explainer
	e.list(p.Steps, "")
	return e.lines
}

type explainer struct{ lines []Line }

func (e *explainer) add(process, why string, calls ...string) {
	for _, c := range calls {
		e.lines = append(e.lines, Line{process, c, why})
	}
}

func (e *explainer) list(steps []Step, process string) {
	for _, s := range steps {
		e.step(s, process)
		if f, ok := s.Op.(Fork); ok {
			parent, child := f.names()
			e.list(f.Parent, parent)
			process = child
		}
	}
}

func (e *explainer) step(s Step, process string) {
	const (
		makeGate = "pipe2(gate, O_CLOEXEC)"
		openGate = `write(gate, "\n", 1)`
		passGate = "read(gate, 1)"
	)
	switch op := s.Op.(type) {
	case Call:
		e.add(process, s.For, op.String())
	case Optional:
		e.add(process, s.For, op.Call.String())
		for _, rest := range op.Rest {
			e.step(Step{For: s.For, Op: rest}, process)
		}
	case Done:
		e.add(process, s.For, op.Call)
	case Enter:
		e.enter(op, s.For, process)
	case Helper:
		e.add(process, s.For, makeGate, "clone(SIGCHLD) = "+op.Name)
		e.add(op.Name, s.For, passGate)
		e.list(op.Steps, op.Name)
	case Release:
		e.add(process, s.For, openGate, "wait4("+op.Name+")")
	case Fork:
		if op.Gate != 0 {
			e.add(process, s.For, makeGate)
		}
		_, child := op.names()
		e.add(process, s.For, "clone(SIGCHLD) = "+child)
	case Await:
		e.add(process, s.For, passGate)
	case Supervise:
		if op.Gate != 0 {
			e.add(process, s.For, openGate)
		}
		if op.Forward {
			e.add(process, s.For, "rt_sigtimedwait([INT TERM CHLD]), kill(child, INT or TERM)")
		}
		if op.Stops {
			e.add(process, s.For, "wait4(child, WUNTRACED) /* where it stops: kill(getpid(), SIGSTOP), kill(child, SIGCONT) */")
			break
		}
		e.add(process, s.For, "wait4(child)")
	case Relay:
		e.add(process, s.For, op.lines()...)
		e.add("guard", s.For, op.guardLines()...)
	case Monitor:
		if op.Gate != 0 {
			e.add(process, s.For, openGate)
		}
		e.add(process, s.For, op.lines()...)
	case Pty:
		e.add(process, s.For, op.lines()...)
	case CheckParent:
		e.add(process, s.For, "ppoll([{fd=parent, events=POLLIN}], 1, {0}, NULL)")
	case RenewMount:
		e.add(process, s.For, "ioctl(old, NS_GET_MNTNS_ID) /* unshare(CLONE_NEWNS) again while the new id is smaller */")
	case RaiseAmbient:
		e.add(process, s.For, "capset({inheritable=permitted})", "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, each)")
	case LimitBounding:
		e.add(process, s.For, "prctl(PR_CAPBSET_DROP, each that is not in "+hex(op.Keep)+")")
	case Warning:
		e.add(process, s.For, "write(2, "+quote.C(op.Text)+")")
	case Exec:
		e.add(process, s.For, op.String())
	}
}

func (f Fork) names() (parent, child string) {
	return cmp.Or(f.Names[0], "parent"), cmp.Or(f.Names[1], "child")
}

// enter adds the calls that are made where the kernel refuses nothing, and those that take
// their place after a refusal.
func (e *explainer) enter(x Enter, why, process string) {
	const refused = " /* if refused: again after the user namespace */"
	var behind, user uintptr
	for _, s := range x.Namespaces {
		switch {
		case s.Flag == unix.CLONE_NEWUSER:
			user = s.Flag
		case s.ByPidfd:
			behind |= s.Flag
		}
	}
	if user == 0 {
		e.firstPass(x, behind, why, process, "")
		return
	}
	e.firstPass(x, behind, why, process, refused)
	for i := range x.OuterUsers {
		e.add(process, why, "setns(outer"+strconv.Itoa(i+1)+", CLONE_NEWUSER) /* only if something is refused still */")
	}
	for _, s := range x.Namespaces {
		if s.Flag == unix.CLONE_NEWUSER {
			e.add(process, why, "setns("+s.source()+", "+CloneFlags(s.Flag)+")")
		}
	}
}

func (e *explainer) firstPass(x Enter, behind uintptr, why, process, note string) {
	if behind != 0 {
		e.add(process, why, "setns(pidfd, "+CloneFlags(behind)+")"+note)
	}
	for _, s := range x.Namespaces {
		if !s.ByPidfd && s.Flag != unix.CLONE_NEWUSER {
			e.add(process, why, "setns("+s.source()+", "+CloneFlags(s.Flag)+")"+note)
		}
	}
}

func (s Namespace) source() string {
	if s.ByPidfd {
		return "pidfd"
	}
	for _, k := range ns.Kinds {
		if k.Flag == s.Flag {
			return k.Option // as it was opened
		}
	}
	return s.Name
}

// String returns the call as strace(1) prints it, with the result where a later call uses it.
func (c Call) String() string {
	args := make([]string, len(c.Args))
	for i, a := range c.Args {
		args[i] = a.String()
	}
	s := c.Name + "(" + strings.Join(args, ", ") + ")"
	switch {
	case c.ResultName != "":
		return s + " = " + c.ResultName
	case c.Result == 0:
		return s
	case c.Name == "getpid":
		return s + " = self"
	}
	return s + " = fd"
}

// String returns the call as strace(1) prints it. The name that was typed stands in place of
// the path that will be found.
func (x Exec) String() string {
	argv := make([]string, len(x.Argv))
	for i, a := range x.Argv {
		argv[i] = quote.C(a)
	}
	vars := strconv.Itoa(len(x.Env)) + " vars"
	if len(x.Env) == 1 {
		vars = "1 var" // as strace(1) has it
	}
	if x.EnvNote != "" {
		vars = x.EnvNote
	}
	s := "execve(" + quote.C(x.Name) + ", [" + strings.Join(argv, ", ") + "], /* " + vars + " */)"
	if len(x.Shells) > 0 {
		s += " /* if there is none: " + strings.Join(x.Shells, ", ") + " */"
	}
	return s
}

// column is where the options begin in an explanation, if the call is not longer.
const column = 64

// Text returns a line for each call, followed by the options that asked for it.
func (p *Plan) Text() string {
	var b strings.Builder
	for _, l := range p.Lines() {
		text := l.Call
		if l.Process != "" {
			text = "[" + l.Process + "] " + text
		}
		b.WriteString(text)
		if l.For != "" {
			for range max(column-len(text), 1) {
				b.WriteByte(' ')
			}
			b.WriteString("# " + l.For)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// JSON returns an array of objects with the keys process, call and for.
func (p *Plan) JSON() string {
	var b strings.Builder
	b.WriteString("[")
	for i, l := range p.Lines() {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n  {")
		if l.Process != "" {
			b.WriteString(`"process": ` + jsontext.Quote(l.Process) + ", ")
		}
		b.WriteString(`"call": ` + jsontext.Quote(l.Call))
		if l.For != "" {
			b.WriteString(`, "for": ` + jsontext.Quote(l.For))
		}
		b.WriteByte('}')
	}
	b.WriteString("\n]\n")
	return b.String()
}
