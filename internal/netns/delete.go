package netns

import (
	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
)

// Delete takes a name away. The namespace lives on while a process, a descriptor
// or another mount holds it. Mounts that are stacked on the name all go. The error is
// a *iproute.Failure.
func Delete(name string) error {
	if err := Check(name); err != nil {
		return err
	}
	gone := claimOld(name)
	defer gone.release()
	for unix.Unmount(Path(name), unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW) == nil {
	}
	err := unix.Unlink(Path(name))
	if err == nil {
		return nil
	}
	gone.unmark()
	text := `Cannot remove namespace file "` + Path(name) + `": ` + diag.Reason(err)
	if err == unix.EBUSY {
		return &iproute.Failure{Text: text, Status: iproute.StatusFailed, Hint: "it is mounted where umount is not allowed to us (CAP_SYS_ADMIN)"}
	}
	return needsRoot(text, err)
}
