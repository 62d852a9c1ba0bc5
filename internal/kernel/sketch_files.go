package kernel

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The methods below look at files for a sketch, and open them. A sketch that is given up closes
// what it has opened, so that the planner finds the caller's descriptors only.

// None stands for a descriptor that is not open.
const None = -1

// AtCwd is the directory against which relative names are looked up.
const AtCwd = unix.AT_FDCWD

// held notes and returns an opened descriptor; None after an error or without room.
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

// Open opens a file with openat(2), close-on-exec, and returns None if that fails.
func (s *Sketch) Open(dir int, path string, flags int) int {
	fd, errno := rawCall6(unix.SYS_OPENAT, uintptr(dir), CharsOf(path).at, uintptr(flags)|unix.O_CLOEXEC, 0, 0, 0)
	return s.held(fd, uintptr(errno))
}

// OpenNamespace opens a file that should lead to a namespace. Only a regular file is opened for
// reading. See: OpenNamespace of package files.
func (s *Sketch) OpenNamespace(path string) int {
	held := s.Open(AtCwd, path, unix.O_PATH)
	if held == None {
		return None
	}
	id, ok := s.Stat(held, "")
	if !ok || id.Mode&unix.S_IFMT != unix.S_IFREG {
		return None
	}
	fd := s.Open(AtCwd, s.Text("/proc/self/fd/", s.Decimal(uint64(held)), ""), unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY)
	s.Shut(held)
	return fd
}

// OpenPid returns a pidfd of a process. See: pidfd_open(2).
func (s *Sketch) OpenPid(pid int) int {
	fd, errno := rawCall(unix.SYS_PIDFD_OPEN, uintptr(pid), 0, 0)
	return s.held(fd, uintptr(errno))
}

// ParentNamespace opens the parent of a user namespace.
func (s *Sketch) ParentNamespace(fd int) int {
	parent, errno := rawCall(unix.SYS_IOCTL, uintptr(fd), unix.NS_GET_PARENT, 0)
	return s.held(parent, uintptr(errno))
}

// Shut closes a descriptor that the sketch has opened.
func (s *Sketch) Shut(fd int) {
	rawCall(unix.SYS_CLOSE, uintptr(fd), 0, 0)
	for n := range s.opened[:s.open] {
		if s.opened[n] == int32(fd) {
			s.opened[n] = None
		}
	}
}

// giveUp closes all that the sketch has opened.
func (s *Sketch) giveUp() {
	for n := range s.opened[:s.open] {
		if s.opened[n] != None {
			rawCall(unix.SYS_CLOSE, uintptr(s.opened[n]), 0, 0)
		}
	}
	s.open = 0
}

// A FileID has the mode of a file, and the inode by which files of one file system differ.
type FileID struct {
	Inode uint64
	Mode  uint16
}

// Stat returns the id of a file, or of dir itself for "". It follows links, and returns false if
// that fails.
func (s *Sketch) Stat(dir int, path string) (id FileID, ok bool) {
	var st unix.Statx_t
	at := CharsOf(path)
	flags := uintptr(0)
	if at.size == 0 {
		at.at, flags = uintptr(unsafe.Pointer(&emptyText)), unix.AT_EMPTY_PATH
	}
	_, errno := rawCall6(unix.SYS_STATX, uintptr(dir), at.at, flags, unix.STATX_TYPE|unix.STATX_INO, uintptr(unsafe.Pointer(&st)), 0)
	return FileID{st.Ino, st.Mode}, errno == 0 && st.Mask&(unix.STATX_TYPE|unix.STATX_INO) == unix.STATX_TYPE|unix.STATX_INO
}

// Read returns the content of a file of proc. It returns false after an error, and for a file
// larger than spareMemory. The next call overwrites the content.
func (s *Sketch) Read(path string) (text string, ok bool) {
	fd := s.Open(AtCwd, path, unix.O_RDONLY)
	if fd == None {
		return "", false
	}
	begin, size := uintptr(unsafe.Pointer(&spareMemory)), uintptr(0)
	for size < unsafe.Sizeof(spareMemory) {
		n, errno := rawCall(unix.SYS_READ, uintptr(fd), begin+size, unsafe.Sizeof(spareMemory)-size)
		if errno != 0 || n == 0 {
			ok = errno == 0
			break
		}
		size += n
	}
	s.Shut(fd)
	return Chars{begin, size}.String(), ok
}

// MountFlags returns the flags of statfs(2), such as ST_RDONLY, of the mount that a file is on. It
// returns false if that fails.
func (s *Sketch) MountFlags(path string) (flags int64, ok bool) {
	var fs unix.Statfs_t
	_, errno := rawCall(unix.SYS_STATFS, CharsOf(path).at, uintptr(unsafe.Pointer(&fs)), 0)
	return int64(fs.Flags), errno == 0
}

// NamespaceKind returns the CLONE_NEW* flag of a namespace, 0 for another file.
func (s *Sketch) NamespaceKind(fd int) uintptr {
	kind, errno := rawCall(unix.SYS_IOCTL, uintptr(fd), unix.NS_GET_NSTYPE, 0)
	if errno != 0 {
		return 0
	}
	return kind
}

// CloneTree returns a copy of a mount and those below it, or None if refused. See: open_tree(2).
func (s *Sketch) CloneTree(path string) int {
	const flags = unix.OPEN_TREE_CLONE | unix.OPEN_TREE_CLOEXEC | unix.AT_RECURSIVE | unix.AT_NO_AUTOMOUNT
	fd, errno := rawCall(unix.SYS_OPEN_TREE, atCwd, CharsOf(path).at, flags)
	return s.held(fd, uintptr(errno))
}

// IsAbsent reports whether a file does not exist.
func (s *Sketch) IsAbsent(path string) bool {
	var st unix.Statx_t
	_, errno := rawCall6(unix.SYS_STATX, atCwd, CharsOf(path).at, 0, unix.STATX_TYPE, uintptr(unsafe.Pointer(&st)), 0)
	return errno == unix.ENOENT
}

// IsTerminal reports whether a descriptor is a terminal. See: isatty(3).
func IsTerminal(fd int) bool {
	var modes unix.Termios
	_, errno := rawCall(unix.SYS_IOCTL, uintptr(fd), unix.TCGETS, uintptr(unsafe.Pointer(&modes)))
	return errno == 0
}

// Refuse ends the process with a message and status 1.
func (s *Sketch) Refuse(text string) {
	sketched.program.tell(CharsOf(text))
	exit(exitFailure)
}
