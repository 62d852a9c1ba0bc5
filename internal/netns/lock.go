package netns

import (
	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
)

// Lock takes the lock on the directory of names, which is iproute2's as well, and
// returns what gives it back. The error is a *iproute.Failure.
func Lock() (unlock func(), err error) {
	fd, err := unix.Open(Dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, iproute.Fail("Cannot open netns runtime directory \"" + Dir + "\": " + diag.Reason(err))
	}
	if err := unix.Flock(fd, unix.LOCK_EX); err != nil {
		unix.Close(fd)
		return nil, iproute.Fail("Cannot flock netns runtime directory \"" + Dir + "\": " + diag.Reason(err))
	}
	return func() { unix.Close(fd) }, nil
}
