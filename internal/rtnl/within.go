package rtnl

import (
	"runtime"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
)

// Within calls a function in the network namespace behind a descriptor, for what goes
// by the namespace of the calling thread: sockets that are made, files of /proc/sys/net
// that are opened. The caller is where it was afterwards. The error is the function's,
// an errno where the namespace may not be entered, or that of [Away].
func Within(namespace int, f func() error) error {
	return InOtherNamespace(func() error {
		if err := unix.Setns(namespace, unix.CLONE_NEWNET); err != nil {
			return err
		}
		return f()
	})
}

// Away calls a function that changes the network namespace of its thread, and comes
// back. The error is the function's, or a *iproute.Failure where there is no way back
// to begin with.
//
// Not everybody may come back: in a user namespace of one's own, without a network
// namespace of one's own, that takes a privilege that one has in the new namespace
// alone (ip says "setns: Operation not permitted" then, when all is done). There a
// thread does it that ends with the function.
func InOtherNamespace(f func() error) error {
	runtime.LockOSThread()
	was, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		runtime.UnlockOSThread()
		return iproute.Fail("Failed to open /proc/thread-self/ns/net: " + diag.Reason(err))
	}
	defer unix.Close(was)
	// Entering where one is tells whether one could come back.
	if unix.Setns(was, unix.CLONE_NEWNET) != nil {
		runtime.UnlockOSThread()
		done := make(chan error)
		go onOtherThread(f, done)
		return <-done
	}
	err = f()
	if back := unix.Setns(was, unix.CLONE_NEWNET); back != nil {
		f := iproute.Fail("Failed to restore the network namespace: " + diag.Reason(back))
		f.Fatal = true // on a thread that nobody else is given, and that is elsewhere
		return f
	}
	runtime.UnlockOSThread()
	return err
}

// apart calls a function on a thread that ends with the goroutine. That is never the
// main thread, which the runtime keeps when its goroutine has ended, and whose
// namespaces are those of the process for whoever looks from outside.
func onOtherThread(f func() error, done chan<- error) {
	runtime.LockOSThread()
	if unix.Gettid() != unix.Getpid() {
		done <- f()
		return
	}
	other := make(chan error)
	go onOtherThread(f, other) // on another thread, as long as this one is taken
	err := <-other
	runtime.UnlockOSThread()
	done <- err
}
