package testscripts

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// launchers are commands for scripts. They are this test's own executable under another name.
// Each runs a command where something is refused:
//
//	filtered setns,mount=ENOSYS COMMAND...         by a seccomp filter, with EPERM or another error
//	deprived sys_admin,setfcap COMMAND...          for want of capabilities, also in the bounding set
//
// What $CURED names, as "setns" or "CAP_SETFCAP", is allowed: a hint has named it.
var launchers = map[string]func(list []string) (last func() syscall.Errno, err error){"filtered": filter, "deprived": dropCapabilities}

// launch executes the command, if this process was started as a launcher.
func launch() {
	name := filepath.Base(os.Args[0])
	if name == "ip" {
		countIP()
	}
	begin, ok := launchers[name]
	if !ok {
		return
	}
	if len(os.Args) < 3 {
		fmt.Fprintf(os.Stderr, "usage: %s LIST COMMAND...\n", name)
		os.Exit(99)
	}
	runtime.LockOSThread() // filters and capabilities belong to the thread, and execve(2) keeps its own
	list := slices.DeleteFunc(strings.Split(os.Args[1], ","), func(word string) bool {
		word, _, _ = strings.Cut(word, "=")
		cured := os.Getenv("CURED")
		return word == cured || "CAP_"+strings.ToUpper(word) == cured
	})
	if err := executeAfter(os.Args[2:], func() (func() syscall.Errno, error) { return begin(list) }); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
	}
	os.Exit(99)
}

// countIP executes iproute2's ip, and records the call for the script. It is a program: of a
// shell script it could not be seen when it has carried out a line of a batch.
func countIP() {
	file, err := os.OpenFile("starts", os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err == nil {
		_, err = fmt.Fprintln(file, strings.Join(os.Args[1:], " "))
	}
	if err == nil {
		err = unix.Exec("/sbin/ip", os.Args, os.Environ())
	}
	fmt.Fprintf(os.Stderr, "ip: %v\n", err)
	os.Exit(99)
}

// executeAfter calls begin, then what begin returns, and executes a command. It returns only
// with an error.
func executeAfter(argv []string, begin func() (last func() syscall.Errno, err error)) error {
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return err
	}
	file, err := syscall.BytePtrFromString(path)
	if err != nil {
		return err
	}
	words, err := syscall.SlicePtrFromStrings(argv)
	if err != nil {
		return err
	}
	env, err := syscall.SlicePtrFromStrings(os.Environ())
	if err != nil {
		return err
	}
	last, err := begin()
	if err != nil {
		return err
	}
	if last != nil {
		if errno := last(); errno != 0 {
			return errno
		}
	}
	_, _, errno := syscall.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(file)), uintptr(unsafe.Pointer(&words[0])), uintptr(unsafe.Pointer(&env[0])))
	return errno
}

// calls has the system calls that a filter can refuse.
var calls = map[string]uintptr{
	"capset": unix.SYS_CAPSET, "chroot": unix.SYS_CHROOT, "clone": unix.SYS_CLONE, "clone3": unix.SYS_CLONE3,
	"close": unix.SYS_CLOSE, "close_range": unix.SYS_CLOSE_RANGE, "dup3": unix.SYS_DUP3, "epoll_create1": unix.SYS_EPOLL_CREATE1,
	"epoll_ctl": unix.SYS_EPOLL_CTL, "epoll_pwait": unix.SYS_EPOLL_PWAIT, "eventfd2": unix.SYS_EVENTFD2, "execve": unix.SYS_EXECVE,
	"exit_group": unix.SYS_EXIT_GROUP, "fcntl": unix.SYS_FCNTL, "flock": unix.SYS_FLOCK, "fstat": unix.SYS_FSTAT,
	"futex": unix.SYS_FUTEX, "getcpu": unix.SYS_GETCPU, "getdents64": unix.SYS_GETDENTS64, "getpgid": unix.SYS_GETPGID,
	"getpid": unix.SYS_GETPID, "getppid": unix.SYS_GETPPID, "getrandom": unix.SYS_GETRANDOM, "gettid": unix.SYS_GETTID,
	"ioctl": unix.SYS_IOCTL, "kill": unix.SYS_KILL, "madvise": unix.SYS_MADVISE, "memfd_create": unix.SYS_MEMFD_CREATE,
	"mmap": unix.SYS_MMAP, "mount": unix.SYS_MOUNT, "move_mount": unix.SYS_MOVE_MOUNT, "munmap": unix.SYS_MUNMAP,
	"nanosleep": unix.SYS_NANOSLEEP, "open_tree": unix.SYS_OPEN_TREE, "openat": unix.SYS_OPENAT, "openat2": unix.SYS_OPENAT2,
	"pidfd_open": unix.SYS_PIDFD_OPEN, "pidfd_send_signal": unix.SYS_PIDFD_SEND_SIGNAL, "pipe2": unix.SYS_PIPE2,
	"pivot_root": unix.SYS_PIVOT_ROOT, "ppoll": unix.SYS_PPOLL, "prctl": unix.SYS_PRCTL, "prlimit64": unix.SYS_PRLIMIT64,
	"read": unix.SYS_READ, "readlinkat": unix.SYS_READLINKAT, "recvmsg": unix.SYS_RECVMSG, "rt_sigaction": unix.SYS_RT_SIGACTION,
	"rt_sigprocmask": unix.SYS_RT_SIGPROCMASK, "rt_sigtimedwait": unix.SYS_RT_SIGTIMEDWAIT,
	"sched_getaffinity": unix.SYS_SCHED_GETAFFINITY, "sched_setaffinity": unix.SYS_SCHED_SETAFFINITY,
	"sched_yield": unix.SYS_SCHED_YIELD, "sendmsg": unix.SYS_SENDMSG, "sendto": unix.SYS_SENDTO, "setgid": unix.SYS_SETGID,
	"setgroups": unix.SYS_SETGROUPS, "sethostname": unix.SYS_SETHOSTNAME, "setitimer": unix.SYS_SETITIMER, "setns": unix.SYS_SETNS,
	"setpgid": unix.SYS_SETPGID, "setsid": unix.SYS_SETSID, "setuid": unix.SYS_SETUID, "sigaltstack": unix.SYS_SIGALTSTACK,
	"signalfd4": unix.SYS_SIGNALFD4, "socket": unix.SYS_SOCKET, "socketpair": unix.SYS_SOCKETPAIR, "statx": unix.SYS_STATX,
	"tgkill": unix.SYS_TGKILL, "umount2": unix.SYS_UMOUNT2, "unshare": unix.SYS_UNSHARE, "wait4": unix.SYS_WAIT4,
	"waitid": unix.SYS_WAITID, "write": unix.SYS_WRITE, "writev": unix.SYS_WRITEV,
}

// filter returns a function that has calls refused from then on: CALL=ERRNO, or CALL with
// EPERM. The runtime may need some of them, so that only execve(2) may follow.
func filter(list []string) (last func() syscall.Errno, err error) {
	const load, equal, end = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	program := []unix.SockFilter{{Code: load, K: 0}} // the number of the call; see struct seccomp_data in seccomp(2)
	for _, word := range list {
		name, refusal, _ := strings.Cut(word, "=")
		nr, ok := calls[name]
		if name == "arch_prctl" && runtime.GOARCH == "amd64" {
			nr, ok = 158, true
		}
		errno, known := errnoOf(refusal)
		if !ok || !known {
			return nil, fmt.Errorf("no CALL[=ERRNO]: %s", word)
		}
		program = append(program, unix.SockFilter{Code: equal, K: uint32(nr), Jf: 1}, unix.SockFilter{Code: end, K: unix.SECCOMP_RET_ERRNO | uint32(errno)})
	}
	program = append(program, unix.SockFilter{Code: end, K: unix.SECCOMP_RET_ALLOW})
	if len(list) == 0 {
		return nil, nil
	}
	fprog := &unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	return func() syscall.Errno {
		_, _, errno := syscall.RawSyscall(unix.SYS_PRCTL, unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(fprog)))
		if errno != unix.EACCES {
			return errno
		}
		// Without CAP_SYS_ADMIN.
		if _, _, errno = syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); errno != 0 {
			return errno
		}
		_, _, errno = syscall.RawSyscall(unix.SYS_PRCTL, unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(fprog)))
		return errno
	}, nil
}

// errnoOf returns the error of a name, and EPERM for "".
func errnoOf(name string) (errno syscall.Errno, known bool) {
	if name == "" {
		return unix.EPERM, true
	}
	for e := syscall.Errno(1); e < 200; e++ {
		if unix.ErrnoName(e) == name {
			return e, true
		}
	}
	return 0, false
}

// dropCapabilities takes capabilities away for good.
func dropCapabilities(list []string) (last func() syscall.Errno, err error) {
	var gone uint64
	for _, word := range list {
		n, ok := capabilities[word]
		if !ok {
			return nil, fmt.Errorf("no capability: %s", word)
		}
		gone |= 1 << n
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, n, 0, 0, 0); err != nil {
			return nil, err
		}
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return nil, err
	}
	for i := range data {
		data[i].Effective &^= uint32(gone >> (32 * i))
		data[i].Permitted &^= uint32(gone >> (32 * i))
		data[i].Inheritable &^= uint32(gone >> (32 * i))
	}
	return nil, unix.Capset(&header, &data[0])
}

var capabilities = map[string]uintptr{
	"sys_admin": unix.CAP_SYS_ADMIN, "sys_chroot": unix.CAP_SYS_CHROOT, "setfcap": unix.CAP_SETFCAP, "setuid": unix.CAP_SETUID,
	"setgid": unix.CAP_SETGID, "net_admin": unix.CAP_NET_ADMIN, "sys_ptrace": unix.CAP_SYS_PTRACE, "dac_override": unix.CAP_DAC_OVERRIDE,
	"dac_read_search": unix.CAP_DAC_READ_SEARCH, "mknod": unix.CAP_MKNOD, "sys_time": unix.CAP_SYS_TIME, "sys_resource": unix.CAP_SYS_RESOURCE,
	"kill": unix.CAP_KILL,
}

// installLaunchers makes links to a copy of this executable in the commands' folder. The
// ordinary user cannot reach the folder of go test.
func installLaunchers() error {
	text, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		return err
	}
	file := filepath.Join(box.commands, "launcher")
	if err := os.WriteFile(file, text, 0o755); err != nil {
		return err
	}
	for name := range launchers {
		if err := os.Symlink(file, filepath.Join(box.commands, name)); err != nil && !os.IsExist(err) {
			return err
		}
	}
	return nil
}

// startBeside starts a process in the namespaces that the options of unshare(1) make, and
// returns its PID. The caller has to kill cmd, even after an error, unless it is nil.
func startBeside(dir string, env []string, args []string) (cmd *exec.Cmd, pid string, err error) {
	argv := []string{"unshare"}
	if len(args) > 0 && args[0] == "asuser" {
		argv, args = []string{"asuser", "unshare"}, args[1:]
	}
	argv = append(append(argv, args...), "sh", "-c", "echo; exec sleep 600")
	cmd = exec.Command("env", argv...)
	cmd.Dir, cmd.Env = dir, env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	var ready [1]byte
	if _, err := out.Read(ready[:]); err != nil {
		return cmd, "", fmt.Errorf("%s: %w", strings.Join(argv, " "), err)
	}
	pid = fmt.Sprint(cmd.Process.Pid)
	children, err := os.ReadFile("/proc/" + pid + "/task/" + pid + "/children")
	if fields := strings.Fields(string(children)); err == nil && len(fields) > 0 {
		pid = fields[0]
	}
	return cmd, pid, nil
}
