package netns

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
)

// Delete takes a name away. The namespace lives on while a process, a descriptor
// or another mount holds it. Mounts that are stacked on the name all go. The error is
// a *iproute.Failure.
func Delete(name string) error {
	if err := Check(name); err != nil {
		return err
	}
	err := remove(Path(name))
	if err == nil {
		return nil
	}
	text := `Cannot remove namespace file "` + Path(name) + `": ` + diag.Reason(err)
	if errors.Is(err, errStuck) {
		return refused(text, "umount2", unix.EPERM)
	}
	return refused(text, "unlink", err)
}

// errStuck is EBUSY where umount was refused.
var errStuck = fmt.Errorf("%w", unix.EBUSY)

// remove takes the mounts off a file, one after the other, and then the file. Another
// add may have come between the two, and its mount has to go as well.
func remove(path string) error {
	for tries := 0; tries < 100; {
		stays := unix.Unmount(path, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW)
		switch err := unix.Unlink(path); {
		case err != unix.EBUSY:
			return err
		case stays == unix.EPERM:
			return errStuck
		case stays != nil:
			tries++
		}
	}
	return unix.EBUSY
}
