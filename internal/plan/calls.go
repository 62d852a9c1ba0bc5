package plan

import (
	"encoding/binary"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/ns"
)

// FD is the slot that WriteFile and the like use for a descriptor that lives
// for a few calls only.
const FD Slot = 1

// AtCwd is the directory against which *at(2) calls resolve relative names.
// It is the kernel's -100, spelled so that it fits an unsigned word.
func AtCwd() Arg { return Arg{Num: ^uintptr(0) - 99, Text: "AT_FDCWD"} }

// Unshare makes new namespaces; see unshare(2).
func Unshare(flags uintptr) Call {
	return Call{Name: "unshare", Args: []Arg{Flags(flags, CloneFlags(flags))}, Fail: "unshare failed"}
}

// CloneFlags names namespace flags in ascending order of their values, the order of strace(1).
func CloneFlags(flags uintptr) string {
	if flags == 0 {
		return "0"
	}
	var names []string
	for bit := uintptr(1); bit != 0; bit <<= 1 {
		for _, k := range ns.Kinds {
			if k.Flag == bit && flags&bit != 0 {
				names = append(names, k.Clone)
			}
		}
	}
	return strings.Join(names, "|")
}

// WriteFile opens an existing file, writes data in one write(2), as the files of
// /proc demand, and closes it. A missing file is passed over if optional.
func WriteFile(path, data, cannotOpen, cannotWrite string, optional bool) []Op {
	open := Open(path, unix.O_WRONLY, "O_WRONLY", FD, cannotOpen)
	if optional {
		open.Accept, open.Skip = unix.ENOENT, 2
	}
	return []Op{
		open,
		Write(In(FD, "fd"), data, cannotWrite),
		Close(FD, "fd"),
	}
}

// Write writes data in one write(2).
func Write(fd Arg, data, fail string) Call {
	return Call{Name: "write", Args: []Arg{fd, Bytes([]byte(data), quote(data)), Int(len(data))}, Want: len(data), Fail: fail}
}

// Open opens a path, close-on-exec.
func Open(path string, flags int, text string, to Slot, fail string) Call {
	return Call{
		Name:   "openat",
		Args:   []Arg{AtCwd(), Path(path), Flags(uintptr(flags|unix.O_CLOEXEC), text+"|O_CLOEXEC"), Int(0)},
		Result: to,
		Fail:   fail,
	}
}

// Opened is an openat(2) that was made while the plan was.
func Opened(dir, path, flags, result string) Made {
	return Made{"openat(" + dir + ", " + quote(path) + ", " + flags + "|O_CLOEXEC) = " + result}
}

// Close closes the descriptor in a slot.
func Close(s Slot, text string) Call { return CloseFD(In(s, text)) }

// CloseFD closes a descriptor.
func CloseFD(fd Arg) Call { return Call{Name: "close", Args: []Arg{fd}} }

var mountFlags = [...]struct {
	bit  uintptr
	name string
}{
	{unix.MS_NOSUID, "MS_NOSUID"}, {unix.MS_NODEV, "MS_NODEV"}, {unix.MS_NOEXEC, "MS_NOEXEC"},
	{unix.MS_BIND, "MS_BIND"}, {unix.MS_REC, "MS_REC"}, {unix.MS_PRIVATE, "MS_PRIVATE"},
	{unix.MS_SLAVE, "MS_SLAVE"}, {unix.MS_SHARED, "MS_SHARED"},
}

// Mount is mount(2); fstype "" stands for a null pointer.
func Mount(source, target, fstype string, flags uintptr, fail string) Call {
	kind := Null()
	if fstype != "" {
		kind = Path(fstype)
	}
	var names []string
	for _, f := range mountFlags {
		if flags&f.bit != 0 {
			names = append(names, f.name)
		}
	}
	return Call{
		Name: "mount",
		Args: []Arg{Path(source), Path(target), kind, Flags(flags, strings.Join(names, "|")), Null()},
		Fail: fail,
	}
}

// Detach unmounts lazily: see MNT_DETACH in umount2(2).
func Detach(target, fail string) Call {
	return Call{Name: "umount2", Args: []Arg{Path(target), Flags(unix.MNT_DETACH, "MNT_DETACH")}, Fail: fail}
}

// PivotRoot is pivot_root(2).
func PivotRoot(newRoot, putOld, fail string) Call {
	return Call{Name: "pivot_root", Args: []Arg{Path(newRoot), Path(putOld)}, Fail: fail}
}

// Chroot is chroot(2).
func Chroot(dir, fail string) Call { return Call{Name: "chroot", Args: []Arg{Path(dir)}, Fail: fail} }

// Fchdir is fchdir(2).
func Fchdir(dir Arg, fail string) Call { return Call{Name: "fchdir", Args: []Arg{dir}, Fail: fail} }

// Chdir is chdir(2).
func Chdir(dir, fail string) Call { return Call{Name: "chdir", Args: []Arg{Path(dir)}, Fail: fail} }

// DropGroups gives up every supplementary group; see setgroups(2).
func DropGroups() Call {
	return Call{Name: "setgroups", Args: []Arg{Int(0), Null()}, Fail: "setgroups failed"}
}

// TryDropGroups is DropGroups that tells a slot how it went instead.
func TryDropGroups(errno Slot) Call {
	c := DropGroups()
	c.Fail, c.Errno = "", errno
	return c
}

// Setgid is setgid(2).
func Setgid(gid uint32) Call {
	return Call{Name: "setgid", Args: []Arg{Int(int(gid))}, Fail: "setgid failed"}
}

// Setuid is setuid(2).
func Setuid(uid uint32) Call {
	return Call{Name: "setuid", Args: []Arg{Int(int(uid))}, Fail: "setuid failed"}
}

// Dumpable makes a process that changed its ids its own again, with 1: the files
// below /proc/self belong to it, and not to root. See PR_SET_DUMPABLE in prctl(2).
func Dumpable(n int) Call {
	return Call{Name: "prctl", Args: []Arg{Flags(unix.PR_SET_DUMPABLE, "PR_SET_DUMPABLE"), Int(n)}, Fail: "prctl failed"}
}

// LinkUp brings a network interface up; see netdevice(7).
func LinkUp(name, fail string) []Op {
	req := make([]byte, 40) // struct ifreq: a name of 16 bytes, then flags
	copy(req[:unix.IFNAMSIZ-1], name)
	binary.NativeEndian.PutUint16(req[unix.IFNAMSIZ:], unix.IFF_UP)
	return []Op{
		Call{Name: "socket", Args: []Arg{Flags(unix.AF_INET, "AF_INET"), Flags(unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, "SOCK_DGRAM|SOCK_CLOEXEC"), Int(0)}, Result: FD, Fail: fail},
		Call{Name: "ioctl", Args: []Arg{In(FD, "fd"), Flags(unix.SIOCSIFFLAGS, "SIOCSIFFLAGS"), Bytes(req, "{ifr_name="+quote(name)+", ifr_flags=IFF_UP}")}, Fail: fail},
		Close(FD, "fd"),
	}
}

// Sethostname is sethostname(2).
func Sethostname(name, fail string) Call {
	return Call{Name: "sethostname", Args: []Arg{Path(name), Int(len(name))}, Fail: fail}
}

// DefaultSignal gives a signal its default action; see sigaction(2).
func DefaultSignal(sig unix.Signal) Call {
	action := make([]byte, 64) // a zeroed struct sigaction of any architecture
	return Call{Name: "rt_sigaction", Args: []Arg{signal(sig), Bytes(action, "{sa_handler=SIG_DFL}"), Null(), Int(8)}}
}

// BlockSignals adds to the signal mask and keeps the old mask in a slot.
func BlockSignals(old Slot, sigs ...unix.Signal) Call {
	var mask uint64
	names := make([]string, 0, len(sigs))
	for _, s := range sigs {
		mask |= 1 << (uint(s) - 1)
		names = append(names, strings.TrimPrefix(unix.SignalName(s), "SIG"))
	}
	set := binary.NativeEndian.AppendUint64(nil, mask)
	return Call{
		Name: "rt_sigprocmask",
		Args: []Arg{Flags(unix.SIG_BLOCK, "SIG_BLOCK"), Bytes(set, "["+strings.Join(names, " ")+"]"), Addr(old, "old"), Int(8)},
		Fail: "sigprocmask block failed",
	}
}

// BlockAll blocks every signal that can be, and keeps the old mask in a slot.
func BlockAll(old Slot) Call {
	c := BlockSignals(old)
	c.Args[0] = Flags(unix.SIG_SETMASK, "SIG_SETMASK")
	c.Args[1] = Bytes(binary.NativeEndian.AppendUint64(nil, ^uint64(0)), "~[]")
	return c
}

// RestoreSignals puts back the mask that BlockSignals kept.
func RestoreSignals(old Slot) Call {
	return Call{
		Name: "rt_sigprocmask",
		Args: []Arg{Flags(unix.SIG_SETMASK, "SIG_SETMASK"), Addr(old, "old"), Null(), Int(8)},
		Fail: "sigprocmask restore failed",
	}
}

// ParentDeathSignal has the kernel send sig when the parent dies; see PR_SET_PDEATHSIG in prctl(2).
func ParentDeathSignal(sig unix.Signal) Call {
	return Call{Name: "prctl", Args: []Arg{Flags(unix.PR_SET_PDEATHSIG, "PR_SET_PDEATHSIG"), signal(sig)}, Fail: "prctl failed"}
}

// Pidfd opens a descriptor of a process, close-on-exec by itself; see pidfd_open(2).
func Pidfd(pid int, text string, to Slot) Call {
	return Call{Name: "pidfd_open", Args: []Arg{Flags(uintptr(pid), text), Int(0)}, Result: to, Fail: "pidfd_open failed"}
}

func signal(s unix.Signal) Arg {
	name := unix.SignalName(s)
	if name == "" {
		name = strconv.Itoa(int(s))
	}
	return Flags(uintptr(s), name)
}
