package diag

import (
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/facts"
	"nstools/internal/kernel"
)

// PrintHint looks for the cause of a failure and prints it if there is certainty.
// It runs where the failure happened: same namespaces, root and credentials.
func PrintHint(f kernel.Failure) {
	if hint := Hint(f, ThisHost()); hint != "" {
		io.WriteString(os.NewFile(uintptr(f.Out), "standard error"), Plain(f.Name+": hint: "+hint)+"\n")
	}
}

// Plain escapes what could play with the terminal: a hint quotes names of files,
// and mountinfo, which belong to others.
func Plain(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' {
			b.WriteString(`\` + string([]byte{'0' + c>>6, '0' + c>>3&7, '0' + c&7}))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// A Host is what hints look at.
type Host struct {
	FS   fs.FS  // the root directory
	Dir  string // the working directory
	EUID int
	Path string // $PATH
	// OwnsPID tells whether the caller's user namespace owns its PID
	// namespace; known is false where the kernel cannot say.
	OwnsPID func() (owns, known bool)
}

// ThisHost is the one we run on.
func ThisHost() Host {
	dir, err := os.Getwd()
	if err != nil {
		dir = "" // deleted, or out of reach: relative paths will not be found
	}
	return Host{FS: root{}, Dir: dir, EUID: os.Geteuid(), Path: os.Getenv("PATH"), OwnsPID: ownsPID}
}

// ownsPID compares inodes: two descriptors show one namespace where they agree.
func ownsPID() (owns, known bool) {
	pid, err := openCarefully("/proc/self/ns/pid")
	if err != nil {
		return false, false
	}
	defer pid.Close()
	owner, err := unix.IoctlRetInt(int(pid.Fd()), unix.NS_GET_USERNS)
	if err == unix.EPERM { // an owner that we may not see is not ours
		return false, true
	}
	if err != nil {
		return false, false
	}
	defer unix.Close(owner)
	var a, b unix.Stat_t
	if unix.Fstat(owner, &a) != nil || unix.Stat("/proc/self/ns/user", &b) != nil {
		return false, false
	}
	return a.Ino == b.Ino, true
}

// Hint names the one cause of a failure and the narrowest cure, or is empty: it
// never guesses. It is pure but for what it reads of the host.
func Hint(f kernel.Failure, h Host) string {
	switch f.Call {
	case "unshare":
		return h.unshare(f)
	case "openat", "write":
		return h.mapFile(f)
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
	case "execve":
		return h.execve(f)
	}
	return ""
}

func arg(f kernel.Failure, n int) string {
	if n < len(f.Args) {
		return f.Args[n]
	}
	return ""
}

// absolute is a path from the root directory.
func (h Host) absolute(file string) string {
	if strings.HasPrefix(file, "/") {
		return path.Clean(file)
	}
	return path.Join("/", h.Dir, file)
}

// read is a file's text without the newline at its end.
func (h Host) read(path string) (string, bool) {
	file, err := h.FS.Open(rooted(path))
	if err != nil {
		return "", false
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, 1<<20))
	return strings.TrimSuffix(string(b), "\n"), err == nil
}

func (h Host) link(path string) string {
	s, err := fs.ReadLink(h.FS, strings.TrimPrefix(path, "/"))
	if err != nil {
		return ""
	}
	return s
}

// sysctl is the value of a setting below /proc/sys, "" where there is none.
func (h Host) sysctl(name string) string {
	s, _ := h.read("/proc/sys/" + strings.ReplaceAll(name, ".", "/"))
	return s
}

// status is a field of /proc/self/status.
func (h Host) status(name string) string {
	text, _ := h.read("/proc/self/status")
	return facts.Field(text, name)
}
