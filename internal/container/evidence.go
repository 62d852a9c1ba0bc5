package container

import (
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// An evidence says whose word a file or directory is. Only that user, or root, can have put
// it where it is. The zero value is the evidence of "/", which is root's.
type evidence struct {
	uid            uint32
	nobody         bool // several users can have made it, so it proves nothing
	othersExcluded bool // a directory above it lets no other user through, whatever its own mode is
}

// equals reports whether two pieces of evidence are the word of one user.
func (e evidence) equals(o evidence) bool { return e.uid == o.uid && e.nobody == o.nobody }

// below returns whose word a file is in a directory with evidence e. This is the rule that
// every name rests on, for cgroups and for state files:
//
//   - What belongs to root is the word of whoever owns the directories above it, because
//     an ordinary user can rename what lies in an own directory.
//   - From the first directory that belongs to an ordinary user on, everything below is
//     that user's word.
//   - What a third user owns below that, or what others may write, is nobody's word.
//
// A group counts as others, except for root's and for the group that has its user's number,
// which is that user's alone by custom. In a sticky directory only the owner replaces a
// file; see inode(7). If a directory above lets no others through, they write nothing below
// it: dockerd makes files of mode 666 in directories of mode 700.
func (e evidence) below(st *unix.Stat_t) evidence {
	below := e
	switch {
	case e.nobody:
		return e
	case st.Uid == e.uid || st.Uid == 0:
	case e.uid == 0:
		below.uid, below.othersExcluded = st.Uid, false // this user was let through
	default:
		return evidence{nobody: true}
	}
	kind := st.Mode & unix.S_IFMT
	sticky := kind == unix.S_IFDIR && st.Mode&unix.S_ISVTX != 0
	if !below.othersExcluded && !sticky && kind != unix.S_IFLNK && othersMay(st, unix.S_IWOTH, unix.S_IWGRP) {
		return evidence{nobody: true}
	}
	below.othersExcluded = below.othersExcluded || kind == unix.S_IFDIR && !othersMay(st, unix.S_IXOTH, unix.S_IXGRP)
	return below
}

// othersMay reports whether the mode gives a right to users other than the owner and root.
func othersMay(st *unix.Stat_t, others, group uint32) bool {
	return st.Mode&others != 0 || st.Mode&group != 0 && st.Gid != 0 && st.Gid != st.Uid
}

// A handle is a file or directory that is open with O_PATH, and its evidence.
type handle struct {
	fd int
	evidence
	st unix.Stat_t
}

func (h handle) close() { unix.Close(h.fd) }

// linksMax is how many of root's links are followed on one path.
const linksMax = 8

// openRoot opens the root directory.
func openRoot() (handle, error) {
	fd, err := unix.Open("/", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return handle{}, err
	}
	h := handle{fd: fd}
	return h, unix.Fstat(fd, &h.st)
}

// open opens what a path leads to from a directory, each part beneath the one before. It
// follows only links that are root's word, from "/" or from the link's directory.
// Errors: an errno; ELOOP for another user's link.
func (h handle) open(name string) (handle, error) { return h.openAt(name, linksMax) }

func (h handle) openAt(name string, links int) (handle, error) {
	at, opened := h, false
	done := func() {
		if opened {
			at.close()
		}
	}
	rest := name
	for rest != "" {
		part, more, _ := strings.Cut(rest, "/")
		rest = more
		if part == "" || part == "." {
			continue
		}
		if part == ".." { // only a link of root has these
			done()
			return handle{}, unix.EXDEV
		}
		fd, err := unix.Openat(at.fd, part, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err != nil {
			done()
			return handle{}, err
		}
		next := handle{fd: fd}
		if err := unix.Fstat(fd, &next.st); err != nil {
			unix.Close(fd)
			done()
			return handle{}, err
		}
		if next.hasACL() {
			next.st.Gid = ^uint32(0) // the group's bits are the rights of everybody in the list
		}
		next.evidence = at.below(&next.st)
		if next.st.Mode&unix.S_IFMT == unix.S_IFLNK {
			to, err := next.follow(at, links)
			unix.Close(fd)
			if err != nil {
				done()
				return handle{}, err
			}
			next = to
		}
		done()
		at, opened = next, true
	}
	if opened {
		return at, nil
	}
	fd, err := unix.Openat(at.fd, ".", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return handle{fd: fd, evidence: at.evidence, st: at.st}, err
}

// hasACL reports whether a list gives the rights that the mode shows for the group to
// others as well. It is read only where that matters.
// See: acl(5).
func (h handle) hasACL() bool {
	m := h.st.Mode
	switch {
	case m&unix.S_IFMT == unix.S_IFLNK:
		return false
	case m&unix.S_IWGRP == 0 && (m&unix.S_IXGRP == 0 || m&unix.S_IXOTH != 0):
		return false
	}
	_, err := unix.Getxattr("/proc/self/fd/"+strconv.Itoa(h.fd), "system.posix_acl_access", nil)
	return err == nil
}

// follow opens what a link in a directory leads to.
func (h handle) follow(dir handle, links int) (handle, error) {
	if h.nobody || h.uid != 0 || links == 0 {
		return handle{}, unix.ELOOP
	}
	buf := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(h.fd, "", buf)
	if err != nil {
		return handle{}, err
	}
	to := string(buf[:n])
	if !path.IsAbs(to) {
		return dir.openAt(to, links-1)
	}
	root, err := openRoot()
	if err != nil {
		return handle{}, err
	}
	defer root.close()
	return root.openAt(to[1:], links-1)
}
