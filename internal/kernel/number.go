package kernel

import "golang.org/x/sys/unix"

// calls has the system calls that plans use, with their numbers on this architecture.
var calls = [...]struct {
	name   string
	number uintptr
}{
	{"capset", unix.SYS_CAPSET},
	{"chdir", unix.SYS_CHDIR},
	{"chroot", unix.SYS_CHROOT},
	{"close", unix.SYS_CLOSE},
	{"fchdir", unix.SYS_FCHDIR},
	{"fchown", unix.SYS_FCHOWN},
	{"fcntl", unix.SYS_FCNTL},
	{"fsconfig", unix.SYS_FSCONFIG},
	{"fsmount", unix.SYS_FSMOUNT},
	{"fsopen", unix.SYS_FSOPEN},
	{"getpid", unix.SYS_GETPID},
	{"ioctl", unix.SYS_IOCTL},
	{"mount", unix.SYS_MOUNT},
	{"move_mount", unix.SYS_MOVE_MOUNT},
	{"open_tree", unix.SYS_OPEN_TREE},
	{"openat", unix.SYS_OPENAT},
	{"pidfd_open", unix.SYS_PIDFD_OPEN},
	{"pipe2", unix.SYS_PIPE2},
	{"pivot_root", unix.SYS_PIVOT_ROOT},
	{"prctl", unix.SYS_PRCTL},
	{"rt_sigaction", unix.SYS_RT_SIGACTION},
	{"rt_sigprocmask", unix.SYS_RT_SIGPROCMASK},
	{"setns", unix.SYS_SETNS},
	{"setgid", sysSetgid},
	{"setgroups", sysSetgroups},
	{"sethostname", unix.SYS_SETHOSTNAME},
	{"setpgid", unix.SYS_SETPGID},
	{"setsid", unix.SYS_SETSID},
	{"setuid", sysSetuid},
	{"socket", unix.SYS_SOCKET},
	{"umount2", unix.SYS_UMOUNT2},
	{"unshare", unix.SYS_UNSHARE},
	{"write", unix.SYS_WRITE},
}

// number returns the number of a system call, 0 for one that no plan uses.
func number(name string) uintptr {
	for _, c := range calls {
		if c.name == name {
			return c.number
		}
	}
	return 0
}
