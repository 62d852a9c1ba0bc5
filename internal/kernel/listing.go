package kernel

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"nstools/internal/plan"
)

var opcodeNames = [...]string{
	opCall: "call", opJump: "jump", opFork: "fork", opGate: "gate", opReap: "reap", opExit: "exit",
	opSupervise: "supervise", opRelay: "relay", opMonitor: "monitor", opPty: "pty", opEnter: "enter",
	opCheckParent: "checkParent", opRenewMount: "renewMount", opAmbient: "ambient", opExec: "exec",
}

// Listing returns what a plan is lowered to, a line for each instruction. It is for tests and for
// finding faults in the lowering: the programs never call it. Memory is shown by its content, the
// slot N as %N, and the message of a failure after a bar.
func Listing(p *plan.Plan, r Reporter) (string, error) {
	l, err := lower(p, r)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for n := first; n < len(l.code); n++ {
		fmt.Fprintf(&b, "%3d %s\n", n, l.describe(&l.code[n]))
	}
	return b.String(), nil
}

// Whole returns all that a plan is lowered to, and what hints start from. Two programs with the
// same text do the same.
func Whole(p *plan.Plan, r Reporter) (string, error) {
	l, err := lower(p, r)
	if err != nil {
		return "", err
	}
	return l.whole(), nil
}

func (p *program) whole() string {
	var b strings.Builder
	fmt.Fprintf(&b, "name %q origin %d bare %t childless %q reasons %d trimmed %x\n", p.name, p.origin, p.noPrefix, p.childless, len(p.reasons), p.trimmed)
	fmt.Fprintf(&b, "hints in %q\n", cStrings(p.envp))
	for n := first; n < len(p.code); n++ {
		i := p.code[n]
		fmt.Fprintf(&b, "%3d %s(", n, opcodeNames[i.op])
		for k, v := range i.args {
			switch size, ok := memorySize(&i, k); {
			case i.kinds[k] == plan.Number && k == 0 && slices.Contains([]string{"fchdir", "close", "setns", "move_mount"}, callName(i.nr)):
				fmt.Fprintf(&b, "%s ", openedAs(v))
			case i.kinds[k] != plan.Memory:
				fmt.Fprintf(&b, "%d:%d ", i.kinds[k], v)
			case ok:
				fmt.Fprintf(&b, "%q ", Chars{v, size}.String())
			default:
				fmt.Fprintf(&b, "%q ", charsUpToNUL(v))
			}
		}
		fmt.Fprintf(&b, ") %q", p.describePhrase(&i.fail))
		if i.op == opExec {
			p.wholeImage(&b, &p.execs[i.index])
		}
		if i.op == opEnter {
			p.wholeEnter(&b, &p.enters[i.index])
		}
		wholeHint(&b, &i.hint)
		i.args, i.kinds, i.fail, i.hint = [6]uintptr{}, [6]plan.ArgKind{}, phrase{}, hintSpec{}
		fmt.Fprintf(&b, " %v\n", i)
	}
	return b.String()
}

func wholeHint(b *strings.Builder, h *hintSpec) {
	if h.call.size == 0 {
		return
	}
	fmt.Fprintf(b, " hint %q %q why %d", h.option, h.call, h.why)
	for n := range h.count {
		text, _, _ := strings.Cut(h.arg(n).String(), "\x00")
		fmt.Fprintf(b, " %q", text)
	}
}

func (p *program) wholeEnter(b *strings.Builder, w *enterStep) {
	fmt.Fprintf(b, " pidfd %s %q", openedAs(w.pidfd), p.describePhrase(&w.fail))
	wholeHint(b, &w.hint)
	for _, fd := range w.outerUsers {
		fmt.Fprintf(b, " through %s", openedAs(fd))
	}
	for n := range w.namespaces {
		d := &w.namespaces[n]
		fmt.Fprintf(b, "\n    %x by %s %t %t %q %q %q", d.flag, openedAs(d.fd), d.byPidfd, d.alreadyIn, p.describePhrase(&d.fail), p.describePhrase(&d.hintOutside), p.describePhrase(&d.hintUnreachable))
		wholeHint(b, &d.hint)
	}
}

// openedAs returns what a descriptor leads to. Its number depends on the order in which files are
// opened.
func openedAs(fd uintptr) string {
	if fd == noDescriptor {
		return "none"
	}
	to, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(int(fd)))
	if err != nil {
		return err.Error()
	}
	var st unix.Stat_t
	if to == "/" && unix.Fstat(int(fd), &st) == nil { // mounts that are attached nowhere
		return fmt.Sprint("mounts of ", st.Dev)
	}
	return to
}

func (p *program) wholeImage(b *strings.Builder, im *image) {
	for _, path := range im.paths {
		fmt.Fprintf(b, " %q", charsUpToNUL(path))
	}
	fmt.Fprintf(b, " argv %q env %q", cStrings(address(im.argv)), cStrings(im.envp))
	if im.script != nil {
		fmt.Fprintf(b, " script %d %q", len(im.script), cStrings(address(im.script[2:])))
	}
	for _, s := range im.shells {
		fmt.Fprintf(b, " shell %q %q", charsUpToNUL(s.path), charsUpToNUL(s.name))
	}
}

// cStrings returns the strings of a vector with a NULL at its end.
func cStrings(at uintptr) (strs []string) {
	for ; wordAt(at) != 0; at += wordSize {
		strs = append(strs, charsUpToNUL(wordAt(at)).String())
	}
	return strs
}

// memorySize returns how many bytes of an argument a call reads, and false for a C string.
func memorySize(i *instr, arg int) (size uintptr, ok bool) {
	switch callName(i.nr) {
	case "write":
		return i.args[2], true
	case "rt_sigprocmask":
		return 8, true
	case "rt_sigaction":
		return 32, true
	case "ioctl":
		return 40, true // struct ifreq
	}
	return 0, false
}

// Sketched returns, as Whole does, what a function sketches for a command line, an environment,
// effective ids and a PID. It returns false if the function leaves them to the planner.
func Sketched(way func(*Sketch) bool, argv, env []string, euid, egid uint32, pid int) (text string, ok bool) {
	// As execve(2) lays it out.
	var vector []uintptr
	var kept [][]byte
	for _, list := range [][]string{argv, env} {
		for _, s := range list {
			b := append([]byte(s), 0)
			kept = append(kept, b)
			vector = append(vector, uintptr(unsafe.Pointer(&b[0])))
		}
		vector = append(vector, 0)
	}
	for _, kind := range []uintptr{atPHDR, atPHNUM, atPAGESZ, atSECURE} {
		vector = append(vector, kind, auxiliary(kind))
	}
	vector = append(vector, 0, 0)
	if sketchOf(way, &vector[0], len(argv), [3]uint32{euid, egid, uint32(pid)}) {
		text, ok = sketched.program.whole(), true
	}
	clearSketch() // while the vector is alive: the collector must find no address of what it has freed
	runtime.KeepAlive(vector)
	runtime.KeepAlive(kept)
	return text, ok
}

// clearSketch resets the memory of the sketch to what it is when a process begins.
func clearSketch() {
	sketched.program, sketched.code, sketched.image, sketched.enter = program{}, [sketchCalls]instr{}, image{}, enterStep{}
	sketched.namespaces, sketched.words, sketched.sketch = [len(sketched.namespaces)]enterNamespace{}, [SketchWords]string{}, Sketch{}
}

// sketchOf has a function sketch a program as in a process that has just begun, with the ids given,
// and reports whether it could. The next call overwrites the program.
func sketchOf(make func(*Sketch) bool, words *uintptr, count int, ids [3]uint32) bool {
	clearSketch()
	s := &sketched.sketch
	*s = Sketch{euid: uintptr(ids[0]), egid: uintptr(ids[1]), pid: uintptr(ids[2]), asked: true}
	ok := s.start(uintptr(unsafe.Pointer(words)), uintptr(count)) && s.finish(make)
	if !ok {
		s.giveUp()
	}
	return ok
}

// describe returns one instruction as text.
func (p *program) describe(i *instr) string {
	words := []string{opcodeNames[i.op]}
	add := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	addIf := func(is bool, format string, args ...any) {
		if is {
			add(format, args...)
		}
	}
	switch i.op {
	case opCall:
		add("%s(%s)", callName(i.nr), p.describeArgs(i))
	case opEnter:
		words = append(words, p.describeEnter(&p.enters[i.index])...)
	case opExec:
		words = append(words, p.describeImage(&p.execs[i.index])...)
	}
	addIf(i.slot != 0, "%%%d", i.slot)
	addIf(i.result != 0, "= %%%d", i.result)
	addIf(i.op == opFork && i.childNext, "parent to")
	addIf(i.op == opFork && !i.childNext, "child to")
	addIf(i.jump != 0, "%d", i.jump)
	addIf(i.forward, "forward")
	addIf(i.stops, "stops")
	addIf(i.want != 0, "want %d", i.want)
	addIf(i.errno != 0, "errno %%%d", i.errno)
	addIf(i.unless != 0, "unless %%%d is 0", i.unless)
	addIf(i.accept != 0, "accept %d", int(i.accept))
	addIf(i.warn, "warn")
	addIf(i.skip != 0, "skip %d", i.skip)
	addIf(i.undo != 0, "undo %d", i.undo)
	addIf(i.fail.isThere(), "| %s: ", p.describePhrase(&i.fail))
	addIf(i.status != 0 && i.status != exitFailure, "status %d", i.status)
	addIf(i.hint.call.size != 0, "hint")
	return strings.TrimSpace(strings.Join(words, " "))
}

func (p *program) describePhrase(what *phrase) string {
	text := ""
	if !p.noPrefix {
		text = p.name.String() + ": "
	}
	for _, part := range what {
		text += part.String()
	}
	return text
}

func callName(number uintptr) string {
	for _, c := range calls {
		if c.number == number {
			return c.name
		}
	}
	return strconv.Itoa(int(number))
}

// describeArgs returns the arguments of a call, without the zeros at their end.
func (p *program) describeArgs(i *instr) string {
	var args []string
	for n, v := range i.args {
		args = append(args, p.describeArg(i.kinds[n], v))
	}
	for len(args) > 0 && args[len(args)-1] == "0" {
		args = args[:len(args)-1]
	}
	return strings.Join(args, ", ")
}

func (p *program) describeArg(kind plan.ArgKind, v uintptr) string {
	switch kind {
	case plan.Memory:
		return describeBytes(p.memory(v))
	case plan.SlotValue:
		return fmt.Sprintf("%%%d", v)
	case plan.SlotAddr:
		return fmt.Sprintf("&%%%d", v)
	case plan.SlotFirst:
		return fmt.Sprintf("%%%d[0]", v)
	case plan.SlotSecond:
		return fmt.Sprintf("%%%d[1]", v)
	}
	if n := int(v); n < 10 { // negative ones, too
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%#x", v)
}

func (p *program) describeEnter(w *enterStep) []string {
	words := []string{"pidfd " + describeFD(w.pidfd)}
	for _, fd := range w.outerUsers {
		words = append(words, "through "+describeFD(fd))
	}
	for _, d := range w.namespaces {
		word := fmt.Sprintf("%#x by %s", d.flag, describeFD(d.fd))
		if d.byPidfd {
			word += " byPidfd"
		}
		if d.alreadyIn {
			word += " alreadyIn"
		}
		words = append(words, word)
	}
	return words
}

func describeFD(fd uintptr) string {
	if fd == noDescriptor {
		return "none"
	}
	return strconv.Itoa(int(fd))
}

func (p *program) describeImage(im *image) []string {
	var words []string
	for _, path := range im.paths {
		words = append(words, describeBytes(p.memory(path)))
	}
	for _, vector := range [][]uintptr{im.argv, im.script} {
		var strs []string
		for _, s := range vector {
			if s != 0 {
				strs = append(strs, describeBytes(p.memory(s)))
			}
		}
		words = append(words, "["+strings.Join(strs, " ")+"]")
	}
	for _, shell := range im.shells {
		words = append(words, "shell "+describeBytes(p.memory(shell.path)))
	}
	count := 0
	for _, vector := range p.words {
		if address(vector) == im.envp {
			count = len(vector) - 1
		}
	}
	return append(words, fmt.Sprintf("%d vars", count))
}

// memory returns the prepared bytes at an address: a whole piece at its beginning, a C string in
// its middle.
func (p *program) memory(at uintptr) []byte {
	for _, b := range p.keep {
		start := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
		switch {
		case at == start && len(b) < 4096:
			return b
		case at >= start && at < start+uintptr(len(b)):
			text, _, _ := strings.Cut(string(b[at-start:]), "\x00")
			return []byte(text)
		}
	}
	return nil // where the kernel put the arguments
}

// describeBytes returns text in quotes, and other memory as its length and hexadecimal digits,
// without the zeros at its end.
func describeBytes(b []byte) string {
	text := strings.TrimSuffix(string(b), "\x00")
	for _, c := range []byte(text) {
		if c != '\n' && (c < ' ' || c > '~') {
			return fmt.Sprintf("[%d]%x", len(b), strings.TrimRight(string(b), "\x00"))
		}
	}
	return strconv.Quote(text)
}
