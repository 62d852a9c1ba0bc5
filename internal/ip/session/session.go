package session

import (
	"io"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
	"nstools/internal/kernel"
	"nstools/internal/netns"
	"nstools/internal/quote"
	"nstools/internal/rtnl"
	"nstools/internal/tool"
)

// A Session is what a command knows of the command line that it is part of, and whom it
// talks to.
type Session struct {
	Name           string // of the program, in messages
	Argv           []string
	Opt            *Options
	Stdout, Stderr io.Writer
	IsIP           bool // called through a link named ip
	InBatch        bool
	InNS           int             // -netns, as a descriptor; -1 for none
	nextIPs        map[bool]NextIP // what NextFor has found
}

// Outlive is called before what must not be left half done where we are killed. A batch
// is left between two commands of it.
func (s *Session) Outlive() {
	if !s.InBatch {
		kernel.Outlive()
	}
}

// Report writes a failure and returns its exit status.
func (s *Session) Report(err error) int {
	f := rtnl.FailureOf(err)
	if f == nil {
		return diag.Print(s.Stderr, s.Name, err)
	}
	io.WriteString(s.Stderr, f.Warning)
	to := s.Stderr
	if f.Stdout {
		to = s.Stdout
	}
	if f.Text != "" {
		io.WriteString(to, s.adaptMessage(f.Text)+"\n")
	}
	diag.WriteHint(s.Stderr, s.Name, f.Hint)
	return f.Status
}

// Print writes to standard output.
func (s *Session) Print(text string) error { return tool.Print(s.Stdout, text) }

// IDs asks the namespace of -netns, or our own.
func (s *Session) IDs() (*netns.IDs, error) { return netns.OpenIDs(s.InNS) }

// ownWords has a message say what can be typed to us, where it tells to try the command of
// ip(8).
func (s *Session) adaptMessage(text string) string {
	if s.IsIP {
		return text
	}
	for _, before := range []string{`try "`, `Try "`, "type '", "Usage: "} {
		text = strings.ReplaceAll(text, before+"ip ", before+s.Name+" ")
	}
	return text
}

// AddressFamily is what -family asks for: AF_UNSPEC without it, AF_PACKET for devices
// alone.
func (s *Session) AddressFamily() (int, error) {
	switch s.Opt.family {
	case "":
		return unix.AF_UNSPEC, nil
	case "inet":
		return unix.AF_INET, nil
	case "inet6":
		return unix.AF_INET6, nil
	case "link":
		return unix.AF_PACKET, nil
	}
	return 0, iproute.Usage(`Error: argument "` + s.Opt.family + `" is wrong: invalid protocol family`).MayBeIP() // mpls, bridge
}

// Own is how commands of this program begin that are about the same namespace.
func (s *Session) CommandPrefix() string {
	if s.Opt.Netns != nil {
		return s.Name + " -n " + quote.Shell([]string{*s.Opt.Netns})
	}
	return s.Name
}
