package rtnl

import (
	"runtime"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
)

// Within calls a function in the network namespace behind a descriptor. The thread's namespace
// counts where sockets are made and files of /proc/sys/net are opened. Afterwards the caller
// is where it was.
//
// Errors: the function's, an errno if setns fails, or an error of [InOtherNamespace].
func Within(namespace int, f func() error) error {
	return InOtherNamespace(func() error {
		if err := unix.Setns(namespace, unix.CLONE_NEWNET); err != nil {
			return err
		}
		return f()
	})
}

// InOtherNamespace calls a function that changes the network namespace of its thread, and
// returns to the former one.
//
// The way back may be refused: in a user namespace that lacks a network namespace of its own,
// it takes a capability that the process has in the new namespace only. (ip fails then when
// the work is done: "setns: Operation not permitted".) In that case the function runs on a
// thread that ends with it.
//
// Errors: the function's, or a *iproute.Failure if the way back cannot be opened or fails.
func InOtherNamespace(f func() error) error {
	runtime.LockOSThread()
	was, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		runtime.UnlockOSThread()
		return iproute.Fail("Failed to open /proc/thread-self/ns/net: " + diag.Reason(err))
	}
	defer unix.Close(was)
	// Setns to the current namespace shows whether the way back will be allowed.
	if unix.Setns(was, unix.CLONE_NEWNET) != nil {
		runtime.UnlockOSThread()
		done := make(chan error)
		go onOtherThread(f, done)
		return <-done
	}
	err = f()
	if back := unix.Setns(was, unix.CLONE_NEWNET); back != nil {
		f := iproute.Fail("Failed to restore the network namespace: " + diag.Reason(back))
		f.Fatal = true // the thread stays locked to this goroutine, in the other namespace
		return f
	}
	runtime.UnlockOSThread()
	return err
}

// onOtherThread calls a function on a thread that ends with the goroutine. It avoids the main
// thread: the runtime keeps it, and its namespaces stand for the process in /proc.
func onOtherThread(f func() error, done chan<- error) {
	runtime.LockOSThread()
	if unix.Gettid() != unix.Getpid() {
		done <- f()
		return
	}
	other := make(chan error)
	go onOtherThread(f, other) // gets another thread, since this one is locked
	err := <-other
	runtime.UnlockOSThread()
	done <- err
}
