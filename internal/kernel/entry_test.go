//go:build amd64 || arm64 || riscv64

package kernel

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestPlanner looks at the planner and the process. Tests run in the planner, too.
func TestPlanner(t *testing.T) {
	if !planner {
		t.Skip("this system refuses clone(CLONE_VM)")
	}
	status, err := os.ReadFile("/proc/" + strconv.Itoa(PID()) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	text := string(status)
	for _, want := range []string{"Threads:\t1\n", "SigCgt:\t0000000000000000\n", "SigBlk:\t0000000000000000\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("status of the process that was started lacks %q:\n%s", want, text)
		}
	}
	// The planner stays in a group of another PID namespace (0), which it could not enter again.
	if got, err := syscall.Getpgid(PID()); err != nil || got != 0 && got == syscall.Getpgrp() {
		t.Errorf("Getpgid(process) = %d, %v; want another than the planner's: its signals are not for the planner", got, err)
	}
}

// TestProgramsStartedHere get the caller's limit of descriptors, not the 0 with
// which the runtime started.
func TestProgramsStartedHere(t *testing.T) {
	out, err := exec.Command("cat", "/dev/null").CombinedOutput()
	if err != nil {
		t.Errorf("cat /dev/null: %v: %s", err, out)
	}
}
