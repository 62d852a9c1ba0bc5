package terminal

import (
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/kernel"
	"nstools/internal/plan"
)

// startName is the name under which the relay starts our own program again. The next
// word is the descriptor of a socket to the relay; the user's words follow. Whoever
// starts the program so himself gets a pty that is handed to his own socket, and
// nothing else that he could not have.
const startName = "nstools-pty"

// The slots of the relay's plan.
const (
	_ plan.Slot = plan.FD + iota
	slotMask
	slotSession
)

// ParseStart takes a command line apart by which a relay has started us. Without a relay
// the socket is -1, and the line is as it was.
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

// Relay compiles the plan of a process that stays between the caller's terminal and
// the pty of a command line that is started once more.
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

// ExplainRelay is Relay without a descriptor opened, for a terminal on all three
// standard ones.
func ExplainRelay(argv, env []string) *plan.Plan {
	return relay(Caller{Standard: [3]bool{true, true, true}, In: none, Out: none}, [2]int{none, none}, append([]string{startName, "line"}, argv...), env)
}

func relay(c Caller, pair [2]int, argv, env []string) *plan.Plan {
	p := new(plan.Plan)
	p.Add("--pty",
		plan.Done{Call: pairCall("relay", "line")},
		plan.Opened("AT_FDCWD", fdPath(0), "O_RDONLY|O_NOCTTY|O_NONBLOCK", "in"),
		plan.Opened("AT_FDCWD", fdPath(1), "O_WRONLY|O_NOCTTY|O_NONBLOCK", "out"),
		plan.DefaultSignal(unix.SIGCHLD), // else a caller that ignores it leaves us nothing to wait for
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

// socketpair makes two connected sockets that keep messages apart.
func socketpair() ([2]int, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return pair, &diag.Error{Text: "socketpair failed: " + diag.Reason(err)}
	}
	return pair, nil
}

func pairCall(ours, theirs string) string {
	return "socketpair(AF_UNIX, SOCK_SEQPACKET|SOCK_CLOEXEC, 0, [" + ours + ", " + theirs + "])"
}
