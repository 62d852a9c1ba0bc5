package proc

import (
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

func TestProcesses(t *testing.T) {
	dir, err := Open()
	if err != nil {
		t.Skip(err)
	}
	defer unix.Close(dir)
	pids, err := Processes(dir)
	if err != nil || !slices.Contains(pids, os.Getpid()) || !slices.IsSorted(pids) || pids[0] <= 0 {
		t.Errorf("%v, %v", pids, err)
	}
	if _, err := Processes(-1); err != unix.EBADF {
		t.Errorf("of no directory: %v", err)
	}
}
