//go:build !386 && !arm

package kernel

import "golang.org/x/sys/unix"

const (
	sysGeteuid   = unix.SYS_GETEUID
	sysGetegid   = unix.SYS_GETEGID
	sysSetuid    = unix.SYS_SETUID
	sysSetgid    = unix.SYS_SETGID
	sysSetgroups = unix.SYS_SETGROUPS
)
