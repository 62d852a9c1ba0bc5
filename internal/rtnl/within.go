package rtnl

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// Within calls a function in the network namespace behind a descriptor, for what goes
// by the namespace of the calling thread: sockets that are made, files of /proc/sys/net
// that are opened. The error is the function's, or an errno where the namespace may not
// be entered. A thread that cannot come back ends with the goroutine.
func Within(namespace int, f func() error) error {
	runtime.LockOSThread()
	was, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer unix.Close(was)
	if err := unix.Setns(namespace, unix.CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return err
	}
	err = f()
	if back := unix.Setns(was, unix.CLONE_NEWNET); back != nil {
		return back
	}
	runtime.UnlockOSThread()
	return err
}
