package netns

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
)

// needsRoot is a failure with the way that an ordinary user has.
func needsRoot(text string, err error) *iproute.Failure {
	f := iproute.Fail(text)
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		f.Hint = Privilege()
	}
	return f
}

// Privilege is the hint where a namespace cannot be made or changed for want of it.
func Privilege() string {
	if os.Geteuid() == 0 {
		return "root lacks a capability here (CAP_SYS_ADMIN): in a container, one has to be granted it"
	}
	return "names in " + Dir + " are root's; in a sandbox of one's own they can be made and used without: gounshare -Urnm sh -c 'mount -t tmpfs none /run; gonetns add NAME; ...'"
}

// whatIs is the hint for a name that is taken, "" for a namespace.
func whatIs(name string) string {
	fd, err := unix.Open(Path(name), unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return ""
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	var fs unix.Statfs_t
	switch {
	case isNamespace(fd) || unix.Fstat(fd, &st) != nil || unix.Fstatfs(fd, &fs) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG:
		return ""
	case fs.Type == unix.NSFS_MAGIC:
		return Path(name) + " is a namespace, but none of the network"
	case !file(fd).has(name): // any more
		return ""
	}
	return Path(name) + " is no namespace but a plain file, left by an add that was killed or seen from another mount namespace; gonetns delete removes it"
}
