package facts

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestParseSignal(t *testing.T) {
	tests := []struct {
		in   string
		want unix.Signal
	}{
		{"KILL", unix.SIGKILL}, {"SIGKILL", unix.SIGKILL}, {"sigkill", unix.SIGKILL}, {"sIgKiLl", unix.SIGKILL}, {"kill", unix.SIGKILL},
		{"HUP", unix.SIGHUP}, {"usr1", unix.SIGUSR1}, {"VTALRM", unix.SIGVTALRM}, {"SYS", unix.SIGSYS}, {"PWR", unix.SIGPWR},
		{"IO", unix.SIGIO}, {"POLL", unix.SIGIO}, {"SIGPOLL", unix.SIGIO}, {"CHLD", unix.SIGCHLD}, {"cld", unix.SIGCHLD},
		{"ABRT", unix.SIGABRT}, {"SIGIOT", unix.SIGABRT},
		{"RTMIN+0", 34}, {"SIGRTMIN+3", 37}, {"rtmin+30", 64}, {"RTMIN+03", 37},
		{"RTMAX-0", 64}, {"SigRtMax-1", 63}, {"RTMAX-30", 34},
	}
	for _, tt := range tests {
		if got, ok := ParseSignal(tt.in); got != int(tt.want) || !ok {
			t.Errorf("ParseSignal(%q) = %d, %t; want %d, true", tt.in, got, ok, tt.want)
		}
	}
}

func TestParseSignalUnknown(t *testing.T) {
	tests := []string{
		"", "SIG", "SIGSIGKILL", "0", "1", "9", "09", "64", "65", "999", "-1", "+9", " 9", "9 ", "9x", "0x9", "SIG9",
		"KILL ", " KILL", "KILLER", "KIL", "KILL\x00", "KILL\n", "\xff", "s\u0131gk\u0131ll", "\u017figkill",
		"UNUSED", "INFO", "LOST",
		"RT", "RT3", "RTMIN", "RTMAX", "RTMIN+", "RTMAX-", "RTMIN-1", "RTMAX+1", "RTMIN+31", "RTMAX-31", "RTMIN+-1",
		"RTMIN++1", "RTMIN+ 1", "RTMIN+1x", "RTMIN+256", "RTMIN+4294967296", "RTMAX-99999999999999999999",
		strings.Repeat("K", 1<<20),
	}
	for _, in := range tests {
		if got, ok := ParseSignal(in); got != 0 || ok {
			t.Errorf("ParseSignal(%.60q) = %d, %t; want 0, false", in, got, ok)
		}
	}
}
