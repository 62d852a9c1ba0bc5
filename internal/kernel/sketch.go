package kernel

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"nstools/internal/plan"
)

// A Sketch is a program in the making, before there is a runtime: the short way for the command
// lines that people use most. A tool reads the words and adds calls, in memory that the process
// began with. What it does not know, it leaves to the planner: it returns false before anything has
// been changed.
//
// All methods obey the rules of the package comment. A string argument of a call has a NUL behind
// its end, as [Sketch.Word] and [Ended] return it.
type Sketch struct {
	words  uintptr // as the kernel put them there: addresses, a NULL, the environment, a NULL
	count  uintptr // of the words
	euid   uintptr
	egid   uintptr
	pid    uintptr
	auxv   auxiliaryVector
	option Chars   // for which calls are being added
	asked  bool    // euid and egid are known
	full   bool    // the memory is too small
	used   uintptr // bytes of the arena
	opened [40]int32
	open   int // how many are opened
}

// sketchRoom is the memory of a sketch. Pages that are never touched cost nothing. So what nearly
// all sketches use is side by side: the texts below it grow down, and the instructions above it
// grow up.
type sketchRoom struct {
	arena      [16 << 10]byte
	sketch     Sketch
	image      image
	login      [2]uintptr
	environ    [3]uintptr
	words      [SketchWords]string
	paths      [sketchPaths]uintptr
	program    program
	code       [sketchCalls]instr
	enter      enterStep
	namespaces [8]enterNamespace
	shells     [8]shellImage
}

// SketchWords is how many words of a command line [Sketch.Words] returns at most.
const SketchWords = 64

// sketched is where the one sketch of a process is made.
var sketched sketchRoom

// spareMemory is memory for what is needed for a moment: a file that is read, the arguments of a
// hint.
var spareMemory [8 << 10]uintptr

const (
	sketchCalls = 64
	sketchPaths = 64
)

// auxiliaryVector has the values of getauxval(3) that a sketch needs.
type auxiliaryVector struct{ headers, count, page, secure uintptr }

// start reads what the kernel put on the stack. It returns false if that is not as expected, or if
// the planner has to refuse to work.
func (s *Sketch) start(words, count uintptr) bool {
	s.words, s.count = words, count
	at := words + (count+1)*wordSize
	for ; wordAt(at) != 0; at += wordSize {
	}
	for at += wordSize; wordAt(at) != 0; at += 2 * wordSize {
		value := wordAt(at + wordSize)
		switch wordAt(at) {
		case atPHDR:
			s.auxv.headers = value
		case atPHNUM:
			s.auxv.count = value
		case atPAGESZ:
			s.auxv.page = value
		case atSECURE:
			s.auxv.secure = value
		}
	}
	if count == 0 || s.auxv.secure != 0 {
		return false
	}
	name := charsUpToNUL(wordAt(words))
	if name.size == 0 || name.byteAt(name.size-1) == '/' || name.String() == hintName || name.String() == "nstools-pty" {
		return false
	}
	for n := name.size; n > 0; n-- {
		if name.byteAt(n-1) == '/' {
			name = Chars{name.at + n, name.size - n}
			break
		}
	}
	p := &sketched.program
	setSlice(unsafe.Pointer(&p.code), uintptr(unsafe.Pointer(&sketched.code)), 1, len(sketched.code))
	sketched.code[0].op = opExit // see lower
	p.name, p.self = name, noDescriptor
	return true
}

// wordAt reads a word of memory.
//
//go:nosplit
func wordAt(at uintptr) uintptr { return **(**uintptr)(unsafe.Pointer(&at)) }

// setSlice makes a slice of an array, without a write of a pointer.
func setSlice(slice unsafe.Pointer, array uintptr, length, capacity int) {
	*(*[3]uintptr)(slice) = [3]uintptr{array, uintptr(length), uintptr(capacity)}
}

// Count returns the number of words of the command line, the program's name included.
func (s *Sketch) Count() int { return int(s.count) }

// Name returns the program's name in messages.
func (s *Sketch) Name() string { return sketched.program.name.String() }

// Word returns a word of the command line.
func (s *Sketch) Word(n int) string {
	return charsUpToNUL(wordAt(s.words + uintptr(n)*wordSize)).String()
}

// Words returns the first words of the command line, at most SketchWords.
func (s *Sketch) Words() []string {
	count := min(int(s.count), len(sketched.words))
	for n := range count {
		// Without a write of a pointer.
		*(*Chars)(unsafe.Pointer(&sketched.words[n])) = charsUpToNUL(wordAt(s.words + uintptr(n)*wordSize))
	}
	return sketched.words[:count]
}

// Getenv returns the value of a variable, as getenv(3) does.
func (s *Sketch) Getenv(name string) (value string, ok bool) {
	c := s.setting(name)
	if c.size == 0 {
		return "", false
	}
	cut := uintptr(len(name) + 1)
	return Chars{c.at + cut, c.size - cut}.String(), true
}

// setting returns a variable's string in the environment, its name included.
func (s *Sketch) setting(name string) Chars {
	for at := s.words + (s.count+1)*wordSize; wordAt(at) != 0; at += wordSize {
		if isSetting(wordAt(at), name) {
			return charsUpToNUL(wordAt(at))
		}
	}
	return Chars{}
}

// isSetting reports whether the C string at an address is a setting of the variable.
func isSetting(at uintptr, name string) bool {
	c := Chars{at: at}
	for n := range len(name) {
		if c.byteAt(uintptr(n)) != name[n] { // the NUL, too, is another
			return false
		}
	}
	return c.byteAt(uintptr(len(name))) == '='
}

// EUID and EGID return the caller's effective ids.
func (s *Sketch) EUID() uint32 { s.askIDs(); return uint32(s.euid) }
func (s *Sketch) EGID() uint32 { s.askIDs(); return uint32(s.egid) }

// askIDs asks for the ids once. Not every command line needs them.
func (s *Sketch) askIDs() {
	if !s.asked {
		s.asked = true
		s.euid, _ = rawCall(sysGeteuid, 0, 0, 0)
		s.egid, _ = rawCall(sysGetegid, 0, 0, 0)
	}
}

// Ended returns a constant without the NUL at its end. The system call that gets the string
// finds the NUL behind it.
func Ended(constant string) string { return constant[:len(constant)-1] }

// Text joins strings in the sketch's own memory, with a NUL behind the result.
func (s *Sketch) Text(a, b, c string) string {
	t := s.text(CharsOf(a), CharsOf(b), CharsOf(c))
	return t.String()
}

func (s *Sketch) text(a, b, c Chars) Chars {
	size := a.size + b.size + c.size
	t := s.take(size + 1)
	if s.full {
		return Chars{t, 0}
	}
	end := copyChars(copyChars(copyChars(t, a), b), c)
	**(**byte)(unsafe.Pointer(&end)) = 0 // a test uses the memory more than once
	return Chars{t, size}
}

// take returns the address of unused memory for texts. If too little is left, the sketch is given
// up.
func (s *Sketch) take(size uintptr) uintptr {
	if size > unsafe.Sizeof(sketched.arena)-s.used {
		s.full = true
		return uintptr(unsafe.Pointer(&sketched.arena))
	}
	s.used += size
	return uintptr(unsafe.Pointer(&sketched.arena)) + unsafe.Sizeof(sketched.arena) - s.used
}

// copyChars copies text to an address, and returns the address behind it.
func copyChars(to uintptr, c Chars) uintptr {
	for n := range c.size {
		**(**byte)(unsafe.Pointer(&to)) = c.byteAt(n)
		to++
	}
	return to
}

// Decimal returns a number as text.
func (s *Sketch) Decimal(n uint64) string {
	var b [20]byte
	at := len(b)
	for {
		at--
		b[at] = byte('0' + n%10)
		n /= 10
		if n == 0 {
			break
		}
	}
	return s.text(Chars{uintptr(unsafe.Pointer(&b[at])), uintptr(len(b) - at)}, Chars{}, Chars{}).String()
}

// For names the option that asked for the calls that follow; "" for none.
func (s *Sketch) For(option string) { s.option = CharsOf(option) }

// emit adds an instruction.
func (s *Sketch) emit(i *instr) {
	n := len(sketched.program.code)
	if n >= len(sketched.code) {
		s.full = true
		return
	}
	sketched.code[n] = *i
	setLength(unsafe.Pointer(&sketched.program.code), n+1)
}

func setLength(slice unsafe.Pointer, n int) { (*(*[3]uintptr)(slice))[1] = uintptr(n) }

var emptyText byte

// A sketchCall is a call in the making. What it refers to is in memory that stays.
type sketchCall struct {
	instr instr
	name  string
	texts [6]Chars
	count int
}

func (c *sketchCall) number(n uintptr, text string) {
	c.instr.args[c.count], c.texts[c.count] = n, CharsOf(text)
	c.count++
}

// memory adds the address of text. Empty text gets the address of a NUL: the empty rest of a Go
// string may point to the string's beginning.
func (c *sketchCall) memory(text string) {
	m := CharsOf(text)
	if m.size == 0 {
		m.at = uintptr(unsafe.Pointer(&emptyText))
	}
	c.instr.kinds[c.count], c.instr.args[c.count], c.texts[c.count] = plan.Memory, m.at, m
	c.count++
}

func (c *sketchCall) slot(kind plan.ArgKind, slot plan.Slot, text string) {
	c.instr.kinds[c.count], c.instr.args[c.count], c.texts[c.count] = kind, uintptr(slot), CharsOf(text)
	c.count++
}

// add adds a call with the message of its failure; see plan.Call.
func (s *Sketch) add(c *sketchCall, what phrase) {
	c.instr.op, c.instr.fail, c.instr.status = opCall, what, exitFailure
	if what.isThere() {
		c.instr.hint = s.hint(c.name, c.texts[:c.count], plan.WhyPlain)
	}
	s.emit(&c.instr)
}

// hint keeps what explains a call's failure, and returns it, as the lowerer's hint does.
func (s *Sketch) hint(call string, args []Chars, why plan.Why) hintSpec {
	s.used += -s.used & (wordSize - 1)
	at := s.take(uintptr(len(args)) * unsafe.Sizeof(Chars{}))
	h := hintSpec{s.option, CharsOf(call), at, uintptr(len(args)), why}
	if s.full {
		return hintSpec{}
	}
	for n := range args {
		**(**Chars)(unsafe.Pointer(&at)) = args[n]
		at += unsafe.Sizeof(Chars{})
	}
	return h
}

// Reasons sets the Reasons and Childless of the [Reporter].
func (s *Sketch) Reasons(words []string, childless string) {
	setSlice(unsafe.Pointer(&sketched.program.reasons), uintptr(unsafe.Pointer(unsafe.SliceData(words))), len(words), len(words))
	sketched.program.childless = CharsOf(childless)
}

// hintEnviron sets the environment in which the cause is looked for; see tool.HintEnv.
func (s *Sketch) hintEnviron() {
	path, home := s.setting("PATH"), s.setting("HOME")
	if path.size == 0 {
		path = CharsOf("PATH=/bin:/usr/bin\x00")
	}
	if home.size == 0 {
		home = CharsOf("HOME=\x00")
	}
	sketched.environ = [...]uintptr{path.at, home.at, 0}
	sketched.program.envp = uintptr(unsafe.Pointer(&sketched.environ))
}

// Command ends the sketch with the command that begins at a word; see tool.Command. The environment
// is the caller's.
func (s *Sketch) Command(from int) {
	name := charsUpToNUL(wordAt(s.words + uintptr(from)*wordSize))
	im := s.newImage()
	words := s.words + uintptr(from)*wordSize
	count := int(s.count) - from + 1
	setSlice(unsafe.Pointer(&im.argv), words, count, count)
	setSlice(unsafe.Pointer(&im.script), words-wordSize, count+1, count+1)
	s.search(name)
	s.exec(name, plan.WhyPlain)
}

// LoginShell ends the sketch with a shell; see tool.LoginShell.
func (s *Sketch) LoginShell(shell string) {
	path := CharsOf(shell)
	base := path
	for n := path.size; n > 0; n-- {
		if path.byteAt(n-1) == '/' {
			base = Chars{path.at + n, path.size - n}
			break
		}
	}
	if base.size == 0 { // path.Base returns another name
		s.full = true
		return
	}
	im := s.newImage()
	sketched.login = [...]uintptr{s.text(CharsOf("-"), base, Chars{}).at, 0}
	setSlice(unsafe.Pointer(&im.argv), uintptr(unsafe.Pointer(&sketched.login)), 2, 2)
	s.addPath(path.at)
	s.exec(path, plan.WhyNoCommand)
}

// StandIn adds a login shell that is tried where LoginShell's shell does not exist; see
// plan.Exec.
func (s *Sketch) StandIn(shell string) {
	im := &sketched.image
	n := len(im.shells)
	if n >= len(sketched.shells) {
		s.full = true
		return
	}
	base := 0
	for i := range len(shell) {
		if shell[i] == '/' {
			base = i + 1
		}
	}
	sketched.shells[n] = shellImage{s.text(CharsOf(shell), Chars{}, Chars{}).at, s.text(CharsOf("-"), CharsOf(shell[base:]), Chars{}).at}
	setSlice(unsafe.Pointer(&im.shells), uintptr(unsafe.Pointer(&sketched.shells)), n+1, len(sketched.shells))
}

func (s *Sketch) newImage() *image {
	im := &sketched.image
	setSlice(unsafe.Pointer(&sketched.program.execs), uintptr(unsafe.Pointer(im)), 1, 1)
	setSlice(unsafe.Pointer(&im.paths), uintptr(unsafe.Pointer(&sketched.paths)), 0, len(sketched.paths))
	im.envp = s.words + (s.count+1)*wordSize
	return im
}

func (s *Sketch) addPath(at uintptr) {
	im := &sketched.image
	n := len(im.paths)
	if n >= len(sketched.paths) {
		s.full = true
		return
	}
	sketched.paths[n] = at
	setLength(unsafe.Pointer(&im.paths), n+1)
}

// search adds the paths that execvp(3) of the GNU C library tries for a name.
func (s *Sketch) search(name Chars) {
	const nameMax, pathMax = 255, 4096
	slash := false
	for n := range name.size {
		slash = slash || name.byteAt(n) == '/'
	}
	if name.size == 0 || slash || name.size > nameMax {
		s.addPath(name.at)
		return
	}
	dirs := CharsOf("/bin:/usr/bin") // confstr(_CS_PATH)
	if path := s.setting("PATH"); path.size != 0 {
		const cut = uintptr(len("PATH="))
		dirs = Chars{path.at + cut, path.size - cut}
	}
	for begin := uintptr(0); ; {
		end := begin
		for end < dirs.size && dirs.byteAt(end) != ':' {
			end++
		}
		switch dir := (Chars{dirs.at + begin, end - begin}); {
		case dir.size == 0:
			s.addPath(name.at)
		case dir.size < pathMax:
			s.addPath(s.text(dir, CharsOf("/"), name).at)
		}
		if end >= dirs.size {
			return
		}
		begin = end + 1
	}
}

// ExecFailure sets the message and the exit status for a command that cannot be run, in place of
// util-linux's. The message is what, the name in quotes and "failed".
func (s *Sketch) ExecFailure(what string, status uint8) {
	i := &sketched.code[len(sketched.program.code)-1]
	name := i.fail[1]
	i.fail, i.status = phrase{CharsOf(what), name, CharsOf("\" failed")}, status
}

// NoPrefix leaves the name out in front of messages; see Reporter.
func (s *Sketch) NoPrefix() { sketched.program.noPrefix = true }

// exec adds the instruction that executes the command.
func (s *Sketch) exec(name Chars, why plan.Why) {
	args := [...]Chars{name}
	i := instr{op: opExec, fail: phrase{CharsOf("failed to execute "), name}}
	i.hint = s.hint("execve", args[:], why)
	s.emit(&i)
}

// finish has the tool sketch, and reports whether it could.
func (s *Sketch) finish(way func(*Sketch) bool) bool {
	if !way(s) || s.full {
		return false
	}
	s.hintEnviron()
	return true
}

// openSelf does what openSelf of hand.go does, without a runtime. It returns false where the
// planner may find another way to the executable.
func (s *Sketch) openSelf() bool {
	flags := uintptr(unix.O_PATH)
	if sketched.program.origin == plan.OriginProcess {
		flags = unix.O_RDONLY
	}
	fd, errno := rawCall6(unix.SYS_OPENAT, atCwd, uintptr(unsafe.Pointer(&ownExecutable)), flags|unix.O_CLOEXEC, 0, 0, 0)
	if errno != 0 {
		return false
	}
	self, errno := rawCall(unix.SYS_FCNTL, fd, unix.F_DUPFD_CLOEXEC, selfAside)
	if errno == 0 {
		sketched.program.self = self
	}
	rawCall(unix.SYS_CLOSE, fd, 0, 0)
	return true
}
