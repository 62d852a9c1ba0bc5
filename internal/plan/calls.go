package plan

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/ns"
	"nstools/internal/quote"
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

// Setns enters a namespace by its file; see setns(2). What [Enter] does is more.
func Setns(fd Arg, flag uintptr, fail string) Call {
	return Call{Name: "setns", Args: []Arg{fd, Flags(flag, CloneFlags(flag))}, Fail: fail}
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
	write, done := Write(FromSlot(FD, "fd"), data, cannotWrite), Close(FD, "fd")
	if optional {
		open.Accept = unix.ENOENT
		return []Op{Optional{open, []Op{write, done}}}
	}
	return []Op{open, write, done}
}

// Chain makes one list of calls, in which each that only warns where it fails has all
// that follow left out then.
func Chain(calls []Call) (ops []Op) {
	for _, c := range slices.Backward(calls) {
		if c.Warn {
			ops = []Op{Optional{c, ops}}
		} else {
			ops = append([]Op{c}, ops...)
		}
	}
	return ops
}

// TryWriteFile is WriteFile where a failure is only told.
func TryWriteFile(path, data, cannot string) Op {
	open := Open(path, unix.O_WRONLY, "O_WRONLY", FD, cannot)
	write := Write(FromSlot(FD, "fd"), data, cannot)
	open.Warn, write.Warn = true, true
	return Optional{open, []Op{write, Close(FD, "fd")}}
}

// Write writes data in one write(2).
func Write(fd Arg, data, fail string) Call {
	return Call{Name: "write", Args: []Arg{fd, Bytes([]byte(data), quote.C(data)), Int(len(data))}, Want: len(data), Fail: fail}
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
func Opened(dir, path, flags, result string) Done {
	return Done{"openat(" + dir + ", " + quote.C(path) + ", " + flags + "|O_CLOEXEC) = " + result}
}

// Found is the look-up of a process by a name, which is no one call: it read files. What
// was found is escaped.
func Found(name string, pid int, what string) Done {
	return Done{"find(" + quote.C(name) + ") = " + strconv.Itoa(pid) + " /* " + what + " */"}
}

// Close closes the descriptor in a slot.
func Close(s Slot, text string) Call { return CloseFD(FromSlot(s, text)) }

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

// PseudoFlags are the flags with which proc and its like are mounted.
const PseudoFlags = unix.MS_NOSUID | unix.MS_NOEXEC | unix.MS_NODEV

// Proc mounts a proc that shows the PID namespace for children of the caller.
func Proc(dir string) Call { return Mount("proc", dir, "proc", PseudoFlags, "mount "+dir+" failed") }

// OpenTree makes a copy of the mounts at and below a directory that is attached
// nowhere yet; see OPEN_TREE_CLONE in open_tree(2), since Linux 5.2.
func OpenTree(dir Arg, to Slot, as, fail string) Call {
	const flags = unix.OPEN_TREE_CLONE | unix.OPEN_TREE_CLOEXEC | unix.AT_EMPTY_PATH | unix.AT_RECURSIVE
	return Call{
		Name:       "open_tree",
		Args:       []Arg{dir, Path(""), Flags(flags, "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH|AT_RECURSIVE")},
		Result:     to,
		ResultName: as,
		Fail:       fail,
	}
}

// MoveMount attaches a mount; see move_mount(2), since Linux 5.2. Links are followed,
// as mount(2) does it.
func MoveMount(fd Arg, to, fail string) Call {
	return Call{Name: "move_mount", Fail: fail,
		Args: []Arg{fd, Path(""), AtCwd(), Path(to), Flags(unix.MOVE_MOUNT_F_EMPTY_PATH|unix.MOVE_MOUNT_T_SYMLINKS, "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_SYMLINKS")}}
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

// Setgroups sets the supplementary groups; see setgroups(2).
func Setgroups(groups []uint32) Call {
	if len(groups) == 0 {
		return DropGroups()
	}
	var list []byte
	var names []string
	for _, g := range groups {
		list = binary.NativeEndian.AppendUint32(list, g)
		names = append(names, strconv.FormatUint(uint64(g), 10))
	}
	c := DropGroups()
	c.Args = []Arg{Int(len(groups)), Bytes(list, "["+strings.Join(names, ", ")+"]")}
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

// Prctl is a prctl(2) with one argument, or none that the kernel looks at.
func Prctl(name string, option, argument int) Call {
	return Call{
		Name: "prctl",
		Args: []Arg{Flags(uintptr(option), name), Int(argument), Int(0), Int(0), Int(0)},
		Fail: "prctl(" + name + ") failed",
	}
}

// Capset sets the three sets of capabilities of the process; see capset(2).
func Capset(effective, permitted, inheritable uint64) Call {
	var header, data []byte
	header = binary.NativeEndian.AppendUint32(header, unix.LINUX_CAPABILITY_VERSION_3)
	header = binary.NativeEndian.AppendUint32(header, 0) // ourselves
	for shift := 0; shift < 64; shift += 32 {
		for _, set := range [...]uint64{effective, permitted, inheritable} {
			data = binary.NativeEndian.AppendUint32(data, uint32(set>>shift))
		}
	}
	return Call{
		Name: "capset",
		Args: []Arg{
			Bytes(header, "{_LINUX_CAPABILITY_VERSION_3, 0}"),
			Bytes(data, "{effective="+hex(effective)+", permitted="+hex(permitted)+", inheritable="+hex(inheritable)+"}"),
		},
		Fail: "capset failed",
	}
}

func hex(set uint64) string { return "0x" + strconv.FormatUint(set, 16) }

// Ambient makes the ambient set what is given, which has to be permitted and
// inheritable; see PR_CAP_AMBIENT in prctl(2).
func Ambient(set uint64) []Op {
	call := func(name string, what, capability int) Call {
		c := Prctl("PR_CAP_AMBIENT", unix.PR_CAP_AMBIENT, what)
		c.Args[1] = Flags(uintptr(what), name)
		c.Args[2] = Int(capability)
		return c
	}
	ops := []Op{call("PR_CAP_AMBIENT_CLEAR_ALL", unix.PR_CAP_AMBIENT_CLEAR_ALL, 0)}
	for c := range 64 {
		if set>>c&1 == 1 {
			ops = append(ops, call("PR_CAP_AMBIENT_RAISE", unix.PR_CAP_AMBIENT_RAISE, c))
		}
	}
	return ops
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
		Call{Name: "ioctl", Args: []Arg{FromSlot(FD, "fd"), Flags(unix.SIOCSIFFLAGS, "SIOCSIFFLAGS"), Bytes(req, "{ifr_name="+quote.C(name)+", ifr_flags=IFF_UP}")}, Fail: fail},
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
		Args: []Arg{Flags(unix.SIG_BLOCK, "SIG_BLOCK"), Bytes(set, "["+strings.Join(names, " ")+"]"), SlotAddress(old, "old"), Int(8)},
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
		Args: []Arg{Flags(unix.SIG_SETMASK, "SIG_SETMASK"), SlotAddress(old, "old"), Null(), Int(8)},
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
