package nsenter

import (
	"encoding/binary"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/container"
	"nstools/internal/files"
	"nstools/internal/plan"
	"nstools/internal/target"
)

// An opener opens and reads files of the target and of the caller before anything changes.
// For --explain it makes no call, and describes each instead: descriptors are then
// [target.None], and texts nil. Each method has both a call and its description, which
// keeps explanations true.
type opener struct {
	explain   bool
	described []plan.Step
	process   *target.Process // nil without a target, and in an explanation
}

// describe adds calls to the explanation on behalf of an option, in strace's notation. It
// reports whether there is an explanation, for which they are not made.
func (o *opener) describe(option string, calls ...plan.Done) bool {
	if o.explain {
		for _, call := range calls {
			o.described = append(o.described, plan.Step{For: option, Op: call})
		}
	}
	return o.explain
}

// openProcess opens the target process. If it was found by a name, it checks that it is
// still the same.
func (o *opener) openProcess(pid int, inode uint64, found *container.Found) (err error) {
	number := strconv.Itoa(pid)
	calls := []plan.Done{{Call: "pidfd_open(" + number + ", 0) = pidfd"}}
	if inode != 0 {
		calls = append(calls, plan.Done{Call: "fstat(pidfd) /* is its inode " + strconv.FormatUint(inode, 10) + "? */"})
	}
	calls = append(calls,
		plan.Opened("AT_FDCWD", "/proc/"+number, "O_PATH|O_DIRECTORY", "target"),
		plan.Done{Call: "read(/proc/self/fdinfo/pidfd) /* is it the same process? */"})
	if found != nil {
		calls = append(calls, plan.Done{Call: `read(target/"stat") /* is it what was found? */`})
	}
	if o.describe("--target", calls...) {
		return nil
	}
	if o.process, err = target.Open(pid, inode); err != nil || found == nil {
		return err
	}
	return found.Check(o.process)
}

// openFile opens a file of the target with O_RDONLY or O_PATH, by its name below /proc/PID.
// The result is the descriptor's name in the explanation.
func (o *opener) openFile(option, file, result string, flags int) (int, error) {
	text := "O_RDONLY"
	if flags == unix.O_PATH {
		text = "O_PATH"
	}
	if o.describe(option, plan.Opened("target", file, text, result)) {
		return target.None, nil
	}
	return o.process.OpenFile(file, flags)
}

// readFile reads a file of the target, up to a limit in bytes. The remark, or "", tells the
// explanation what for.
func (o *opener) readFile(option, file, remark string, limit int) ([]byte, error) {
	if o.describe(option, plan.Done{Call: `read(target/"` + file + `")` + remark}) {
		return nil, nil
	}
	return o.process.ReadFile(file, limit)
}

// openDir opens a directory of the caller, which need not be readable.
func (o *opener) openDir(option, path, result string) (int, error) {
	if o.describe(option, plan.Opened("AT_FDCWD", path, "O_PATH", result)) {
		return target.None, nil
	}
	return unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
}

// openNamespace opens a namespace by a path of the caller.
func (o *opener) openNamespace(option, path, result string) (int, error) {
	if o.describe(option, plan.Opened("AT_FDCWD", path, "O_RDONLY", result)) {
		return target.None, nil
	}
	return files.OpenNamespace(path)
}

// openByID opens a namespace by its 64-bit id, which NS_GET_ID of ioctl_nsfs(2) and lsns(8)
// show. It composes a file handle of nsfs from it.
//
// See: struct nsfs_file_handle in include/uapi/linux/nsfs.h.
func (o *opener) openByID(option string, id uint64, result string) (int, error) {
	if o.describe(option, plan.Done{Call: "open_by_handle_at(FD_NSFS_ROOT, {ns_id=" + strconv.FormatUint(id, 10) + "}, O_RDONLY|O_CLOEXEC) = " + result}) {
		return target.None, nil
	}
	const (
		fileidNsfs = 0xf1   // FILEID_NSFS of include/linux/exportfs.h
		nsfsRoot   = -10003 // FD_NSFS_ROOT of include/uapi/linux/fcntl.h
	)
	handle := make([]byte, 16) // ns_id, ns_type, ns_inum; the kernel looks the last two up
	binary.NativeEndian.PutUint64(handle, id)
	return unix.OpenByHandleAt(nsfsRoot, unix.NewFileHandle(fileidNsfs, handle), unix.O_RDONLY|unix.O_CLOEXEC)
}

// openOwner opens the user namespace that owns a namespace. For a user namespace that is
// its parent.
//
// See: NS_GET_USERNS in ioctl_nsfs(2).
func (o *opener) openOwner(option string, fd int, name string) (int, error) {
	if o.describe(option, plan.Done{Call: "ioctl(" + name + ", NS_GET_USERNS) = user"}) {
		return target.None, nil
	}
	return unix.IoctlRetInt(fd, unix.NS_GET_USERNS)
}

// copySocket copies a socket of the target by its descriptor number there.
//
// See: pidfd_getfd(2).
func (o *opener) copySocket(option string, number int) (int, error) {
	if o.describe(option, plan.Done{Call: "pidfd_getfd(pidfd, " + strconv.Itoa(number) + ", 0) = socket"}) {
		return target.None, nil
	}
	return unix.PidfdGetfd(o.process.Pidfd, number, 0)
}

// openNetOf opens the network namespace of a socket.
//
// See: SIOCGSKNS in include/uapi/linux/sockios.h.
func (o *opener) openNetOf(option string, socket int) (int, error) {
	if o.describe(option, plan.Done{Call: "ioctl(socket, SIOCGSKNS) = net"}) {
		return target.None, nil
	}
	return unix.IoctlRetInt(socket, unix.SIOCGSKNS)
}

// openProcs opens the cgroup.procs of a cgroup, by its path below the mount of its
// hierarchy. The remark is as for readFile.
func (o *opener) openProcs(option, mount, path, remark string) (int, error) {
	if o.describe(option, plan.Done{Call: `openat2("` + mount + `", CGROUP/"cgroup.procs", {O_WRONLY|O_CLOEXEC, RESOLVE_BENEATH|RESOLVE_NO_SYMLINKS|RESOLVE_NO_XDEV}) = procs` + remark}) {
		return target.None, nil
	}
	return openBeneath(mount, strings.TrimLeft(path+"/cgroup.procs", "/"), unix.O_WRONLY)
}

// replaceFD closes a descriptor, and puts another in its place.
func replaceFD(old *int, fd int) {
	closeFD(*old)
	*old = fd
}

// closeFD closes a descriptor other than [target.None].
func closeFD(fd int) {
	if fd != target.None {
		unix.Close(fd)
	}
}
