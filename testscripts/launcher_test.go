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

// launchers are commands of the scripts that are this test's own executable under
// another name. Each runs a command where something is refused:
//
//	filtered setns=EPERM,mount=ENOSYS COMMAND...   by a seccomp filter
//	deprived sys_admin,setfcap COMMAND...          for want of capabilities, also in the bounding set
//
// What $CURED names, as "setns" or "CAP_SETFCAP", is left alone: a hint named it, and
// what it says is done.
var launchers = map[string]func(list []string) error{"filtered": filter, "deprived": deprive}

// launch becomes the command, if this is a launcher.
func launch() {
	name := filepath.Base(os.Args[0])
	begin, ok := launchers[name]
	if !ok {
		return
	}
	if len(os.Args) < 3 {
		fmt.Fprintf(os.Stderr, "usage: %s LIST COMMAND...\n", name)
		os.Exit(99)
	}
	runtime.LockOSThread() // filters and capabilities are a thread's, and the one that executes stays
	list := slices.DeleteFunc(strings.Split(os.Args[1], ","), func(word string) bool {
		word, _, _ = strings.Cut(word, "=")
		cured := os.Getenv("CURED")
		return word == cured || "CAP_"+strings.ToUpper(word) == cured
	})
	path, err := exec.LookPath(os.Args[2])
	if err == nil {
		err = begin(list)
	}
	if err == nil {
		err = unix.Exec(path, os.Args[2:], os.Environ())
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
	os.Exit(99)
}

// calls are the system calls that a filter can refuse.
var calls = map[string]uint32{
	"unshare": unix.SYS_UNSHARE, "setns": unix.SYS_SETNS, "mount": unix.SYS_MOUNT, "umount2": unix.SYS_UMOUNT2,
	"sethostname": unix.SYS_SETHOSTNAME, "chroot": unix.SYS_CHROOT, "pivot_root": unix.SYS_PIVOT_ROOT, "open_tree": unix.SYS_OPEN_TREE,
	"move_mount": unix.SYS_MOVE_MOUNT, "setgroups": unix.SYS_SETGROUPS, "setuid": unix.SYS_SETUID, "setgid": unix.SYS_SETGID,
	"execve": unix.SYS_EXECVE, "pidfd_open": unix.SYS_PIDFD_OPEN, "socket": unix.SYS_SOCKET, "sendto": unix.SYS_SENDTO,
	"sendmsg": unix.SYS_SENDMSG, "flock": unix.SYS_FLOCK, "clone": unix.SYS_CLONE, "openat2": unix.SYS_OPENAT2, "capset": unix.SYS_CAPSET,
	"prctl": unix.SYS_PRCTL,
}

// filter has the calls CALL=ERRNO refused from now on.
func filter(list []string) error {
	const load, equal, end = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	program := []unix.SockFilter{{Code: load, K: 0}} // the number of the call
	for _, word := range list {
		name, refusal, _ := strings.Cut(word, "=")
		nr, ok := calls[name]
		errno := unix.EPERM
		if refusal == "ENOSYS" {
			errno = unix.ENOSYS
		} else if refusal != "EPERM" {
			ok = false
		}
		if !ok {
			return fmt.Errorf("no CALL=ERRNO: %s", word)
		}
		program = append(program, unix.SockFilter{Code: equal, K: nr, Jf: 1}, unix.SockFilter{Code: end, K: unix.SECCOMP_RET_ERRNO | uint32(errno)})
	}
	program = append(program, unix.SockFilter{Code: end, K: unix.SECCOMP_RET_ALLOW})
	if len(list) == 0 {
		return nil
	}
	fprog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	install := func() error {
		return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&fprog)), 0, 0)
	}
	err := install()
	if err == unix.EACCES { // without CAP_SYS_ADMIN
		if err = unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err == nil {
			err = install()
		}
	}
	runtime.KeepAlive(program)
	return err
}

// deprive takes capabilities away for good.
func deprive(list []string) error {
	var gone uint64
	for _, word := range list {
		n, ok := capabilities[word]
		if !ok {
			return fmt.Errorf("no capability: %s", word)
		}
		gone |= 1 << n
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, n, 0, 0, 0); err != nil {
			return err
		}
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return err
	}
	for i := range data {
		data[i].Effective &^= uint32(gone >> (32 * i))
		data[i].Permitted &^= uint32(gone >> (32 * i))
		data[i].Inheritable &^= uint32(gone >> (32 * i))
	}
	return unix.Capset(&header, &data[0])
}

var capabilities = map[string]uintptr{
	"sys_admin": unix.CAP_SYS_ADMIN, "sys_chroot": unix.CAP_SYS_CHROOT, "setfcap": unix.CAP_SETFCAP, "setuid": unix.CAP_SETUID,
	"setgid": unix.CAP_SETGID, "net_admin": unix.CAP_NET_ADMIN, "sys_ptrace": unix.CAP_SYS_PTRACE, "dac_override": unix.CAP_DAC_OVERRIDE,
	"dac_read_search": unix.CAP_DAC_READ_SEARCH, "mknod": unix.CAP_MKNOD, "sys_time": unix.CAP_SYS_TIME, "sys_resource": unix.CAP_SYS_RESOURCE,
	"kill": unix.CAP_KILL,
}

// installLaunchers puts them where the scripts find them. The ordinary user may not
// reach the folder in which go test keeps the executable.
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

// startBeside starts a process to enter, in the namespaces that the options of unshare(1)
// make, and returns its PID. What has been started has to be killed, even after an error.
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
