package rtnl

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// Within calls a function in the network namespace behind a descriptor, for what goes
// by the namespace of the calling thread: sockets that are made, files of /proc/sys/net
// that are opened. The caller is where it was afterwards. The error is the function's,
// or an errno where the namespace may not be entered.
func Within(namespace int, f func() error) error {
	runtime.LockOSThread()
	was, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer unix.Close(was)
	// Whoever is privileged there need not be here. Entering where one is tells.
	if unix.Setns(was, unix.CLONE_NEWNET) != nil {
		runtime.UnlockOSThread()
		return apart(namespace, f)
	}
	if err := unix.Setns(namespace, unix.CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return err
	}
	err = f()
	if back := unix.Setns(was, unix.CLONE_NEWNET); back != nil {
		return back // on a thread that nobody else is given
	}
	runtime.UnlockOSThread()
	return err
}

// apart is Within on a thread that does not come back: it ends with its goroutine.
func apart(namespace int, f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := unix.Setns(namespace, unix.CLONE_NEWNET)
		if err == nil {
			err = f()
		}
		done <- err
	}()
	return <-done
}
