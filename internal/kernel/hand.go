package kernel

import (
	"os"
	"os/signal"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"

	"nstools/internal/plan"
)

func init() {
	if deaf {
		signal.Ignore(unix.SIGPIPE) // the runtime dies of it whatever it inherited
	}
	if !planner {
		// The plan will be carried out by the thread that main runs on; it must
		// be the first, whose id is the PID.
		runtime.LockOSThread()
	}
}

// PID is the id of the process that the user started and that will become the
// command.
func PID() int {
	if planner {
		return int(process)
	}
	return os.Getpid()
}

// Run lowers the plan and has it carried out. It returns only if the plan cannot
// be lowered, which is a mistake in this program.
func Run(p *plan.Plan, r Reporter) error {
	prog, err := lower(p, r)
	if err != nil {
		return err
	}
	prog.self = openSelf(r.Origin == plan.OriginProcess)
	if !planner {
		prog.run(first)
	}
	handed = prog
	os.Exit(0)
	return nil
}

// openStarted opens our executable where there is no /proc, by the path by which the
// caller has it. A script that has us as its interpreter is not it.
func openStarted() (int, error) {
	const atExecfn = 31
	start := (*byte)(unsafe.Add(nil, auxiliary(atExecfn)))
	if start == nil {
		return -1, unix.ENOENT
	}
	fd, err := unix.Open(unix.BytePtrToString(start), unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	var magic [4]byte
	if n, err := unix.Pread(fd, magic[:], 0); err != nil || n != len(magic) || magic != [...]byte{0x7f, 'E', 'L', 'F'} {
		unix.Close(fd)
		return -1, unix.ENOEXEC
	}
	return fd, nil
}

// selfAside is where our executable is kept open: out of the way of the numbers that the
// plan's own descriptors get, and within the table that every process has; see
// NR_OPEN_DEFAULT.
const selfAside = 60

// openSelf opens our executable for a hint, out of the way of the numbers that
// the plan's own descriptors get; where the limit leaves no such place, there
// will be no hint. To be copied it has to be readable.
func openSelf(readable bool) uintptr {
	flags := unix.O_PATH
	if readable {
		flags = unix.O_RDONLY
	}
	fd, err := unix.Open(Self, flags|unix.O_CLOEXEC, 0)
	if err != nil && !readable {
		fd, err = openStarted()
	}
	if err != nil {
		return noDescriptor
	}
	defer unix.Close(fd)
	self, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, selfAside)
	if err != nil {
		return noDescriptor
	}
	return uintptr(self)
}
