package terminal

import (
	"slices"
	"strings"
	"testing"

	"nstools/internal/plan"
)

func TestStarted(t *testing.T) {
	for _, test := range []struct {
		line   string
		socket int
		rest   string
	}{
		{"gonsenter -t 1", none, "gonsenter -t 1"},
		{"nstools-pty 1000 gonsenter -t 1", 1000, "gonsenter -t 1"},
		// words that a relay does not write
		{"nstools-pty", none, "nstools-pty"},
		{"nstools-pty 5", none, "nstools-pty 5"},
		{"nstools-pty 2 gonsenter", none, "nstools-pty 2 gonsenter"},
		{"nstools-pty -5 gonsenter", none, "nstools-pty -5 gonsenter"},
		{"nstools-pty x gonsenter", none, "nstools-pty x gonsenter"},
		{"gonsenter nstools-pty 5 true", none, "gonsenter nstools-pty 5 true"},
	} {
		socket, rest := ParseStart(strings.Fields(test.line))
		if socket != test.socket || strings.Join(rest, " ") != test.rest {
			t.Errorf("Started(%s) = %d, %q; want %d, %q", test.line, socket, rest, test.socket, test.rest)
		}
	}
}

// TestForkOrder: all that the command's process needs of its terminal is done before the
// fork, or with every signal blocked.
func TestForkOrder(t *testing.T) {
	var p plan.Plan
	p.Add("", ExplainPty("tool").Fork("/new", plan.Fork{PID: 3}, Slots{Mask: 4, Self: 5})...)
	var got []string
	for _, l := range p.Lines() {
		for _, call := range []string{"openat2(", "sendmsg(", "TIOCSCTTY", "dup3(slave, 0", "SIG_SETMASK", "clone(", "setpgid(", "TIOCSPGRP"} {
			if strings.Contains(l.Call, call) {
				got = append(got, strings.TrimSpace(l.Process+" "+call))
			}
		}
	}
	want := []string{"openat2(", "sendmsg(", "TIOCSCTTY", "dup3(slave, 0", "SIG_SETMASK", "clone(",
		"child setpgid(", "child TIOCSPGRP", "child SIG_SETMASK"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
