package kernel

import "golang.org/x/sys/unix"

// number is that of a system call on this architecture, 0 for one that no plan uses.
func number(name string) uintptr {
	switch name {
	case "capset":
		return unix.SYS_CAPSET
	case "chdir":
		return unix.SYS_CHDIR
	case "chroot":
		return unix.SYS_CHROOT
	case "close":
		return unix.SYS_CLOSE
	case "fchdir":
		return unix.SYS_FCHDIR
	case "fchown":
		return unix.SYS_FCHOWN
	case "fcntl":
		return unix.SYS_FCNTL
	case "fsconfig":
		return unix.SYS_FSCONFIG
	case "fsmount":
		return unix.SYS_FSMOUNT
	case "fsopen":
		return unix.SYS_FSOPEN
	case "getpid":
		return unix.SYS_GETPID
	case "ioctl":
		return unix.SYS_IOCTL
	case "mount":
		return unix.SYS_MOUNT
	case "move_mount":
		return unix.SYS_MOVE_MOUNT
	case "open_tree":
		return unix.SYS_OPEN_TREE
	case "openat":
		return unix.SYS_OPENAT
	case "pidfd_open":
		return unix.SYS_PIDFD_OPEN
	case "pipe2":
		return unix.SYS_PIPE2
	case "pivot_root":
		return unix.SYS_PIVOT_ROOT
	case "prctl":
		return unix.SYS_PRCTL
	case "rt_sigaction":
		return unix.SYS_RT_SIGACTION
	case "rt_sigprocmask":
		return unix.SYS_RT_SIGPROCMASK
	case "setns":
		return unix.SYS_SETNS
	case "setgid":
		return sysSetgid
	case "setgroups":
		return sysSetgroups
	case "sethostname":
		return unix.SYS_SETHOSTNAME
	case "setpgid":
		return unix.SYS_SETPGID
	case "setsid":
		return unix.SYS_SETSID
	case "setuid":
		return sysSetuid
	case "socket":
		return unix.SYS_SOCKET
	case "umount2":
		return unix.SYS_UMOUNT2
	case "unshare":
		return unix.SYS_UNSHARE
	case "write":
		return unix.SYS_WRITE
	}
	return 0
}
