package terminal

import (
	"os"
	"testing"

	"github.com/containerd/console"
	"golang.org/x/sys/unix"
)

// TestReopen: only a terminal is opened again, and the flags of its other descriptors stay as
// they were.
func TestReopen(t *testing.T) {
	master, path, err := console.NewPty()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	slave, err := unix.Open(path, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(slave)
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()

	file := reopen(slave, unix.O_RDONLY)
	if file == slave {
		t.Fatal("the terminal was not opened")
	}
	defer unix.Close(file)
	if n, err := unix.Read(file, make([]byte, 1)); err != unix.EAGAIN {
		t.Errorf("a read of nothing gives %d, %v", n, err)
	}
	if flags, err := unix.FcntlInt(uintptr(slave), unix.F_GETFL, 0); err != nil || flags&unix.O_NONBLOCK != 0 {
		t.Errorf("the flags of the caller's descriptor are %#x, %v", flags, err)
	}
	for name, fd := range map[string]int{"a master": int(master.Fd()), "no terminal": int(null.Fd()), "nothing": none} {
		if got := reopen(fd, unix.O_RDONLY); got != fd {
			t.Errorf("%s was opened once more", name)
			unix.Close(got)
		}
	}
}
