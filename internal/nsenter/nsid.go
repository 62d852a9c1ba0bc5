package nsenter

import (
	"encoding/binary"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/hint"
	"nstools/internal/ns"
	"nstools/internal/plan"
	"nstools/internal/target"
	"nstools/internal/tool"
)

// openByID opens a namespace by its 64-bit id, which NS_GET_ID of ioctl_nsfs(2) and
// lsns(8) show. A file handle of nsfs is made up for it, see struct
// nsfs_file_handle in include/uapi/linux/nsfs.h.
func (w *world) openByID(option string, n named, fd *int) error {
	id, err := strconv.ParseUint(n.path[1:], 10, 64)
	if err != nil {
		return tool.Failure("failed to parse nsid: " + n.path[1:])
	}
	number := strconv.FormatUint(id, 10)
	w.record(option, plan.Made{Call: "open_by_handle_at(FD_NSFS_ROOT, {ns_id=" + number + "}, O_RDONLY|O_CLOEXEC) = " + ns.Kinds[n.kind].Option})
	if w.explain {
		return nil
	}
	const (
		fileidNsfs = 0xf1   // FILEID_NSFS of include/linux/exportfs.h
		nsfsRoot   = -10003 // FD_NSFS_ROOT of include/uapi/linux/fcntl.h
	)
	handle := make([]byte, 16) // ns_id, ns_type, ns_inum; the kernel looks the last two up
	binary.NativeEndian.PutUint64(handle, id)
	opened, err := unix.OpenByHandleAt(nsfsRoot, unix.NewFileHandle(fileidNsfs, handle), unix.O_RDONLY|unix.O_CLOEXEC)
	if err != nil {
		return &diag.Error{Text: "cannot open namespace of id " + number + ": " + diag.Reason(err), Hint: hint.ThisHost(false).NamespaceID(err)}
	}
	if *fd != target.None {
		unix.Close(*fd)
	}
	*fd = opened
	return nil
}
