package netns

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
)

// needsRoot is a failure with the way that an ordinary user has.
func needsRoot(text string, err error) error {
	f := iproute.Fail(text)
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		f.Hint = Privilege()
	}
	return f
}

// Privilege is the hint where a namespace cannot be made or changed for want of it.
func Privilege() string {
	if os.Geteuid() == 0 {
		return "root lacks a capability here (CAP_SYS_ADMIN): in a container, one has to be granted it"
	}
	return "names in " + Dir + " are root's; in a sandbox of one's own they can be made without: gounshare -Urnm sh -c 'mount -t tmpfs none /run; gonetns add NAME; …'"
}
