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
type Place struct {
	Name string // of a named one
	PID  int    // of a process in it; 0 for none
}

// Host is the namespace that we are asked in: without a name, and of no process.
var Host = Place{}

// String is the place as the user writes it.
func (p Place) String() string {
	switch {
	case p.PID != 0:
		return "pid:" + strconv.Itoa(p.PID)
	case p.Name != "":
		return p.Name
	}
	return "host"
}

// A Site is an open namespace: it stays the same whatever becomes of its name.
type Site struct {
	Place
	fd      int
	own     bool  // that of the calling thread: it need not be entered, which takes a privilege
	typed   Place // by which commands that are typed elsewhere reach it: for the host, its name if it has been told by one
	conn    *rtnl.Conn
	indexes map[string]int // of devices that were looked up
}

// index is that of a device. While a wiring is made, which takes a moment, it stays.
func (s *Site) index(device string) (int, error) {
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
type Home struct {
	FD   int    // -1 for that of the calling thread
	Name string // by which it was told; "" for none
}

// OpenSite opens a place. The error is a *iproute.Failure.
func OpenSite(p Place, home Home) (s *Site, err error) {
	s = &Site{Place: p, typed: p, indexes: map[string]int{}}
	if p == Host {
		s.typed.Name = home.Name
	}
	switch {
	case p.PID != 0:
		s.fd, err = openFile("/proc/"+strconv.Itoa(p.PID)+"/ns/net", p)
	case p.Name != "":
		s.fd, err = openName(p.Name)
	case home.FD >= 0:
		s.fd, err = unix.FcntlInt(uintptr(home.FD), unix.F_DUPFD_CLOEXEC, 0)
	default:
		s.own = true
		s.fd, err = openFile("/proc/thread-self/ns/net", p)
	}
	if err != nil {
		return nil, err
	}
	enter := s.fd
	if s.own {
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
func openName(name string) (int, error) {
	fd, err := netns.OpenToEnter(name)
	if f := (*iproute.Failure)(nil); errors.As(err, &f) {
		f.Status = iproute.StatusFailed
	}
	return fd, err
}

func openFile(path string, p Place) (int, error) {
	fd, err := files.OpenNamespace(path)
	if err != nil {
		f := iproute.Fail("Cannot open the network namespace of " + p.String() + ": " + diag.Reason(err))
		errors.As(err, &f.Errno)
		return -1, f
	}
	return fd, nil
}

// Gone tells whether [OpenSite] failed because there is no such place any more.
func Gone(err error) bool { return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ESRCH) }

// Conn talks about it.
func (s *Site) Conn() *rtnl.Conn { return s.conn }

// Close ends it.
func (s *Site) Close() {
	s.conn.Close()
	unix.Close(s.fd)
}

// Same tells whether two sites are one namespace.
func (s *Site) Same(other *Site) bool {
	var a, b unix.Stat_t
	return unix.Fstat(s.fd, &a) == nil && unix.Fstat(other.fd, &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}

// isHere tells whether the calling thread is in the namespace.
func (s *Site) isHere() bool {
	var a, b unix.Stat_t
	return unix.Fstat(s.fd, &a) == nil && unix.Stat("/proc/thread-self/ns/net", &b) == nil && a.Dev == b.Dev && a.Ino == b.Ino
}

// within calls a function in the namespace; see [rtnl.Within].
func (s *Site) within(f func() error) error {
	if !s.own {
		return rtnl.Within(s.fd, f)
	}
	if !s.isHere() {
		return iproute.Fail("the way back to " + s.String() + " has failed before")
	}
	return f()
}

// ip is a command of ip(8) in the namespace, as one types it.
func (s *Site) ip(words ...string) string { return s.typed.ip(words...) }

// run is a command of another program in the namespace.
func (s *Site) run(words ...string) string { return s.typed.run(words...) }

// disconnect is the command that takes the connection of a device away.
func (s *Site) disconnect(device string) string {
	words := []string{"gonetns"}
	if s.typed != s.Place {
		words = append(words, "-n", s.typed.Name)
	}
	return quote.Shell(append(words, "disconnect", s.String()+":"+device))
}

func (p Place) ip(words ...string) string {
	switch {
	case p.PID != 0:
		return "nsenter -t " + strconv.Itoa(p.PID) + " -n ip " + quote.Shell(words)
	case p.Name != "":
		return "ip -n " + quote.Shell([]string{p.Name}) + " " + quote.Shell(words)
	}
	return "ip " + quote.Shell(words)
}

func (p Place) run(words ...string) string {
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
func (p Place) gonetns(words ...string) string {
	switch {
	case p.PID != 0:
		return "gonsenter -t " + strconv.Itoa(p.PID) + " -n gonetns " + quote.Shell(words)
	case p.Name != "":
		return "gonetns -n " + quote.Shell([]string{p.Name}) + " " + quote.Shell(words)
	}
	return "gonetns " + quote.Shell(words)
}

// enter is a command of another program in the namespace, for hints.
func (p Place) enter(words ...string) string {
	switch {
	case p.PID != 0:
		return "gonsenter -t " + strconv.Itoa(p.PID) + " -n " + quote.Shell(words)
	case p.Name != "":
		return "gonetns exec " + quote.Shell([]string{p.Name}) + " " + quote.Shell(words)
	}
	return quote.Shell(words)
}
