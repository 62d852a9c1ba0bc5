package wire

import (
	"errors"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/files"
	"nstools/internal/hint"
	"nstools/internal/iproute"
	"nstools/internal/link"
	"nstools/internal/netns"
	"nstools/internal/quote"
	"nstools/internal/rtnl"
)

// A NamespaceRef names a network namespace.
type NamespaceRef struct {
	Name string // in /run/netns
	PID  int    // of a process in it; 0 for none
}

// Host is the namespace in which the program was started, or the one of -netns.
var Host = NamespaceRef{}

// String returns the reference as the user writes it.
func (p NamespaceRef) String() string {
	switch {
	case p.PID != 0:
		return "pid:" + strconv.Itoa(p.PID)
	case p.Name != "":
		return p.Name
	}
	return "host"
}

// A Namespace is an open network namespace. It stays the same when its name changes.
type Namespace struct {
	NamespaceRef
	fd      int
	current bool         // of the calling thread: entering it would take a capability, and is left out
	cli     NamespaceRef // names it in printed commands: for the host, the name in -netns if there is one
	conn    *rtnl.Conn
	indexes map[string]int // indexes of devices that were looked up
}

// index returns the index of a device. It is looked up once: a connection is made in a moment.
func (s *Namespace) index(device string) (int, error) {
	if n, ok := s.indexes[device]; ok {
		return n, nil
	}
	n, err := link.Index(s.conn, device)
	if err == nil {
		s.indexes[device] = n
	}
	return n, err
}

// A HostNamespace is the namespace that "host" means.
type HostNamespace struct {
	FD   int    // -1 for the namespace of the calling thread
	Name string // from -netns; "" for none
}

// OpenNamespace opens a namespace. The error is a *iproute.Failure.
func OpenNamespace(p NamespaceRef, host HostNamespace) (s *Namespace, err error) {
	s = &Namespace{NamespaceRef: p, cli: p, indexes: map[string]int{}}
	if p == Host {
		s.cli.Name = host.Name
	}
	switch {
	case p.PID != 0:
		s.fd, err = openFile("/proc/"+strconv.Itoa(p.PID)+"/ns/net", p)
	case p.Name != "":
		s.fd, err = openNamed(p.Name)
	case host.FD >= 0:
		s.fd, err = unix.FcntlInt(uintptr(host.FD), unix.F_DUPFD_CLOEXEC, 0)
	default:
		s.current = true
		s.fd, err = openFile("/proc/thread-self/ns/net", p)
	}
	if err != nil {
		return nil, err
	}
	enter := s.fd
	if s.current {
		enter = -1
	}
	if s.conn, err = rtnl.Open(enter); err != nil {
		unix.Close(s.fd)
		if errors.Is(err, unix.EPERM) {
			f := iproute.Fail("cannot enter " + p.String() + ": " + diag.Strerror(unix.EPERM))
			f.Hint = hint.RefusedName("setns", unix.EPERM, "netns", "CLONE_NEWNET")
			return nil, f
		}
		return nil, err
	}
	return s, nil
}

// openNamed opens a namespace by its name. Its failures have status 1, since ip(8) lacks
// connect.
func openNamed(name string) (int, error) {
	fd, err := netns.OpenToEnter(name)
	if f := (*iproute.Failure)(nil); errors.As(err, &f) {
		f.Status = iproute.StatusFailed
	}
	return fd, err
}

func openFile(path string, p NamespaceRef) (int, error) {
	fd, err := files.OpenNamespace(path)
	if err != nil {
		f := iproute.Fail("Cannot open the network namespace of " + p.String() + ": " + diag.Reason(err))
		errors.As(err, &f.Errno)
		return -1, f
	}
	return fd, nil
}

// IsGone reports whether [OpenNamespace] failed because the name or the process is missing.
func IsGone(err error) bool { return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ESRCH) }

// Conn returns the connection to the kernel about the namespace.
func (s *Namespace) Conn() *rtnl.Conn { return s.conn }

// Close closes the namespace.
func (s *Namespace) Close() {
	s.conn.Close()
	unix.Close(s.fd)
}

// Same reports whether s and other are one namespace.
func (s *Namespace) Same(other *Namespace) bool {
	var a, b unix.Stat_t
	return unix.Fstat(s.fd, &a) == nil && unix.Fstat(other.fd, &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}

// isCurrent reports whether the calling thread is in the namespace.
func (s *Namespace) isCurrent() bool {
	var a, b unix.Stat_t
	return unix.Fstat(s.fd, &a) == nil && unix.Stat("/proc/thread-self/ns/net", &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}

// within calls a function in the namespace. See [rtnl.Within].
func (s *Namespace) within(f func() error) error {
	if !s.current {
		return rtnl.Within(s.fd, f)
	}
	if !s.isCurrent() {
		return iproute.Fail("the way back to " + s.String() + " has failed before")
	}
	return f()
}

// ipCommand returns a command of ip(8) in the namespace, as one types it.
func (s *Namespace) ipCommand(words ...string) string { return s.cli.ipCommand(words...) }

// command returns a command of another program in the namespace.
func (s *Namespace) command(words ...string) string { return s.cli.command(words...) }

// disconnectCommand returns the command that deletes the connection of a device.
func (s *Namespace) disconnectCommand(device string) string {
	words := []string{"gonetns"}
	if s.cli != s.NamespaceRef {
		words = append(words, "-n", s.cli.Name)
	}
	return quote.Shell(append(words, "disconnect", s.String()+":"+device))
}

func (p NamespaceRef) ipCommand(words ...string) string {
	switch {
	case p.PID != 0:
		return "nsenter -t " + strconv.Itoa(p.PID) + " -n ip " + quote.Shell(words)
	case p.Name != "":
		return "ip -n " + quote.Shell([]string{p.Name}) + " " + quote.Shell(words)
	}
	return "ip " + quote.Shell(words)
}

func (p NamespaceRef) command(words ...string) string {
	switch {
	case p.PID != 0:
		return "nsenter -t " + strconv.Itoa(p.PID) + " -n " + quote.Shell(words)
	case p.Name != "":
		return "ip netns exec " + quote.Shell([]string{p.Name}) + " " + quote.Shell(words)
	}
	return quote.Shell(words)
}

// gonetnsCommand returns a command of gonetns in the namespace. It works where ip(8) is
// missing.
func (p NamespaceRef) gonetnsCommand(words ...string) string {
	switch {
	case p.PID != 0:
		return "gonsenter -t " + strconv.Itoa(p.PID) + " -n gonetns " + quote.Shell(words)
	case p.Name != "":
		return "gonetns -n " + quote.Shell([]string{p.Name}) + " " + quote.Shell(words)
	}
	return "gonetns " + quote.Shell(words)
}

// hintCommand returns a command of another program in the namespace, for hints.
func (p NamespaceRef) hintCommand(words ...string) string {
	switch {
	case p.PID != 0:
		return "gonsenter -t " + strconv.Itoa(p.PID) + " -n " + quote.Shell(words)
	case p.Name != "":
		return "gonetns exec " + quote.Shell([]string{p.Name}) + " " + quote.Shell(words)
	}
	return quote.Shell(words)
}
