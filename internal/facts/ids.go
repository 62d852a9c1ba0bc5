package facts

import "golang.org/x/sys/unix"

// Ids are the real and effective user and group ids of a process.
// See: credentials(7).
type Ids struct{ UID, EUID, GID, EGID uint32 }

// Current returns the ids of the calling process, as its own user namespace
// has them.
func Current() Ids {
	return Ids{
		UID:  uint32(unix.Getuid()),
		EUID: uint32(unix.Geteuid()),
		GID:  uint32(unix.Getgid()),
		EGID: uint32(unix.Getegid()),
	}
}
