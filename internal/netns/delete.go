package netns

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
)

// Delete removes a name and all mounts that are stacked on it. The namespace lives on while a
// process, a descriptor or another mount holds it. The error is a *iproute.Failure.
func Delete(name string) error {
	if err := Check(name); err != nil {
		return err
	}
	err := unmountAndUnlink(Path(name))
	if err == nil {
		return nil
	}
	text := `Cannot remove namespace file "` + Path(name) + `": ` + diag.Reason(err)
	if errors.Is(err, errMounted) {
		return failure(text, "umount2", unix.EPERM)
	}
	return failure(text, "unlink", err)
}

// errMounted is EBUSY if umount was refused.
var errMounted = fmt.Errorf("%w", unix.EBUSY)

// unmountAndUnlink removes all mounts from a file, and then the file. Between the two, another
// add may mount on it again, and that mount has to go as well.
func unmountAndUnlink(path string) error {
	for tries := 0; tries < 100; {
		stays := unix.Unmount(path, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW)
		switch err := unix.Unlink(path); {
		case err != unix.EBUSY:
			return err
		case stays == unix.EPERM:
			return errMounted
		case stays != nil:
			tries++
		}
	}
	return unix.EBUSY
}
