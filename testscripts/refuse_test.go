package testscripts

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// refuse runs a command under a seccomp filter that refuses system calls with EPERM, or
// another error, as container runtimes and service managers do:
//
//	refuse CALL[:ERRNO][,CALL[:ERRNO]...] COMMAND...
//
// It is the test's own program under that name.
const refuse = "refuse"

// furnishRefuse puts the command into the box.
func furnishRefuse() error {
	text, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(box.commands, refuse), text, 0o755)
}

// isRefuse tells whether this process is the command and not the test.
func isRefuse() bool { return filepath.Base(os.Args[0]) == refuse }

// runRefuse returns only with an error.
func runRefuse(args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: refuse CALL[:ERRNO],... COMMAND...")
	}
	filter, err := refusal(strings.Split(args[0], ","))
	if err != nil {
		return err
	}
	path, err := exec.LookPath(args[1])
	if err != nil {
		return err
	}
	file, err := syscall.BytePtrFromString(path)
	if err != nil {
		return err
	}
	argv, err := syscall.SlicePtrFromStrings(args[1:])
	if err != nil {
		return err
	}
	env, err := syscall.SlicePtrFromStrings(os.Environ())
	if err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	runtime.LockOSThread() // the filter is this thread's
	// Nothing of the runtime's may come between the two: what it needs may be refused.
	_, _, errno := syscall.RawSyscall(unix.SYS_PRCTL, unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)))
	if errno == 0 {
		_, _, errno = syscall.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(file)), uintptr(unsafe.Pointer(&argv[0])), uintptr(unsafe.Pointer(&env[0])))
	}
	return errno
}

// refusal is a filter for the calls; see struct seccomp_data in seccomp(2).
func refusal(calls []string) ([]unix.SockFilter, error) {
	load := unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS}
	filter := []unix.SockFilter{load}
	for _, c := range calls {
		name, word, _ := strings.Cut(c, ":")
		errno := unix.EPERM
		if word != "" {
			if errno = errnoOf(word); errno == 0 {
				return nil, fmt.Errorf("unknown error %q", word)
			}
		}
		nr, ok := callNumbers[name]
		if name == "arch_prctl" && runtime.GOARCH == "amd64" {
			nr, ok = 158, true
		}
		if !ok {
			return nil, fmt.Errorf("unknown system call %q", name)
		}
		filter = append(filter,
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: uint32(nr)},
			unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(errno)})
	}
	return append(filter, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW}), nil
}

func errnoOf(name string) syscall.Errno {
	for e := syscall.Errno(1); e < 200; e++ {
		if unix.ErrnoName(e) == name {
			return e
		}
	}
	return 0
}

// callNumbers are the calls that scripts refuse.
var callNumbers = map[string]uintptr{
	"clone": unix.SYS_CLONE, "clone3": unix.SYS_CLONE3, "close": unix.SYS_CLOSE, "close_range": unix.SYS_CLOSE_RANGE, "dup3": unix.SYS_DUP3,
	"epoll_create1": unix.SYS_EPOLL_CREATE1, "epoll_ctl": unix.SYS_EPOLL_CTL, "epoll_pwait": unix.SYS_EPOLL_PWAIT, "eventfd2": unix.SYS_EVENTFD2,
	"exit_group": unix.SYS_EXIT_GROUP, "fcntl": unix.SYS_FCNTL, "fstat": unix.SYS_FSTAT, "futex": unix.SYS_FUTEX, "getcpu": unix.SYS_GETCPU, "getdents64": unix.SYS_GETDENTS64,
	"getpid": unix.SYS_GETPID, "getppid": unix.SYS_GETPPID, "getrandom": unix.SYS_GETRANDOM, "gettid": unix.SYS_GETTID, "getpgid": unix.SYS_GETPGID,
	"ioctl": unix.SYS_IOCTL, "kill": unix.SYS_KILL, "madvise": unix.SYS_MADVISE, "memfd_create": unix.SYS_MEMFD_CREATE, "mmap": unix.SYS_MMAP,
	"mount": unix.SYS_MOUNT, "munmap": unix.SYS_MUNMAP, "nanosleep": unix.SYS_NANOSLEEP, "openat": unix.SYS_OPENAT, "openat2": unix.SYS_OPENAT2,
	"pidfd_open": unix.SYS_PIDFD_OPEN, "pidfd_send_signal": unix.SYS_PIDFD_SEND_SIGNAL, "pipe2": unix.SYS_PIPE2, "pivot_root": unix.SYS_PIVOT_ROOT, "ppoll": unix.SYS_PPOLL, "prctl": unix.SYS_PRCTL,
	"prlimit64": unix.SYS_PRLIMIT64, "read": unix.SYS_READ, "readlinkat": unix.SYS_READLINKAT, "recvmsg": unix.SYS_RECVMSG,
	"rt_sigaction": unix.SYS_RT_SIGACTION, "rt_sigprocmask": unix.SYS_RT_SIGPROCMASK, "rt_sigtimedwait": unix.SYS_RT_SIGTIMEDWAIT,
	"sched_getaffinity": unix.SYS_SCHED_GETAFFINITY, "sched_setaffinity": unix.SYS_SCHED_SETAFFINITY, "sched_yield": unix.SYS_SCHED_YIELD,
	"sendmsg": unix.SYS_SENDMSG, "sendto": unix.SYS_SENDTO, "setgid": unix.SYS_SETGID, "setgroups": unix.SYS_SETGROUPS, "sethostname": unix.SYS_SETHOSTNAME, "setitimer": unix.SYS_SETITIMER,
	"setns": unix.SYS_SETNS, "setpgid": unix.SYS_SETPGID, "setsid": unix.SYS_SETSID, "setuid": unix.SYS_SETUID, "sigaltstack": unix.SYS_SIGALTSTACK,
	"signalfd4": unix.SYS_SIGNALFD4, "socket": unix.SYS_SOCKET, "socketpair": unix.SYS_SOCKETPAIR, "statx": unix.SYS_STATX, "tgkill": unix.SYS_TGKILL,
	"umount2": unix.SYS_UMOUNT2, "unshare": unix.SYS_UNSHARE, "wait4": unix.SYS_WAIT4, "waitid": unix.SYS_WAITID, "write": unix.SYS_WRITE,
	"writev": unix.SYS_WRITEV,
}
