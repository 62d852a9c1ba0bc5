package netns

import (
	"runtime"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
)

// away calls a function that changes the network namespace of its thread, and comes
// back. If it cannot, the thread ends with the goroutine.
//
// Not everybody may come back: in a user namespace of one's own, without a network
// namespace of one's own, that takes a privilege that one has in the new namespace
// alone (ip says "setns: Operation not permitted" then, when all is done). There a
// thread does it that ends with the function.
func away(f func() error) error {
	runtime.LockOSThread()
	was, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		runtime.UnlockOSThread()
		return iproute.Fail("Failed to open /proc/thread-self/ns/net: " + diag.Reason(err))
	}
	defer unix.Close(was)
	if unix.Setns(was, unix.CLONE_NEWNET) != nil {
		runtime.UnlockOSThread()
		done := make(chan error)
		go func() {
			runtime.LockOSThread() // for ever
			done <- f()
		}()
		return <-done
	}
	err = f()
	if back := unix.Setns(was, unix.CLONE_NEWNET); back != nil {
		return iproute.Fail("Failed to restore the network namespace: " + diag.Reason(back))
	}
	runtime.UnlockOSThread()
	return err
}
