package hint

import (
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"nstools/internal/kernel"
	"nstools/internal/plan"
	"nstools/internal/proc"
	"nstools/internal/quote"
)

// Print looks for the cause of a failure and prints it if it is certain. It runs where the
// failure happened: in the same namespaces, with the same root and credentials.
func Print(f kernel.Failure) {
	if hint := Of(f, ThisHost(entered(f))); hint != "" {
		io.WriteString(os.NewFile(uintptr(f.Out), "standard error"), quote.Plain(f.Name+": hint: "+hint)+"\n")
	}
}

// A Host is what hints look at.
type Host struct {
	FS   fs.FS  // the root directory
	Proc fs.FS  // where /proc is read; nil for FS
	Dir  string // the working directory
	EUID int
	// First is true where the process that failed is the first of its PID namespace: the
	// second is the one that looks for the cause.
	First bool
	Path  string // $PATH
	// Capable reports whether a file has capabilities; nil where that is not known.
	Capable func(path string) bool
	Home    string // $HOME, "" where it is not known
	// OuterRoot returns where to read /proc for a root of the plan without one; see
	// [openOuterRoot]. Nil where that is not allowed.
	OuterRoot func() (proc fs.FS, chrooted bool, err error)
	inChroot  bool // known without /proc/self/mountinfo
	// Owns reports whether the caller's user namespace owns its namespace of a kind, which is
	// a name below /proc/self/ns; known is false where the kernel does not show it.
	Owns func(h Host, kind string) (owns, known bool)
	// Clock returns the time of a clock of the machine in seconds; id is its number in
	// clock_gettime(2). Nil where it is not known.
	Clock func(h Host, id int) (seconds int64, ok bool)
	// Probe makes a system call that has to fail; see [probe]. Nil without a filter.
	Probe func(h Host, call, flags string) (errno syscall.Errno, known bool)
}

// ThisHost returns the host that this process runs on. Where it is hostile, no file is opened
// that may have been replaced since it was looked at.
func ThisHost(hostile bool) Host {
	dir, err := os.Getwd()
	if err != nil {
		dir = "" // deleted, or above the root: relative paths will not be found
	}
	return Host{FS: root{hostile}, Dir: dir, EUID: os.Geteuid(), First: kernel.PID() == 2, Path: os.Getenv("PATH"), Home: os.Getenv("HOME"), Capable: capable, Owns: owns, Clock: clock, Probe: probe, OuterRoot: openOuterRoot}
}

// clock returns the time of a clock without the offset of the time namespace.
func clock(h Host, id int) (seconds int64, ok bool) {
	name := "boottime"
	if id == unix.CLOCK_MONOTONIC {
		name = "monotonic"
	}
	var now unix.Timespec
	if unix.ClockGettime(int32(id), &now) != nil {
		return 0, false
	}
	text, _ := h.read("/proc/self/timens_offsets")
	for line := range strings.Lines(text) {
		if w := strings.Fields(line); len(w) > 1 && w[0] == name {
			offset, err := strconv.ParseInt(w[1], 10, 64)
			return int64(now.Sec) - offset, err == nil
		}
	}
	return 0, false
}

// owns compares inodes: two descriptors with one inode show one namespace.
func owns(h Host, kind string) (owns, known bool) {
	file, err := h.files("/proc/").Open("proc/self/ns/" + kind)
	if err != nil {
		return false, false
	}
	defer file.Close()
	own, ok := file.(*os.File)
	if !ok {
		return false, false
	}
	owner, err := unix.IoctlRetInt(int(own.Fd()), unix.NS_GET_USERNS)
	if err == unix.EPERM { // an owner that the kernel hides is another user namespace
		return false, true
	}
	if err != nil {
		return false, false
	}
	defer unix.Close(owner)
	var st unix.Stat_t
	if unix.Fstat(owner, &st) != nil {
		return false, false
	}
	user := h.link("/proc/self/ns/user")
	return user == "user:["+strconv.FormatUint(st.Ino, 10)+"]", user != ""
}

// Of returns the one cause of a failure and the narrowest cure, or "": it never guesses.
// It only reads from the host.
func Of(f kernel.Failure, h Host) string {
	if _, there := h.read("/proc/self/status"); !there && !entered(f) && h.OuterRoot != nil {
		if proc, chrooted, err := h.OuterRoot(); err == nil {
			h.Proc, h.inChroot = proc, chrooted
		}
	}
	if hint := h.filtered(f); hint != "" {
		return hint
	}
	if f.Origin == plan.OriginName && f.Call != "execve" {
		return h.names(f)
	}
	switch f.Call {
	case "unshare":
		return h.unshare(f)
	case "openat":
		return h.notOpened(f)
	case "write":
		return h.written(f)
	case "mount":
		return h.mount(f)
	case "pivot_root":
		return h.pivot(f)
	case "chroot":
		return h.capability(f, capSysChroot, "CAP_SYS_CHROOT")
	case "sethostname":
		if f.Errno == unix.EINVAL && len(arg(f, 0)) > 64 {
			return "a hostname has at most 64 bytes"
		}
	case "setgroups":
		return h.setgroups(f)
	case "setns":
		return h.setns(f)
	case "setuid":
		return h.setuid(f)
	case "setgid":
		return h.setgid(f)
	case "newuidmap", "newgidmap":
		return h.mapper(f)
	case "execve":
		return h.execve(f)
	}
	return ""
}

// entered reports whether the failure happened in namespaces of another process, which may
// be hostile.
func entered(f kernel.Failure) bool { return f.Origin == plan.OriginProcess }

func arg(f kernel.Failure, n int) string {
	if n < len(f.Args) {
		return f.Args[n]
	}
	return ""
}

// absolute returns a path from the root directory.
func (h Host) absolute(file string) string {
	if strings.HasPrefix(file, "/") {
		return path.Clean(file)
	}
	return path.Join("/", h.Dir, file)
}

// files returns the files among which a path is looked up.
func (h Host) files(path string) fs.FS {
	if h.Proc != nil && strings.HasPrefix(path, "/proc/") {
		return h.Proc
	}
	return h.FS
}

// read returns at most a megabyte of a file, without the newline at its end.
func (h Host) read(path string) (string, bool) {
	file, err := h.files(path).Open(rooted(path))
	if err != nil {
		return "", false
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, 1<<20))
	return strings.TrimSuffix(string(b), "\n"), err == nil
}

func (h Host) link(path string) string {
	s, err := fs.ReadLink(h.files(path), strings.TrimPrefix(path, "/"))
	if err != nil {
		return ""
	}
	return s
}

// sysctl returns the value of a setting below /proc/sys, "" without one.
func (h Host) sysctl(name string) string {
	s, _ := h.read("/proc/sys/" + strings.ReplaceAll(name, ".", "/"))
	return s
}

// status returns a field of /proc/self/status.
func (h Host) status(name string) string {
	text, _ := h.read("/proc/self/status")
	return proc.Field(text, name)
}
