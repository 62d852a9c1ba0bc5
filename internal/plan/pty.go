package plan

import (
	"strconv"

	"nstools/internal/quote"
)

// Relay is the last step of a process that stays between the caller's terminal and a pty.
// The pty's master comes over a socket, from the process that carries out [Pty]. Then the
// terminal is raw. Bytes, window sizes and signals are relayed until the child has ended,
// and the relay ends as the child did. It stops and goes on as the child does.
// In every case the terminal is restored: where the relay is killed, a guard that it has
// forked does it.
//
// In and Out should not block in read(2) and write(2): a terminal that nobody types at or
// reads would keep signals back.
type Relay struct {
	PID     Slot
	Socket  int  // descriptor of the relay's end, on which the master comes
	Peer    int  // descriptor of the child's end
	In, Out int  // descriptors of the terminal, -1 where it cannot be read or written
	Shared  bool // other commands of a pipeline write to the terminal, too
}

// Pty opens a new pty and makes it the terminal of this process, which leads a session. The
// master goes to the [Relay], which has answered before this process goes on. The pty is one
// of the devpts at /dev/pts, else of the devpts to which /dev/ptmx leads, else of the
// caller's devpts.
//
// These files may be hostile. So each is held by O_PATH first, which opens no device, and
// only a ptmx is opened, through Proc.
type Pty struct {
	Relay    int     // descriptor of the socket
	Root     string  // the directory that will be the root; "" for the present root
	Proc     int     // descriptor of the caller's /proc
	Ptmx     int     // descriptor of the caller's /dev/ptmx, opened with O_PATH; -1 for none
	Standard [3]bool // which of the standard descriptors become the pty
	Fail     string  // the error message up to the colon
}

// Monitor is the last step of a process that leads the session in which the command is the
// foreground job. It is outside of the command's process group, which so is not orphaned:
// an orphaned group ignores ^Z. It waits for the forked child as [Supervise] does, and
// forwards every signal.
type Monitor struct {
	PID  Slot
	Gate Slot // lets a child go on that waits in Await
	Pty  int  // a standard descriptor that is the pty
}

func (r Relay) lines() []string {
	return []string{
		"clone(SIGCHLD) = guard",
		"recvmsg(relay) = master",
		"ioctl(in, TCGETS) = modes, ioctl(master, TCSETS, modes), ioctl(in, TCSETS, raw)",
		"ioctl(in, TIOCGWINSZ) = size, ioctl(master, TIOCSWINSZ, size) /* and on SIGWINCH */",
		`ppoll([signals line master in out]) /* read(in), write(master); read(master), write(out); kill(monitor, signal) */`,
		"wait4(monitor, WUNTRACED) /* where it stops: ioctl(in, TCSETS, modes), kill(0, SIGTSTP), and raw again, kill(monitor, SIGCONT) */",
		"ioctl(in, TCSETS, modes)",
	}
}

func (Relay) guardLines() []string {
	return []string{"setsid()", "read(gate, 1) /* if the relay was killed: ioctl(in, TCSETS, modes) */"}
}

func (Monitor) lines() []string {
	return []string{
		"prctl(PR_SET_DUMPABLE, 0)",
		"rt_sigtimedwait(~[]), wait4(child, WUNTRACED) /* where it stops: kill(getpid(), SIGSTOP), kill(-child, SIGCONT) */",
	}
}

func (p Pty) lines() []string {
	ptmx := `openat(AT_FDCWD, "/dev/pts/ptmx", O_PATH|O_NOFOLLOW|O_CLOEXEC) = ptmx`
	if p.Root != "" {
		ptmx = "openat2(" + quote.C(p.Root) + `, "dev/pts/ptmx", {flags=O_PATH|O_NOFOLLOW|O_CLOEXEC, resolve=RESOLVE_IN_ROOT}) = ptmx`
	}
	lines := []string{
		ptmx + ` /* else dev/ptmx, else the caller's */`,
		"statx(ptmx) /* is it the device 5:2? */",
		"openat(proc, self/fd/ptmx, O_RDWR|O_NOCTTY|O_NONBLOCK|O_CLOEXEC) = master",
		"ioctl(master, TIOCSPTLCK, [0]), ioctl(master, TIOCGPTPEER, O_RDWR|O_NOCTTY|O_CLOEXEC) = slave",
		"sendmsg(line, master), read(line, 1)",
		"ioctl(slave, TIOCSCTTY)",
	}
	for n, replaced := range p.Standard {
		if replaced {
			lines = append(lines, "dup3(slave, "+strconv.Itoa(n)+", 0)")
		}
	}
	return append(lines, "close(line)")
}
