package kernel

import (
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"nstools/internal/plan"
)

// hintName is the name under which this program's executable is started after a failure, to look
// for the cause: the process itself has no runtime. The new process looks where the failure
// happened, in the same namespaces, with the same root and credentials.
const hintName = "nstools-hint"

// A Failure is what a hint starts from.
type Failure struct {
	Name           string // of the program, as its messages give it
	Errno          syscall.Errno
	PIDForChildren bool // children of the process that failed get another PID namespace than its own
	Origin         plan.Origin
	Out            int      // descriptor to print to
	Threaded       bool     // the process that failed had threads, because there are no planners here
	Option         string   // the options that asked for the call, with blanks between them; "" without one
	Call           string   // name of the system call
	Why            plan.Why // what the compiler says of the call
	Args           []string // its arguments, strings unquoted, numbers in symbols
}

// A hintSpec holds the facts for a hint that are known before the failure; an [outcome] holds the
// others. Both become the arguments of the executable that looks for the cause.
type hintSpec struct {
	option, call Chars   // without a call no hint is looked for
	args         uintptr // the address of the call's arguments
	count        uintptr // how many arguments
	why          plan.Why
}

// arg returns one of the arguments.
func (h *hintSpec) arg(n uintptr) Chars {
	at := h.args + n*unsafe.Sizeof(Chars{})
	return **(**Chars)(unsafe.Pointer(&at))
}

// An outcome is what a hint has to know of a failure beside its call.
type outcome struct {
	errno          syscall.Errno
	pidForChildren uintptr // 1 where children get another PID namespace
	origin         plan.Origin
	out            uintptr // descriptor to print to
}

// vector returns the arguments of the executable that explains a failure. It returns 0 if they are
// too long, which only a command's name can be.
func (h *hintSpec) vector(name Chars, o outcome) (argv uintptr) {
	var digits [5][4]byte
	number := func(n int, value uintptr) Chars {
		return Chars{uintptr(unsafe.Pointer(&digits[n])), putNumber(&digits[n], value)}
	}
	fixed := [...]Chars{
		CharsOf(hintName), name, number(0, uintptr(o.errno)), number(1, o.pidForChildren), number(2, uintptr(o.origin)), number(3, o.out), number(4, uintptr(h.why)), h.option, h.call,
	}
	size := (uintptr(len(fixed)) + h.count + 1) * wordSize
	strings := size
	for n := range fixed {
		size += fixed[n].size + 1
	}
	for n := range h.count {
		size += h.arg(n).size + 1
	}
	if size > unsafe.Sizeof(spareMemory) {
		return 0
	}
	at := uintptr(unsafe.Pointer(&spareMemory))
	v := vectorWriter{argv: at, text: at + strings}
	for n := range fixed {
		v.add(fixed[n])
	}
	for n := range h.count {
		v.add(h.arg(n))
	}
	end := at + v.count*wordSize
	**(**uintptr)(unsafe.Pointer(&end)) = 0
	return at
}

// A vectorWriter puts C strings and their addresses into memory.
type vectorWriter struct{ argv, count, text uintptr }

func (v *vectorWriter) add(c Chars) {
	slot := v.argv + v.count*wordSize
	**(**uintptr)(unsafe.Pointer(&slot)) = v.text
	for n := range c.size {
		**(**byte)(unsafe.Pointer(&v.text)) = c.byteAt(n)
		v.text++
	}
	**(**byte)(unsafe.Pointer(&v.text)) = 0
	v.text++
	v.count++
}

// explain starts a child that looks for the cause, and waits for it. Go needs threads, which this
// process cannot make if it has a PID namespace for its children. Where no child can be started,
// it returns without a hint.
func (p *program) explain(h *hintSpec, errno syscall.Errno) {
	if h.call.size == 0 || p.self == noDescriptor {
		return
	}
	elsewhere := hasPIDForChildren()
	o := outcome{errno: errno, origin: p.origin}
	if elsewhere {
		o.pidForChildren = 1
	}
	pid, forkErrno := fork()
	switch {
	case forkErrno == unix.ENOMEM && elsewhere && errno == unix.ENOMEM: // other refusals have another cause
		p.tellHint(&phrase{p.childless})
	case forkErrno != 0:
	case pid != 0:
		waitFor(pid, 0)
	default:
		// The files that are looked at may be hostile: the search gets five seconds.
		limit := [4]uintptr{2: 5} // struct itimerval
		restoreDefault(uintptr(unix.SIGALRM))
		rawCall(unix.SYS_SETITIMER, 0, uintptr(unsafe.Pointer(&limit)), 0)
		self := p.self
		if p.origin == plan.OriginProcess {
			self = sealedCopy(self)
		}
		out, ok := replaceStderr(self)
		if !ok {
			exit(0)
		}
		o.out = out
		if argv := h.vector(p.name, o); argv != 0 {
			var empty byte
			rawCall6(unix.SYS_EXECVEAT, self, uintptr(unsafe.Pointer(&empty)), argv, p.envp, unix.AT_EMPTY_PATH, 0)
		}
		exit(0)
	}
}

// replaceStderr moves standard error to another number, and puts a read-only descriptor in its
// place. The message has been printed. If Go's runtime cannot start, because processes or memory
// are short, its traceback would hide the message.
func replaceStderr(readOnly uintptr) (out uintptr, ok bool) {
	const stderr = 2
	out, errno := rawCall(unix.SYS_FCNTL, stderr, unix.F_DUPFD, stderr+1)
	if errno != 0 {
		return 0, false
	}
	_, errno = rawCall(unix.SYS_DUP3, readOnly, stderr, 0)
	return out, errno == 0
}

// sealedCopy returns a copy of this program's executable that no process can change. A hostile
// process may open /proc/PID/exe of a process beside it, wait for that process's end, and write
// to the file. So the file that runs there must not be the host's own (CVE-2019-5736 of runc).
func sealedCopy(self uintptr) uintptr {
	const mfdExec = 0x10 // MFD_EXEC, since Linux 6.3
	var name byte
	at := uintptr(unsafe.Pointer(&name))
	fd, errno := rawCall(unix.SYS_MEMFD_CREATE, at, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING|mfdExec, 0)
	if errno == unix.EINVAL {
		fd, errno = rawCall(unix.SYS_MEMFD_CREATE, at, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING, 0)
	}
	if errno != 0 {
		return noDescriptor
	}
	for {
		n, errno := rawCall6(unix.SYS_SENDFILE, fd, self, 0, 1<<30, 0, 0)
		if errno != 0 {
			return noDescriptor
		}
		if n == 0 {
			break
		}
	}
	const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if _, errno := rawCall(unix.SYS_FCNTL, fd, unix.F_ADD_SEALS, seals); errno != 0 {
		return noDescriptor
	}
	// A process whose executable its user may not read is not dumpable: see would_dump() in
	// fs/exec.c. That protects it in another user namespace, where its ids are not mapped: a
	// process that traced it there would get its descriptors.
	if _, errno := rawCall(unix.SYS_FCHMOD, fd, 0o111, 0); errno != 0 {
		return noDescriptor
	}
	return fd
}

// hasPIDForChildren reports whether children get another PID namespace than this process has.
func hasPIDForChildren() bool {
	own, ok1 := readLink(&pidNamespace[0])
	theirs, ok2 := readLink(&childrenNamespace[0])
	return ok1 && (!ok2 || own != theirs)
}

func readLink(path *byte) (text [64]byte, ok bool) {
	_, errno := rawCall6(unix.SYS_READLINKAT, atCwd, uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(&text)), unsafe.Sizeof(text), 0, 0)
	return text, errno == 0
}

// Failed reports whether this process was started to explain a failure, and returns the failure.
// Every user can pass such words: they may lead to a hint, and to nothing else.
func Failed(argv []string) (Failure, bool) {
	if len(argv) == 0 || argv[0] != hintName {
		return Failure{}, false
	}
	if len(argv) < 9 {
		return Failure{}, true
	}
	errno, err1 := strconv.Atoi(argv[2])
	origin, err2 := strconv.ParseUint(argv[4], 10, 8)
	out, err3 := strconv.Atoi(argv[5])
	why, err4 := strconv.ParseUint(argv[6], 10, 8)
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil {
		return Failure{}, true
	}
	return Failure{
		Name: argv[1], Errno: syscall.Errno(errno), PIDForChildren: argv[3] == "1", Origin: plan.Origin(origin),
		Out: out, Threaded: !planner, Why: plan.Why(why), Option: argv[7], Call: argv[8], Args: argv[9:],
	}, true
}
