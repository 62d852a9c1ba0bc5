package netns

import (
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/files"
	"nstools/internal/hint"
	"nstools/internal/iproute"
	"nstools/internal/ns"
	"nstools/internal/rtnl"
)

// Dir is iproute2's directory of names.
const Dir = ns.NetDir

// A Store adds and deletes names. Its zero value is ready. It prepares the directory once: for
// that the kernel visits all mounts in it, and ip has it do so for every name.
type Store struct{ prepared bool }

// Path returns the file of a name.
func Path(name string) string { return Dir + "/" + name }

// Check refuses a name that cannot be a file in Dir. The error is a *iproute.Failure.
func Check(name string) error {
	if name == "" || name == "." || name == ".." || len(name) > unix.NAME_MAX || strings.Contains(name, "/") {
		return iproute.Usage(`Invalid netns name "` + name + `"`)
	}
	return nil
}

// Names returns all names in the order of the directory, as ip does. Files without a namespace
// are included. It returns none if the directory is missing. It fails if the directory cannot
// be read, where ip says nothing.
func Names() ([]string, error) {
	dir, err := files.OpenDir(Dir)
	if errors.Is(err, unix.ENOENT) {
		return nil, nil
	}
	if err != nil {
		return nil, iproute.Fail("Failed to open directory " + Dir + ": " + diag.Reason(err))
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil && err != io.EOF {
		return nil, iproute.Fail("Failed to read directory " + Dir + ": " + diag.Reason(err))
	}
	return names, nil
}

// Open opens a named namespace, close-on-exec. Like ip it takes a path as well. The error is a
// *iproute.Failure with the status, which in ip depends on the command.
func Open(name string, status int) (int, error) {
	path := name
	if !strings.Contains(name, "/") {
		path = Path(name)
	}
	return openPath(name, path, status)
}

func openPath(name, path string, status int) (int, error) {
	fd, err := openSettled(path)
	if err == nil {
		return int(fd), nil
	}
	f := &iproute.Failure{Text: `Cannot open network namespace "` + name + `": ` + diag.Reason(err), Status: status}
	errors.As(err, &f.Errno)
	if err == unix.ENOENT {
		if _, e := os.Lstat(Dir); e != nil {
			f.Hint = hint.NoNames(name)
		}
	}
	return -1, f
}

// OpenToEnter is Open for a namespace that is to be entered. Other files are refused in ip's
// words and with its status.
func OpenToEnter(name string) (int, error) {
	fd, err := openPath(name, Path(name), iproute.StatusUsage)
	if err == nil && !isNamespace(fd) {
		unix.Close(fd)
		err = &iproute.Failure{Text: enterFailed(name) + ": " + diag.Strerror(unix.EINVAL), Status: iproute.StatusUsage, Hint: takenHint(name)}
	}
	return fd, err
}

// OpenEnterable is OpenToEnter for a namespace that will be entered several times. It enters
// the namespace once, and so finds a refusal early.
func OpenEnterable(name string) (int, error) {
	fd, err := OpenToEnter(name)
	if err != nil {
		return -1, err
	}
	return fd, rtnl.InOtherNamespace(func() error {
		err := unix.Setns(fd, unix.CLONE_NEWNET)
		if err == nil {
			return nil
		}
		f := failure(enterFailed(name)+": "+diag.Reason(err), "setns", err, "netns", "CLONE_NEWNET")
		f.Status = iproute.StatusUsage
		return f
	})
}

func enterFailed(name string) string { return enterFailedPrefix + name + `" failed` }

// isNamespace reports whether a descriptor is a network namespace. A killed add may leave a
// plain file. See: ioctl_ns(2), and nsfs in proc_ns.h of the kernel.
func isNamespace(fd int) bool {
	var fs unix.Statfs_t
	if unix.Fstatfs(fd, &fs) != nil || fs.Type != unix.NSFS_MAGIC {
		return false
	}
	kind, err := unix.IoctlRetInt(fd, unix.NS_GET_NSTYPE)
	return err != nil || kind == unix.CLONE_NEWNET
}
