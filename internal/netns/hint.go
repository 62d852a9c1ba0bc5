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
		f.Hint = privilege()
	}
	return f
}

// privilege is the hint where names cannot be made for want of privilege.
func privilege() string {
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
	c := claim(fd)
	defer c.release()
	var st unix.Stat_t
	var fs unix.Statfs_t
	switch {
	case isNamespace(fd) || unix.Fstat(fd, &st) != nil || unix.Fstatfs(fd, &fs) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG:
		return ""
	case fs.Type == unix.NSFS_MAGIC:
		return Path(name) + " is a namespace, but none of the network"
	case c.isUnfinished(name) && !c.lock():
		return "another gonetns is just making or deleting " + Path(name)
	case !c.has(name): // any more
		return ""
	}
	return noNamespace(name)
}

// noNamespace is the hint for a plain file in the place of a namespace.
func noNamespace(name string) string {
	return Path(name) + " is no namespace but a plain file, left by an add that was killed or seen from another mount namespace; gonetns delete removes it"
}
