package terminal

import (
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/kernel"
	"nstools/internal/plan"
)

// startName is the name under which the relay starts this program again. The next word is
// the descriptor of a socket to the relay; the user's words follow. A user who starts the
// program so gets a pty over his own socket, which he could have made himself.
const startName = "nstools-pty"

// The slots of the relay's plan.
const (
	_ plan.Slot = plan.FD + iota
	slotMask
	slotSession
)

// ParseStart returns the parts of a command line with which a relay has started this process:
// its socket and the user's words. Without a relay the socket is -1 and line is argv.
func ParseStart(argv []string) (socket int, line []string) {
	if len(argv) < 3 || argv[0] != startName {
		return none, argv
	}
	socket, err := strconv.Atoi(argv[1])
	if err != nil || socket < 3 {
		return none, argv
	}
	unix.CloseOnExec(socket)
	return socket, argv[2:]
}

// Relay returns the plan of a process that stays between the caller's terminal and the pty
// of a command line that is started again.
// Errors: this process has threads, or socketpair(2) failed.
func Relay(c Caller, argv, env []string) (*plan.Plan, error) {
	if !kernel.IsPlanner() {
		return nil, &diag.Error{Text: "--pty does not work here", Hint: "there is no way to start without threads on this architecture, or in this emulator"}
	}
	pair, err := socketpair()
	if err != nil {
		return nil, err
	}
	c.In, c.Out = reopen(c.In, unix.O_RDONLY), reopen(c.Out, unix.O_WRONLY)
	return relay(c, pair, append([]string{startName, strconv.Itoa(pair[1])}, argv...), env), nil
}

// ExplainRelay returns Relay's plan for an explanation, without opening any file. All three
// standard descriptors are taken for a terminal.
func ExplainRelay(argv, env []string) *plan.Plan {
	return relay(Caller{Standard: [3]bool{true, true, true}, In: none, Out: none}, [2]int{none, none}, append([]string{startName, "line"}, argv...), env)
}

func relay(c Caller, pair [2]int, argv, env []string) *plan.Plan {
	p := new(plan.Plan)
	p.Add("--pty",
		plan.Done{Call: pairCall("relay", "line")},
		plan.Opened("AT_FDCWD", fdPath(0), "O_RDONLY|O_NOCTTY|O_NONBLOCK", "in"),
		plan.Opened("AT_FDCWD", fdPath(1), "O_WRONLY|O_NOCTTY|O_NONBLOCK", "out"),
		plan.DefaultSignal(unix.SIGCHLD), // where it is ignored, wait4(2) finds no child
		plan.BlockAll(slotMask),
		plan.Fork{PID: slotSession, Names: [2]string{"relay", "monitor"}, Parent: []plan.Step{{For: "--pty", Op: plan.Relay{
			PID: slotSession, Socket: pair[0], Peer: pair[1], In: c.In, Out: c.Out, Shared: c.Standard != [3]bool{true, true, true},
		}}}},
		plan.Call{Name: "setsid", Fail: "setsid failed"},
		plan.RestoreSignals(slotMask),
		plan.Call{Name: "fcntl", Args: []plan.Arg{plan.Flags(uintptr(pair[1]), "line"), plan.Flags(unix.F_SETFD, "F_SETFD"), plan.Int(0)}, Fail: "fcntl failed"},
		plan.Exec{Name: kernel.Self, Paths: []string{kernel.Self}, Argv: argv, Env: env},
	)
	return p
}

// socketpair returns two connected sockets that keep the bounds of messages.
func socketpair() ([2]int, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return pair, &diag.Error{Text: "socketpair failed: " + diag.Reason(err)}
	}
	return pair, nil
}

func pairCall(near, far string) string {
	return "socketpair(AF_UNIX, SOCK_SEQPACKET|SOCK_CLOEXEC, 0, [" + near + ", " + far + "])"
}
