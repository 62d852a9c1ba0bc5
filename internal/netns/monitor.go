package netns

import (
	"encoding/binary"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
)

// Monitor reports each name that appears or disappears, until report fails. It needs no
// privilege if the directory exists. The error is a *iproute.Failure or report's.
func Monitor(report func(event, name string) error) error {
	if err := makeDir(); err != nil {
		return err
	}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		return iproute.Fail("inotify_init failed: " + diag.Reason(err))
	}
	defer unix.Close(fd)
	if _, err := unix.InotifyAddWatch(fd, Dir, unix.IN_CREATE|unix.IN_DELETE); err != nil {
		return iproute.Fail("inotify_add_watch failed: " + diag.Reason(err))
	}
	buf := make([]byte, 64*1024)
	for {
		n, err := unix.Read(fd, buf)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return iproute.Fail("read failed: " + diag.Reason(err))
		}
		for b := buf[:n]; len(b) >= unix.SizeofInotifyEvent; {
			mask := binary.NativeEndian.Uint32(b[4:])
			length := int(binary.NativeEndian.Uint32(b[12:]))
			name, _, _ := strings.Cut(string(b[unix.SizeofInotifyEvent:unix.SizeofInotifyEvent+length]), "\x00")
			b = b[unix.SizeofInotifyEvent+length:]
			switch { // an event has exactly one of the bits
			case mask&unix.IN_CREATE != 0:
				err = report("add", name)
			case mask&unix.IN_DELETE != 0:
				err = report("delete", name)
			}
			if err != nil {
				return err
			}
		}
	}
}
