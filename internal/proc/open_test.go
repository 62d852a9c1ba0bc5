package proc

import (
	"os"
	"slices"
	"testing"
)

func TestProcesses(t *testing.T) {
	dir, err := os.Open("/proc")
	if err != nil {
		t.Skip(err)
	}
	defer dir.Close()
	pids, err := Processes(dir)
	if err != nil || !slices.Contains(pids, os.Getpid()) || !slices.IsSorted(pids) || pids[0] <= 0 {
		t.Errorf("%v, %v", pids, err)
	}
}
