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
	if ignoresSIGPIPE {
		signal.Ignore(unix.SIGPIPE) // the runtime dies of it, even if it inherited SIG_IGN
	}
	if !planner {
		// The thread that main runs on will carry out the plan. It must be the first, whose id
		// is the PID.
		runtime.LockOSThread()
	}
}

// PID returns the id of the process that the user started and that will become the command.
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
	prepared = prog
	os.Exit(0)
	return nil
}

// openStarted opens this program's executable where /proc is missing, by the path with which it was
// started. It refuses a script whose interpreter is this program.
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

// selfAside is the lowest number for the descriptor of the executable: above the numbers that
// the plan's own descriptors get, and within the table that every process has.
// See: NR_OPEN_DEFAULT.
const selfAside = 60

// openSelf opens this program's executable for a hint, with a number above the plan's own
// descriptors. Where the limit allows no such number, hints are left out. A readable descriptor is
// for sealedCopy.
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
