//go:build 386 || arm

package kernel

import "golang.org/x/sys/unix"

// The old calls take 16-bit ids here; those with 32-bit ids have names of their own.
const (
	sysGeteuid   = unix.SYS_GETEUID32
	sysGetegid   = unix.SYS_GETEGID32
	sysSetuid    = unix.SYS_SETUID32
	sysSetgid    = unix.SYS_SETGID32
	sysSetgroups = unix.SYS_SETGROUPS32
)
