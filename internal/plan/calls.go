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

// FD is the slot of a descriptor that lives for a few calls, as in WriteFile.
const FD Slot = 1

// AtCwd returns AT_FDCWD: *at(2) calls resolve relative names in the working directory.
// It is the kernel's -100 as an unsigned word.
func AtCwd() Arg { return Arg{Num: ^uintptr(0) - 99, Text: "AT_FDCWD"} }

// Unshare returns a call that makes new namespaces. See: unshare(2).
func Unshare(flags uintptr) Call {
	return Call{Name: "unshare", Args: []Arg{Flags(flags, CloneFlags(flags))}, Fail: "unshare failed"}
}

// Setns returns a call that enters one namespace by its file; [Enter] enters several.
// See: setns(2).
func Setns(fd Arg, flag uintptr, fail string) Call {
	return Call{Name: "setns", Args: []Arg{fd, Flags(flag, CloneFlags(flag))}, Fail: fail}
}

// CloneFlags returns the names of namespace flags in ascending order of their values, as
// strace(1) prints them.
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

// WriteFile returns calls that open an existing file, write data and close it. One write(2)
// carries all data, as files of /proc demand. Where optional is set, a missing file is
// passed over.
func WriteFile(path, data, cannotOpen, cannotWrite string, optional bool) []Op {
	open := Open(path, unix.O_WRONLY, "O_WRONLY", FD, cannotOpen)
	write, done := Write(FromSlot(FD, "fd"), data, cannotWrite), Close(FD, "fd")
	if optional {
		open.Accept = unix.ENOENT
		return []Op{Optional{open, []Op{write, done}}}
	}
	return []Op{open, write, done}
}

// Chain returns calls as one list. Where a call with Warn fails, the calls after it are
// left out.
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

// TryWriteFile returns WriteFile's calls, with failures that only warn.
func TryWriteFile(path, data, cannot string) Op {
	open := Open(path, unix.O_WRONLY, "O_WRONLY", FD, cannot)
	write := Write(FromSlot(FD, "fd"), data, cannot)
	open.Warn, write.Warn = true, true
	return Optional{open, []Op{write, Close(FD, "fd")}}
}

// Write returns a call that writes data in one write(2).
func Write(fd Arg, data, fail string) Call {
	return Call{Name: "write", Args: []Arg{fd, Bytes([]byte(data), quote.C(data)), Int(len(data))}, Want: len(data), Fail: fail}
}

// Open returns a call that opens a path, close-on-exec.
func Open(path string, flags int, text string, to Slot, fail string) Call {
	return Call{
		Name:   "openat",
		Args:   []Arg{AtCwd(), Path(path), Flags(uintptr(flags|unix.O_CLOEXEC), text+"|O_CLOEXEC"), Int(0)},
		Result: to,
		Fail:   fail,
	}
}

// Opened returns an openat(2) that was made while the plan was compiled.
func Opened(dir, path, flags, result string) Done {
	return Done{"openat(" + dir + ", " + quote.C(path) + ", " + flags + "|O_CLOEXEC) = " + result}
}

// Found returns the look-up of a process by a name, which read files. The caller has
// escaped what was found.
func Found(name string, pid int, what string) Done {
	return Done{"find(" + quote.C(name) + ") = " + strconv.Itoa(pid) + " /* " + what + " */"}
}

// Close returns a call that closes the descriptor in a slot.
func Close(s Slot, text string) Call { return CloseFD(FromSlot(s, text)) }

// CloseFD returns a call that closes a descriptor.
func CloseFD(fd Arg) Call { return Call{Name: "close", Args: []Arg{fd}} }

var mountFlags = [...]struct {
	bit  uintptr
	name string
}{
	{unix.MS_NOSUID, "MS_NOSUID"}, {unix.MS_NODEV, "MS_NODEV"}, {unix.MS_NOEXEC, "MS_NOEXEC"},
	{unix.MS_BIND, "MS_BIND"}, {unix.MS_REC, "MS_REC"}, {unix.MS_PRIVATE, "MS_PRIVATE"},
	{unix.MS_SLAVE, "MS_SLAVE"}, {unix.MS_SHARED, "MS_SHARED"},
}

// Mount returns a mount(2); fstype "" stands for a null pointer.
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

// PseudoFlags are the mount flags of proc and other pseudo file systems.
const PseudoFlags = unix.MS_NOSUID | unix.MS_NOEXEC | unix.MS_NODEV

// Proc returns a mount of a proc. It shows the PID namespace for the caller's children.
func Proc(dir string) Call { return Mount("proc", dir, "proc", PseudoFlags, "mount "+dir+" failed") }

// OpenTree returns a call that copies the mounts at and below a directory. The copy is
// attached nowhere yet. See: OPEN_TREE_CLONE in open_tree(2), since Linux 5.2.
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

// MoveMount returns a call that attaches a mount. It follows links, as mount(2) does.
// See: move_mount(2), since Linux 5.2.
func MoveMount(fd Arg, to, fail string) Call {
	return Call{Name: "move_mount", Fail: fail,
		Args: []Arg{fd, Path(""), AtCwd(), Path(to), Flags(unix.MOVE_MOUNT_F_EMPTY_PATH|unix.MOVE_MOUNT_T_SYMLINKS, "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_SYMLINKS")}}
}

// Detach returns a call that unmounts lazily. See: MNT_DETACH in umount2(2).
func Detach(target, fail string) Call {
	return Call{Name: "umount2", Args: []Arg{Path(target), Flags(unix.MNT_DETACH, "MNT_DETACH")}, Fail: fail}
}

// PivotRoot returns a pivot_root(2).
func PivotRoot(newRoot, putOld, fail string) Call {
	return Call{Name: "pivot_root", Args: []Arg{Path(newRoot), Path(putOld)}, Fail: fail}
}

// Chroot returns a chroot(2).
func Chroot(dir, fail string) Call { return Call{Name: "chroot", Args: []Arg{Path(dir)}, Fail: fail} }

// Fchdir returns an fchdir(2).
func Fchdir(dir Arg, fail string) Call { return Call{Name: "fchdir", Args: []Arg{dir}, Fail: fail} }

// Chdir returns a chdir(2).
func Chdir(dir, fail string) Call { return Call{Name: "chdir", Args: []Arg{Path(dir)}, Fail: fail} }

// DropGroups returns a call that gives up every supplementary group. See: setgroups(2).
func DropGroups() Call {
	return Call{Name: "setgroups", Args: []Arg{Int(0), Null()}, Fail: "setgroups failed"}
}

// TryDropGroups returns DropGroups' call; a slot takes its errno in place of a message.
func TryDropGroups(errno Slot) Call {
	c := DropGroups()
	c.Fail, c.Errno = "", errno
	return c
}

// Setgroups returns a call that sets the supplementary groups. See: setgroups(2).
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

// Setgid returns a setgid(2).
func Setgid(gid uint32) Call {
	return Call{Name: "setgid", Args: []Arg{Int(int(gid))}, Fail: "setgid failed"}
}

// Setuid returns a setuid(2).
func Setuid(uid uint32) Call {
	return Call{Name: "setuid", Args: []Arg{Int(int(uid))}, Fail: "setuid failed"}
}

// Prctl returns a prctl(2) with one argument, which the kernel may ignore.
func Prctl(name string, option, argument int) Call {
	return Call{
		Name: "prctl",
		Args: []Arg{Flags(uintptr(option), name), Int(argument), Int(0), Int(0), Int(0)},
		Fail: "prctl(" + name + ") failed",
	}
}

// Capset returns a call that sets the three capability sets of the process. See: capset(2).
func Capset(effective, permitted, inheritable uint64) Call {
	var header, data []byte
	header = binary.NativeEndian.AppendUint32(header, unix.LINUX_CAPABILITY_VERSION_3)
	header = binary.NativeEndian.AppendUint32(header, 0) // this process
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

// Ambient returns calls that make set the ambient set. Its capabilities have to be permitted
// and inheritable. See: PR_CAP_AMBIENT in prctl(2).
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

// Dumpable returns a call that sets the dumpable attribute. With 1, the files below
// /proc/self of a process that changed its ids belong to it again, and not to root.
// See: PR_SET_DUMPABLE in prctl(2).
func Dumpable(n int) Call {
	return Call{Name: "prctl", Args: []Arg{Flags(unix.PR_SET_DUMPABLE, "PR_SET_DUMPABLE"), Int(n)}, Fail: "prctl failed"}
}

// LinkUp returns calls that bring a network interface up. See: netdevice(7).
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

// Sethostname returns a sethostname(2).
func Sethostname(name, fail string) Call {
	return Call{Name: "sethostname", Args: []Arg{Path(name), Int(len(name))}, Fail: fail}
}

// DefaultSignal returns a call that gives a signal its default action. See: sigaction(2).
func DefaultSignal(sig unix.Signal) Call {
	action := make([]byte, 64) // a zeroed struct sigaction of any architecture
	return Call{Name: "rt_sigaction", Args: []Arg{signal(sig), Bytes(action, "{sa_handler=SIG_DFL}"), Null(), Int(8)}}
}

// BlockSignals returns a call that adds to the signal mask and keeps the old mask in a slot.
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

// BlockAll returns a call that blocks every signal that can be blocked. A slot keeps the
// old mask.
func BlockAll(old Slot) Call {
	c := BlockSignals(old)
	c.Args[0] = Flags(unix.SIG_SETMASK, "SIG_SETMASK")
	c.Args[1] = Bytes(binary.NativeEndian.AppendUint64(nil, ^uint64(0)), "~[]")
	return c
}

// RestoreSignals returns a call that puts back the mask that BlockSignals kept.
func RestoreSignals(old Slot) Call {
	return Call{
		Name: "rt_sigprocmask",
		Args: []Arg{Flags(unix.SIG_SETMASK, "SIG_SETMASK"), SlotAddress(old, "old"), Null(), Int(8)},
		Fail: "sigprocmask restore failed",
	}
}

// ParentDeathSignal returns a call by which the kernel sends sig when the parent dies.
// See: PR_SET_PDEATHSIG in prctl(2).
func ParentDeathSignal(sig unix.Signal) Call {
	return Call{Name: "prctl", Args: []Arg{Flags(unix.PR_SET_PDEATHSIG, "PR_SET_PDEATHSIG"), signal(sig)}, Fail: "prctl failed"}
}

// Pidfd returns a call that opens a descriptor of a process. The kernel makes it
// close-on-exec. See: pidfd_open(2).
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
