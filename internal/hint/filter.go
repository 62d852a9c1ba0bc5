package hint

import (
	"errors"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"nstools/internal/kernel"
	"nstools/internal/ns"
)

// filtered returns the hint where a seccomp filter has refused the call, else "". No file
// shows what a filter refuses. So the call is made again with arguments that change nothing
// and for which the kernel itself returns another error.
func (h Host) filtered(f kernel.Failure) string {
	if h.Probe == nil {
		return ""
	}
	if errno, known := h.Probe(h, f.Call, flagsOf(f)); !known || errno != f.Errno {
		return ""
	}
	return "a seccomp filter refuses " + f.Call + "(2) (Seccomp: 2 in /proc/self/status), as container runtimes set it; " +
		"the outer container has to allow it, e.g. docker run --security-opt seccomp=FILE"
}

// Filtered returns the hint where a seccomp filter of this process refuses a system call with
// an error, "" without certainty. The call is one of those in probe.
func Filtered(call string, err error) string {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return ""
	}
	return ThisHost(false).filtered(kernel.Failure{Call: call, Errno: errno})
}

// flagsOf returns the namespace flags of a call in strace's notation.
func flagsOf(f kernel.Failure) string {
	switch f.Call {
	case "unshare":
		return arg(f, 0)
	case "setns":
		return arg(f, 1)
	}
	return ""
}

// probe makes a system call with arguments that the kernel refuses before it checks
// privileges. A call that checks privileges first is refused for its arguments, too.
// It returns the errno, and whether only a filter can have returned it. The flags are
// namespace flags, which some filters distinguish.
func probe(h Host, call, flags string) (errno syscall.Errno, known bool) {
	const none = ^uintptr(0)
	if mode, _, err := unix.RawSyscall6(unix.SYS_PRCTL, unix.PR_GET_SECCOMP, 0, 0, 0, 0, 0); err != 0 || mode != unix.SECCOMP_MODE_FILTER {
		return 0, false
	}
	var bits uintptr
	for _, k := range ns.Kinds {
		if hasFlag(flags, k.Clone) {
			bits |= k.Flag
		}
	}
	try := func(usual syscall.Errno, nr uintptr, args ...uintptr) (syscall.Errno, bool) {
		var a [6]uintptr
		copy(a[:], args)
		_, _, errno := unix.RawSyscall6(nr, a[0], a[1], a[2], a[3], a[4], a[5])
		return errno, errno != 0 && errno != usual
	}
	// privileged is for calls that check a capability first.
	privileged := func(capability uint, usual syscall.Errno, nr uintptr, args ...uintptr) (syscall.Errno, bool) {
		errno, known := try(usual, nr, args...)
		has, _ := h.hasCap(capability)
		return errno, known && (has || errno != unix.EPERM)
	}
	switch call {
	case "unshare":
		// The kernel refuses this flag to a process with threads, and the runtime has some.
		return try(unix.EINVAL, unix.SYS_UNSHARE, bits|unix.CLONE_THREAD)
	case "setns":
		return try(unix.EBADF, unix.SYS_SETNS, none, bits)
	case "mount":
		return try(unix.EFAULT, unix.SYS_MOUNT)
	case "umount2":
		return try(unix.EINVAL, unix.SYS_UMOUNT2, 0, none)
	case "chroot":
		return try(unix.EFAULT, unix.SYS_CHROOT)
	case "pidfd_open":
		return try(unix.EINVAL, unix.SYS_PIDFD_OPEN, none, 0)
	case "open_tree":
		return try(unix.EINVAL, unix.SYS_OPEN_TREE, none, 0, none)
	case "setuid":
		return try(unix.EINVAL, unix.SYS_SETUID, none)
	case "setgid":
		return try(unix.EINVAL, unix.SYS_SETGID, none)
	case "setgroups":
		errno, known := privileged(unix.CAP_SETGID, unix.EINVAL, unix.SYS_SETGROUPS, groupsMax+1)
		return errno, known && (errno != unix.EPERM || h.mayDropGroups())
	case "socket":
		return try(unix.EAFNOSUPPORT, unix.SYS_SOCKET, 1<<20)
	case "sethostname":
		if owns, known := h.Owns(h, "uts"); !known || !owns {
			return 0, false
		}
		return privileged(unix.CAP_SYS_ADMIN, unix.EINVAL, unix.SYS_SETHOSTNAME, 0, none)
	case "pivot_root":
		return privileged(unix.CAP_SYS_ADMIN, unix.EFAULT, unix.SYS_PIVOT_ROOT)
	case "move_mount":
		return privileged(unix.CAP_SYS_ADMIN, unix.EINVAL, unix.SYS_MOVE_MOUNT, none, 0, none, 0, none)
	}
	return 0, false
}

const groupsMax = 1 << 16 // NGROUPS_MAX; see setgroups(2)

// mayDropGroups reports whether the user namespace lets those who have CAP_SETGID call
// setgroups(2). See userns_may_setgroups() in kernel/user_namespace.c.
func (h Host) mayDropGroups() bool {
	word, _ := h.read("/proc/self/setgroups")
	groups, _ := h.read("/proc/self/gid_map")
	return word == "allow" && groups != ""
}

// whyNoUserNamespace returns the reason why --map-root-user would not help, "" without one.
func (h Host) whyNoUserNamespace() string {
	switch {
	case h.link("/proc/self/ns/user") == "":
		if h.link("/proc/self/ns/pid") != "" {
			return "this kernel has no user namespaces"
		}
	case h.sysctl("user.max_user_namespaces") == "0":
		return "no user namespaces are allowed here (user.max_user_namespaces=0); as root of this user namespace: sysctl user.max_user_namespaces=1024"
	}
	if h.Probe != nil {
		for _, errno := range []syscall.Errno{unix.EPERM, unix.ENOSYS} {
			if hint := h.filtered(kernel.Failure{Call: "unshare", Errno: errno, Args: []string{"CLONE_NEWUSER"}}); hint != "" {
				return hint
			}
		}
	}
	if hint := h.userNamespaceRefused(); hint != "" {
		return hint
	}
	if hint := h.restricted(); hint != "" && h.EUID != 0 {
		return hint
	}
	return h.withoutSetfcap()
}

// withoutSetfcap returns the reason why root cannot map itself, "" where it can.
// See: verify_root_map() in kernel/user_namespace.c.
func (h Host) withoutSetfcap() string {
	has, known := h.hasCap(unix.CAP_SETFCAP)
	if h.EUID != 0 || !known || has || h.before(5, 12) {
		return ""
	}
	return lacksSetfcap
}

const lacksSetfcap = "to map itself into a user namespace root needs CAP_SETFCAP (since Linux 5.12), which it lacks; the outer container has to grant it, e.g. docker run --cap-add SETFCAP"

// restricted returns the reason where AppArmor restricts user namespaces, else "".
func (h Host) restricted() string {
	if h.sysctl("kernel.apparmor_restrict_unprivileged_userns") != "1" {
		return ""
	}
	return "AppArmor gives unprivileged user namespaces no capabilities (kernel.apparmor_restrict_unprivileged_userns=1); an AppArmor profile with \"userns,\" for this program allows it"
}

// before reports whether this is certainly a Linux before a release.
func (h Host) before(major, minor int) bool {
	m, n, ok := h.release()
	return ok && (m < major || m == major && n < minor)
}

// isCommand reports whether a word can be typed into a shell without quotes.
func isCommand(word string) bool {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/_@+-="
	return word != "" && strings.Trim(word, plain) == ""
}
