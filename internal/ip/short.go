package ip

import (
	"nstools/internal/diag"
	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/kernel"
	"nstools/internal/netns"
	"nstools/internal/plan"
)

// Short is the short way of gonetns: it sketches exec NAME COMMAND... and nothing else. It
// follows the rules of package kernel for code without a runtime. It serves root only: for
// others the planner first looks for another way.
func Short(s *kernel.Sketch) bool {
	if s.EUID() != 0 {
		return false
	}
	verb := 1
	if s.Count() > 1 && s.Word(1) == "netns" {
		verb = 2
	} else if s.Name() == "ip" {
		return false
	}
	if s.Count() < verb+3 || s.Word(verb) != "exec" {
		return false
	}
	if _, asked := s.Getenv(session.AskedVariable); asked { // the command must not see it
		return false
	}
	s.NoPrefix()
	s.Origin(plan.OriginName)
	s.Reasons(diag.ErrorTexts(), "")
	if !netns.Sketch(s, s.Word(verb+1)) {
		return false
	}
	s.For("")
	s.Command(verb + 2)
	s.ExecFailure(cannotExec, iproute.StatusFailed)
	return true
}

// cannotExec begins the message for a command that cannot be run.
const cannotExec = `exec of "`
