package testscripts

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

func signal(e *exec.ExitError) syscall.Signal { return e.Sys().(syscall.WaitStatus).Signal() }

// condition reports whether the machine has an ability, such as [root] or [user]. It tries
// most of them. MUST_RUN=user,userns turns a missing ability into a failure, so that a
// machine that is known to have it cannot pass by skipping.
func condition(name string) (bool, error) {
	var ok bool
	switch name {
	case "root":
		ok = os.Geteuid() == 0
	case "user": // an ordinary user for asuser
		ok = box.hasUser
	case "userns": // with a /proc of its own, which is refused in a container with a covered /proc
		ok = succeeds("asuser", oracle, "-Urpf", "--mount-proc", "true")
	case "personality": // which filters of containers refuse
		ok = succeeds("setarch", "-R", "true")
	case "subid":
		ok = box.hasUser && onPath("newuidmap")
	case "oracle":
		ok = onPath(oracle) && onPath("/usr/bin/nsenter")
	case "iproute2":
		ok = succeeds("/sbin/ip", "-V")
	case "timens":
		_, err := os.Stat("/proc/self/ns/time")
		ok = err == nil
	case "pidfs":
		fd, err := unix.PidfdOpen(os.Getpid(), 0)
		var fs unix.Statfs_t
		ok = err == nil && unix.Fstatfs(fd, &fs) == nil && fs.Type == unix.PID_FS_MAGIC
		unix.Close(fd)
	case "selinux":
		_, err := os.Stat("/sys/fs/selinux/enforce")
		ok = err == nil
	case "cgroup2": // where this user may make a cgroup
		ok = succeeds(oracle, "-m", "sh", "-c", "d=/sys/fs/cgroup/nstools-try-$$; mount -t cgroup2 none /sys/fs/cgroup && mkdir $d && rmdir $d")
	case "cgroup1": // alone, or beside version 2
		text, err := os.ReadFile("/proc/self/mountinfo")
		ok = err == nil && strings.Contains(string(text), " - cgroup ")
	case "binfmt":
		// In a user namespace only since Linux 6.7.
		ok = succeeds("asuser", oracle, "-Urm", "mount", "-t", "binfmt_misc", "none", "/proc/sys/fs/binfmt_misc")
	case "portmasks": // in rules, since Linux 6.15
		ok = succeeds(oracle, "-n", box.bin+"/gonetns", "rule", "add", "sport", "80/0xff", "table", "5")
	case "runc", "crun", "podman":
		ok = runtimes[name]()
	default:
		return false, fmt.Errorf("unknown condition %q", name)
	}
	if !ok && strings.Contains(","+os.Getenv("MUST_RUN")+",", ","+name+",") {
		return false, fmt.Errorf("MUST_RUN names %s, and this machine has it not", name)
	}
	return ok, nil
}

func succeeds(command string, args ...string) bool {
	cmd := exec.Command(command, args...)
	cmd.Env = append(os.Environ(), "PATH="+box.commands+":"+os.Getenv("PATH"))
	if p, err := exec.LookPath(box.commands + "/" + command); err == nil {
		cmd.Path, cmd.Err = p, nil
	}
	return cmd.Run() == nil
}

func onPath(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}
