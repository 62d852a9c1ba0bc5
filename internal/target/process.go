package target

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/proc"
)

// None stands for a missing descriptor.
const None = -1

// A Process is held by a pidfd and by its directory below /proc. Both belong to one
// process, not to its number: once the process has ended, files of the directory can no
// longer be opened, even if the number has a new owner.
type Process struct {
	PID   int
	Pidfd int // None before Linux 5.3
	dir   int
	err   error // why dir is None
}

// A MismatchError says that a number belongs to another process than the one meant.
type MismatchError struct{ Text string }

func (e *MismatchError) Error() string { return e.Text }

// Open opens a process. An inode other than 0 is the one of its pidfd, which is never used
// twice (pidfs in pidfd_open(2)). For a missing process the error comes from the files that
// are opened later, as with open(2) by name.
func Open(pid int, inode uint64) (*Process, error) {
	p := &Process{PID: pid, Pidfd: None, dir: None}
	pidfd, err := pidfdOpen(pid)
	switch err {
	case nil:
		p.Pidfd = pidfd
	default:
		if inode != 0 {
			return nil, os.NewSyscallError("pidfd_open", err)
		}
	}
	if inode != 0 {
		if err := p.checkInode(inode); err != nil {
			return nil, err
		}
	}
	p.dir, p.err = unix.Open(p.path(""), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if p.err != nil {
		p.dir = None
		return p, nil
	}
	return p, p.checkSameProcess(inode)
}

// pidfdOpen opens a thread, too, where the kernel has descriptors of threads (Linux 6.9):
// nsenter(1) takes the number of one.
func pidfdOpen(pid int) (int, error) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err == unix.EINVAL || err == unix.ENOENT {
		const pidfdThread = unix.O_EXCL
		fd, err = unix.PidfdOpen(pid, pidfdThread)
	}
	return fd, err
}

func (p *Process) checkInode(inode uint64) error {
	var fs unix.Statfs_t
	var st unix.Stat_t
	if err := unix.Fstatfs(p.Pidfd, &fs); err != nil {
		return os.NewSyscallError("fstatfs", err)
	}
	if err := unix.Fstat(p.Pidfd, &st); err != nil {
		return os.NewSyscallError("fstat", err)
	}
	if fs.Type != unix.PID_FS_MAGIC {
		return &MismatchError{"pidfd inodes need Linux 6.9"}
	}
	if st.Ino != inode {
		return &MismatchError{"process " + strconv.Itoa(p.PID) + " has inode " + strconv.FormatUint(st.Ino, 10) + ", not " + strconv.FormatUint(inode, 10)}
	}
	return nil
}

// checkSameProcess checks that the pidfd and the directory, which was opened after it,
// belong to one process. The kernel shows the number of a pidfd's process as the proc file
// system counts, and -1 once it has ended.
func (p *Process) checkSameProcess(inode uint64) error {
	if p.Pidfd == None {
		return nil
	}
	info, err := proc.ReadFile(unix.AT_FDCWD, "/proc/self/fdinfo/"+strconv.Itoa(p.Pidfd), 4096)
	if err == unix.ENOENT {
		return nil // without a proc of the caller nothing can be compared, and the directory alone is one process, too
	}
	if err != nil {
		return err
	}
	number := proc.Field(string(info), "Pid")
	switch number {
	case strconv.Itoa(p.PID):
		return nil
	case "-1":
		return &MismatchError{"process " + strconv.Itoa(p.PID) + " has gone"}
	}
	if inode != 0 {
		return &MismatchError{"/proc belongs to another PID namespace: " + strconv.Itoa(p.PID) + " is another process there"}
	}
	// This proc belongs to another PID namespace than the caller, and users go by what it
	// shows, as nsenter(1) does.
	unix.Close(p.Pidfd)
	p.Pidfd = None
	return nil
}

func (p *Process) path(name string) string {
	path := "/proc/" + strconv.Itoa(p.PID)
	if name != "" {
		path += "/" + name
	}
	return path
}

// OpenFile opens a file of the process's directory, close-on-exec.
func (p *Process) OpenFile(name string, flags int) (int, error) {
	if p.err != nil {
		return None, p.err
	}
	return unix.Openat(p.dir, name, flags|unix.O_CLOEXEC, 0)
}

// ReadFile reads a file of the process's directory, up to a limit in bytes.
func (p *Process) ReadFile(name string, limit int) ([]byte, error) {
	if p.err != nil {
		return nil, p.err
	}
	return proc.ReadFile(p.dir, name, limit)
}

// Stat is stat(2) of a file of the process's directory.
func (p *Process) Stat(name string) (st unix.Stat_t, err error) {
	if p.err != nil {
		return st, p.err
	}
	err = unix.Fstatat(p.dir, name, &st, 0)
	return st, err
}

// CloseDir closes the directory; the pidfd stays.
func (p *Process) CloseDir() {
	if p.dir != None {
		unix.Close(p.dir)
		p.dir, p.err = None, unix.EBADF
	}
}
