package kernel

import (
	"fmt"
	"strconv"
	"strings"
	"unsafe"

	"nstools/internal/plan"
)

var opcodeNames = [...]string{
	opCall: "call", opJump: "jump", opFork: "fork", opGate: "gate", opReap: "reap", opExit: "exit",
	opSupervise: "supervise", opRelay: "relay", opMonitor: "monitor", opPty: "pty", opEnter: "enter",
	opCheckParent: "checkParent", opRenewMount: "renewMount", opAmbient: "ambient", opExec: "exec",
}

// Listing returns what a plan is lowered to, a line for each instruction. It is for tests,
// and for whoever looks for a fault in the lowering: the programs never call it. Memory is
// shown by its content, the slot N as %N, and the message of a failure after a bar.
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
		words = append(words, p.describeWay(&p.ways[i.index])...)
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
	addIf(i.hint != 0, "hint")
	return strings.TrimSpace(strings.Join(words, " "))
}

func (p *program) describePhrase(what *phrase) string {
	text := ""
	if !p.bare {
		text = p.name.string() + ": "
	}
	for _, part := range what {
		text += part.string()
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

// describeArgs returns the arguments of a call but for zeros at the end.
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

func (p *program) describeWay(w *way) []string {
	words := []string{"pidfd " + describeFD(w.pidfd)}
	for _, fd := range w.outer {
		words = append(words, "through "+describeFD(fd))
	}
	for _, d := range w.doors {
		word := fmt.Sprintf("%#x by %s", d.flag, describeFD(d.fd))
		if d.behind {
			word += " behind"
		}
		if d.ours {
			word += " ours"
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

// memory returns the prepared bytes at an address: all that was prepared together or, in
// the middle of that, a C string.
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
	return nil // where the kernel put our arguments
}

// describeBytes returns text as it is, and other memory as its length and the hexadecimal
// digits of what is in it, without the zeros at its end.
func describeBytes(b []byte) string {
	text := strings.TrimSuffix(string(b), "\x00")
	for _, c := range []byte(text) {
		if c != '\n' && (c < ' ' || c > '~') {
			return fmt.Sprintf("[%d]%x", len(b), strings.TrimRight(string(b), "\x00"))
		}
	}
	return strconv.Quote(text)
}
