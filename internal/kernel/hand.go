package kernel

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"

	"nstools/internal/plan"
)

func init() {
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
func Run(p *plan.Plan, name string, r Reporter) error {
	prog, err := lower(p, name, r, Environ())
	if err != nil {
		return err
	}
	if fd, err := unix.Open("/proc/self/exe", unix.O_PATH|unix.O_CLOEXEC, 0); err == nil {
		prog.self = uintptr(fd)
	}
	if !planner {
		prog.run(first)
	}
	handed = prog
	os.Exit(0)
	return nil
}
