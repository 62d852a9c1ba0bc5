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

// A Session is what a command knows about its command line, its streams and its namespace.
type Session struct {
	Name           string // of the program, in messages
	Argv           []string
	Opt            *Options
	Stdout, Stderr io.Writer
	IsIP           bool // called through a link named ip
	InBatch        bool
	InNS           int             // descriptor of -netns; -1 for none
	nextIPs        map[bool]NextIP // cache of NextIPFor
}

// Outlive is called before work that a signal must not leave half done. A batch may be killed
// between two of its commands.
func (s *Session) Outlive() {
	if !s.InBatch {
		kernel.Outlive()
	}
}

// Report prints a failure and returns its exit status.
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

// IDs connects to the namespace of -netns, or to the current one.
func (s *Session) IDs() (*netns.IDs, error) { return netns.OpenIDs(s.InNS) }

// adaptMessage replaces ip by this program's name where a message suggests a command.
func (s *Session) adaptMessage(text string) string {
	if s.IsIP {
		return text
	}
	for _, before := range []string{`try "`, `Try "`, "type '", "Usage: "} {
		text = strings.ReplaceAll(text, before+"ip ", before+s.Name+" ")
	}
	return text
}

// AddressFamily returns what -family asks for: AF_UNSPEC without it, AF_PACKET for devices
// only.
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

// CommandPrefix returns the beginning of commands of this program in the same namespace.
func (s *Session) CommandPrefix() string {
	if s.Opt.Netns != nil {
		return s.Name + " -n " + quote.Shell([]string{*s.Opt.Netns})
	}
	return s.Name
}
