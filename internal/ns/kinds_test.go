package ns

import (
	"testing"

	"golang.org/x/sys/unix"
)

// TestPlaces checks that the constants are the indices in the table.
func TestPlaces(t *testing.T) {
	for place, flag := range map[int]uintptr{
		User: unix.CLONE_NEWUSER, Cgroup: unix.CLONE_NEWCGROUP, IPC: unix.CLONE_NEWIPC, UTS: unix.CLONE_NEWUTS,
		Net: unix.CLONE_NEWNET, PID: unix.CLONE_NEWPID, Mount: unix.CLONE_NEWNS, Time: unix.CLONE_NEWTIME,
	} {
		if Kinds[place].Flag != flag || IndexOfFile(Kinds[place].File) != place {
			t.Errorf("%s is at %d", Kinds[place].Option, place)
		}
	}
}
