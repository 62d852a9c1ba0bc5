package terminal

import (
	"slices"
	"testing"

	"github.com/containerd/console"
	"golang.org/x/sys/unix"
)

// TestOthers: the slave, /dev/tty and the master lead to the caller's terminal; descriptors of
// another terminal do not.
func TestOthers(t *testing.T) {
	open := func() (master, slave int) {
		m, path, err := console.NewPty()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { m.Close() })
		if slave, err = unix.Open(path, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { unix.Close(slave) })
		return int(m.Fd()), slave
	}
	master, slave := open()
	otherMaster, otherSlave := open()
	null, err := unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(null)

	d, err := statDevice(slave)
	if err != nil {
		t.Fatal(err)
	}
	found, err := others([]device{d})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[int]bool{master: true, slave: true, otherMaster: false, otherSlave: false, null: false} {
		if got := slices.Contains(found, name); got != want {
			t.Errorf("descriptor %d is among others: %v; want %v (master %d, slave %d, other master %d, other slave %d)",
				name, got, want, master, slave, otherMaster, otherSlave)
		}
	}
}
