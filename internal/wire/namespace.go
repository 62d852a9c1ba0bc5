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

// A Place says which network namespace is meant.
type NamespaceRef struct {
	Name string // of a named one
	PID  int    // of a process in it; 0 for none
}

// Host is the namespace that we are asked in: without a name, and of no process.
var Host = NamespaceRef{}

// String is the place as the user writes it.
func (p NamespaceRef) String() string {
	switch {
	case p.PID != 0:
		return "pid:" + strconv.Itoa(p.PID)
	case p.Name != "":
		return p.Name
	}
	return "host"
}

// A Site is an open namespace: it stays the same whatever becomes of its name.
type Namespace struct {
	NamespaceRef
	fd      int
	current bool         // that of the calling thread: it need not be entered, which takes a privilege
	cli     NamespaceRef // by which commands that are typed elsewhere reach it: for the host, its name if it has been told by one
	conn    *rtnl.Conn
	indexes map[string]int // of devices that were looked up
}

// index is that of a device. While a wiring is made, which takes a moment, it stays.
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

// A Home is the namespace that is called the host.
type HostNamespace struct {
	FD   int    // -1 for that of the calling thread
	Name string // by which it was told; "" for none
}

// OpenSite opens a place. The error is a *iproute.Failure.
func OpenNamespace(p NamespaceRef, home HostNamespace) (s *Namespace, err error) {
	s = &Namespace{NamespaceRef: p, cli: p, indexes: map[string]int{}}
	if p == Host {
		s.cli.Name = home.Name
	}
	switch {
	case p.PID != 0:
		s.fd, err = openFile("/proc/"+strconv.Itoa(p.PID)+"/ns/net", p)
	case p.Name != "":
		s.fd, err = openNamed(p.Name)
	case home.FD >= 0:
		s.fd, err = unix.FcntlInt(uintptr(home.FD), unix.F_DUPFD_CLOEXEC, 0)
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

// openName has another status than ip(8), which has nothing to connect.
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

// Gone tells whether [OpenSite] failed because there is no such place any more.
func IsGone(err error) bool { return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ESRCH) }

// Conn talks about it.
func (s *Namespace) Conn() *rtnl.Conn { return s.conn }

// Close ends it.
func (s *Namespace) Close() {
	s.conn.Close()
	unix.Close(s.fd)
}

// Same tells whether two sites are one namespace.
func (s *Namespace) Same(other *Namespace) bool {
	var a, b unix.Stat_t
	return unix.Fstat(s.fd, &a) == nil && unix.Fstat(other.fd, &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}

// isHere tells whether the calling thread is in the namespace.
func (s *Namespace) isCurrent() bool {
	var a, b unix.Stat_t
	return unix.Fstat(s.fd, &a) == nil && unix.Stat("/proc/thread-self/ns/net", &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}

// within calls a function in the namespace; see [rtnl.Within].
func (s *Namespace) within(f func() error) error {
	if !s.current {
		return rtnl.Within(s.fd, f)
	}
	if !s.isCurrent() {
		return iproute.Fail("the way back to " + s.String() + " has failed before")
	}
	return f()
}

// ip is a command of ip(8) in the namespace, as one types it.
func (s *Namespace) ipCommand(words ...string) string { return s.cli.ipCommand(words...) }

// run is a command of another program in the namespace.
func (s *Namespace) command(words ...string) string { return s.cli.command(words...) }

// disconnect is the command that takes the connection of a device away.
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

// gonetns is a command of ours in the namespace, which can be typed where there is no
// ip(8), too.
func (p NamespaceRef) gonetnsCommand(words ...string) string {
	switch {
	case p.PID != 0:
		return "gonsenter -t " + strconv.Itoa(p.PID) + " -n gonetns " + quote.Shell(words)
	case p.Name != "":
		return "gonetns -n " + quote.Shell([]string{p.Name}) + " " + quote.Shell(words)
	}
	return "gonetns " + quote.Shell(words)
}

// enter is a command of another program in the namespace, for hints.
func (p NamespaceRef) hintCommand(words ...string) string {
	switch {
	case p.PID != 0:
		return "gonsenter -t " + strconv.Itoa(p.PID) + " -n " + quote.Shell(words)
	case p.Name != "":
		return "gonetns exec " + quote.Shell([]string{p.Name}) + " " + quote.Shell(words)
	}
	return quote.Shell(words)
}
