package kernel

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// What follows looks at files for a sketch, and opens them. What has been opened is closed
// where the sketch is given up, so that the planner begins as if nothing had been.

// None is a descriptor that is none.
const None = -1

// AtCwd is the directory against which relative names are looked up.
const AtCwd = unix.AT_FDCWD

// held keeps a descriptor that was opened in mind.
func (s *Sketch) held(fd uintptr, errno uintptr) int {
	if errno != 0 {
		return None
	}
	if s.open >= len(s.opened) {
		rawCall(unix.SYS_CLOSE, fd, 0, 0)
		return None
	}
	s.opened[s.open] = int32(fd)
	s.open++
	return int(fd)
}

// Open is openat(2), close-on-exec; None where that fails.
func (s *Sketch) Open(dir int, path string, flags int) int {
	fd, errno := rawCall6(unix.SYS_OPENAT, uintptr(dir), CharsOf(path).at, uintptr(flags)|unix.O_CLOEXEC, 0, 0, 0)
	return s.held(fd, uintptr(errno))
}

// OpenPid opens a process; see pidfd_open(2).
func (s *Sketch) OpenPid(pid int) int {
	fd, errno := rawCall(unix.SYS_PIDFD_OPEN, uintptr(pid), 0, 0)
	return s.held(fd, uintptr(errno))
}

// ParentNamespace opens the user namespace around another.
func (s *Sketch) ParentNamespace(fd int) int {
	parent, errno := rawCall(unix.SYS_IOCTL, uintptr(fd), unix.NS_GET_PARENT, 0)
	return s.held(parent, uintptr(errno))
}

// Shut closes what was opened.
func (s *Sketch) Shut(fd int) {
	rawCall(unix.SYS_CLOSE, uintptr(fd), 0, 0)
	for n := range s.opened[:s.open] {
		if s.opened[n] == int32(fd) {
			s.opened[n] = None
		}
	}
}

// giveUp closes all that was opened.
func (s *Sketch) giveUp() {
	for n := range s.opened[:s.open] {
		if s.opened[n] != None {
			rawCall(unix.SYS_CLOSE, uintptr(s.opened[n]), 0, 0)
		}
	}
	s.open = 0
}

// A FileID tells files apart, as of stat(2).
type FileID struct {
	Inode  uint64
	Device uint64
	Mode   uint16
}

// Stat looks at a file, or with "" at a descriptor. Links are followed. It is false where that
// fails.
func (s *Sketch) Stat(dir int, path string) (id FileID, ok bool) {
	var st unix.Statx_t
	at := CharsOf(path)
	flags := uintptr(0)
	if at.size == 0 {
		at.at, flags = uintptr(unsafe.Pointer(&emptyText)), unix.AT_EMPTY_PATH
	}
	_, errno := rawCall6(unix.SYS_STATX, uintptr(dir), at.at, flags, unix.STATX_TYPE|unix.STATX_INO, uintptr(unsafe.Pointer(&st)), 0)
	return FileID{st.Ino, uint64(st.Dev_major)<<32 | uint64(st.Dev_minor), st.Mode}, errno == 0 && st.Mask&(unix.STATX_TYPE|unix.STATX_INO) == unix.STATX_TYPE|unix.STATX_INO
}

// Read reads the beginning of a file of proc, at most as much as the sketch has room for. Each
// call overwrites what the one before returned.
func (s *Sketch) Read(path string) (text string, ok bool) {
	fd := s.Open(AtCwd, path, unix.O_RDONLY)
	if fd == None {
		return "", false
	}
	n, errno := rawCall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&sketched.file)), unsafe.Sizeof(sketched.file))
	s.Shut(fd)
	return Chars{uintptr(unsafe.Pointer(&sketched.file)), n}.String(), errno == 0 && n < unsafe.Sizeof(sketched.file)
}
