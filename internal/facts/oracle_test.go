package facts

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

const oracle = "/usr/bin/unshare"

// showEnv makes the test binary print the signal its parent's death would
// send it, and exit.
const showEnv = "FACTS_TEST_SHOW_PDEATHSIG"

// init, unlike TestMain, runs on the thread that was executed, the one that
// has the setting.
func init() {
	if os.Getenv(showEnv) == "" {
		return
	}
	var signal int32
	if err := unix.Prctl(unix.PR_GET_PDEATHSIG, uintptr(unsafe.Pointer(&signal)), 0, 0, 0); err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	fmt.Println(signal)
	os.Exit(0)
}

// TestParseSignalOracle compares ParseSignal with what --kill-child of the
// installed unshare(1) makes of a name.
func TestParseSignalOracle(t *testing.T) {
	skipWithoutOracle(t)
	tests := []string{
		"", "SIG", "SIGSIGKILL", "0", "1", "9", "32", "33", "64", "65", "999", "-1", "+9", " 9", "9x", "SIG9",
		"KILL", "SIGKILL", "sigkill", "sIgKiLl", "KILL ", "KIL", "s\u0131gkill", "\u017figkill",
		"POLL", "CLD", "IOT", "UNUSED", "STKFLT", "INFO", "LOST", "EMT", "PWR", "SYS", "IO",
		"RT", "RTMIN", "RTMAX", "RTMIN+", "RTMIN-1", "RTMAX+1", "RTMIN+0", "SIGRTMIN+3", "rtmin+30", "RTMIN+31",
		"RTMAX-0", "RTMAX-1", "RTMAX-30", "RTMAX-31", "RTMIN+ 1", "RTMIN+-1", "RTMIN+03",
	}
	for n := range unix.Signal(32) {
		if name := unix.SignalName(n); name != "" {
			tests = append(tests, name)
		}
	}
	for n := range 31 {
		tests = append(tests, "SIGRTMIN+"+strconv.Itoa(n))
	}
	for _, in := range tests {
		want, wantOK := askOracle(t, in)
		if got, ok := ParseSignal(in); got != want || ok != wantOK {
			t.Errorf("ParseSignal(%q) = %d, %t; want %d, %t as %s has it", in, got, ok, want, wantOK, oracle)
		}
	}
}

// TestParseSignalOracleLenient has names that unshare(1) takes by accident: it reads n with
// strtol(3), and checks neither the rest nor the range of an int.
func TestParseSignalOracleLenient(t *testing.T) {
	skipWithoutOracle(t)
	for _, in := range []string{"RT3", "RTMIN+1x", "RTMAX-1 ", "RTMIN+4294967296"} {
		if n, ok := askOracle(t, in); !ok {
			t.Logf("%s --kill-child=%q: refused; it was let through", oracle, in)
		} else if got, ok := ParseSignal(in); ok {
			t.Errorf("ParseSignal(%q) = %d, true; want 0, false, though %s reads %d", in, got, oracle, n)
		}
	}
}

func skipWithoutOracle(t *testing.T) {
	t.Helper()
	out, err := exec.Command(oracle, "--version").Output()
	if err != nil {
		t.Skipf("no unshare to compare with: %v", err)
	}
	if !bytes.Contains(out, []byte("util-linux")) {
		t.Skipf("%s is not from util-linux: %q", oracle, out)
	}
}

// askOracle returns the signal that the child of unshare --kill-child=name gets when its
// parent dies, and whether the name was taken.
func askOracle(t *testing.T, name string) (signal int, ok bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(oracle, "--kill-child="+name, self)
	cmd.Env = append(os.Environ(), showEnv+"=1", "LC_ALL=C")
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if strings.Contains(complaint.String(), "unknown signal: "+name+"\n") {
		return 0, false
	}
	n, convErr := strconv.Atoi(strings.TrimSpace(string(out)))
	if err := errors.Join(err, convErr); err != nil {
		t.Fatalf("%s --kill-child=%q: %v\n%s%s", oracle, name, err, out, complaint.String())
	}
	return n, true
}
