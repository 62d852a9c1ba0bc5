package netns

import (
	"time"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
)

// Lock takes iproute2's lock on the directory of names, and returns the function that releases
// it. The error is a *iproute.Failure.
func Lock() (unlock func(), err error) {
	return lock(func(fd int) error { return unix.Flock(fd, unix.LOCK_EX) })
}

// LockWithin is Lock with a time limit. Then its reason is EWOULDBLOCK.
func LockWithin(patience time.Duration) (unlock func(), err error) {
	const often = 10 * time.Millisecond
	end := time.Now().Add(patience)
	return lock(func(fd int) error {
		for {
			err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB)
			if err != unix.EWOULDBLOCK || time.Now().After(end) {
				return err
			}
			time.Sleep(often)
		}
	})
}

func lock(flock func(int) error) (unlock func(), err error) {
	fd, err := unix.Open(Dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, iproute.Fail("Cannot open netns runtime directory \"" + Dir + "\": " + diag.Reason(err))
	}
	if err := flock(fd); err != nil {
		unix.Close(fd)
		return nil, iproute.Fail("Cannot flock netns runtime directory \"" + Dir + "\": " + diag.Reason(err))
	}
	return func() { unix.Close(fd) }, nil
}
