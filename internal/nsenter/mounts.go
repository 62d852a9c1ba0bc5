package nsenter

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/ns"
	"nstools/internal/plan"
	"nstools/internal/proc"
	"nstools/internal/target"
)

// checkMounts refuses mounts that an ordinary user has made, where a name leads there
// without that user's user namespace. Such a user would choose which files root takes for
// programs, configuration and libraries. A process given by its number is taken as it is.
func (o *opened) checkMounts() error {
	if o.found == nil || !o.usesTargetFiles() {
		return nil
	}
	if o.describe("--target", plan.Done{Call: `ioctl(target/"ns/mnt", NS_GET_USERNS) = user /* who has arranged the mounts? */`}) || os.Geteuid() != 0 {
		return nil
	}
	mount := &o.namespaces[ns.Mount]
	mnt := mount.fd
	if !mount.wanted || !mount.ofTarget {
		var err error
		if mnt, err = o.process.OpenFile("ns/mnt", unix.O_RDONLY); err != nil {
			return o.targetError("cannot open /proc/"+strconv.Itoa(o.pid())+"/ns/mnt", err)
		}
		defer unix.Close(mnt)
	}
	ofTarget := mount.wanted && mount.ofTarget
	mount.ofTarget = false // the namespace that was checked is entered, even if the process has moved on
	user, uid, untrusted := mountOwner(mnt)
	if user != target.None {
		defer unix.Close(user)
	}
	if untrusted && o.entersUserBelow(user) {
		return nil
	}
	what := ""
	switch {
	case untrusted && ofTarget:
		what = "mounts"
	case o.Root.target && (untrusted || !o.isMountedIn(o.root)):
		what = "root directory"
	case o.Dir.target && (untrusted || !o.isMountedIn(o.dir)):
		what = "working directory"
	default:
		return nil
	}
	by := "somebody else than root"
	if untrusted {
		by = "uid " + strconv.FormatUint(uint64(uid), 10)
	}
	return &diag.Error{
		Text: "cannot trust the " + what + " of " + o.found.Label() + ": " + by + " has arranged what is mounted there",
		Hint: "enter the user namespace as well (--user or --all); or, if it is meant, give the number " + strconv.Itoa(o.found.PID),
	}
}

// usesTargetFiles reports whether the command is to have the target's files.
func (o *opened) usesTargetFiles() bool {
	return o.namespaces[ns.Mount].wanted && !o.namespaces[ns.Mount].byPath || o.Root.target || o.Dir.target
}

// mountOwner returns the user namespace that a mount namespace belongs to, and the user who
// made it. untrusted is false for the caller's or an outer user namespace, and for one made
// by root.
func mountOwner(mnt int) (user int, uid uint32, untrusted bool) {
	user, err := unix.IoctlRetInt(mnt, unix.NS_GET_USERNS)
	if err != nil { // EPERM: it is outside the caller's
		return target.None, 0, false
	}
	if isOwnNamespace(user, "user") {
		return user, 0, false
	}
	uid, err = unix.IoctlGetUint32(user, unix.NS_GET_OWNER_UID)
	return user, uid, err != nil || uid != 0
}

// isOwnNamespace reports whether the caller is in a namespace.
func isOwnNamespace(fd int, kind string) bool {
	var st, own unix.Stat_t
	return unix.Fstat(fd, &st) == nil && unix.Stat("/proc/self/ns/"+kind, &own) == nil && st.Ino == own.Ino && st.Dev == own.Dev
}

// nestedMax is how deep user namespaces may be nested.
// See: user_namespaces(7).
const nestedMax = 32

// entersUserBelow reports whether the command enters a user namespace, or one below it.
// There it has no right over anything outside.
func (o *opened) entersUserBelow(user int) bool {
	s := o.namespaces[ns.User]
	if !s.wanted || s.current || s.fd == target.None {
		return false
	}
	var want unix.Stat_t
	if unix.Fstat(user, &want) != nil {
		return false
	}
	fd, opened := s.fd, false
	defer func() {
		if opened {
			unix.Close(fd)
		}
	}()
	for range nestedMax + 1 {
		var st unix.Stat_t
		if unix.Fstat(fd, &st) == nil && st.Ino == want.Ino && st.Dev == want.Dev {
			return true
		}
		parent, err := unix.IoctlRetInt(fd, unix.NS_GET_PARENT)
		if err != nil {
			return false
		}
		if opened {
			unix.Close(fd)
		}
		fd, opened = parent, true
	}
	return false
}

// mountinfoMax is more than the mounts of a host with a thousand containers take, in bytes.
const mountinfoMax = 16 << 20

// isMountedIn reports whether a directory is on a mount of the caller's mount namespace or
// of the target's. A process can have its root or its working directory in a third one.
func (o *opened) isMountedIn(dir int) bool {
	id := proc.MountID(dir)
	if id == "" {
		return false
	}
	own, _ := proc.ReadFile(unix.AT_FDCWD, "/proc/self/mountinfo", mountinfoMax)
	targets, _ := o.process.ReadFile("mountinfo", mountinfoMax)
	for line := range strings.Lines(string(own) + string(targets)) {
		if strings.HasPrefix(line, id+" ") {
			return true
		}
	}
	return false
}
