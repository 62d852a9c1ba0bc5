package kernel

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"nstools/internal/ns"
	"nstools/internal/plan"
)

// The methods below add to a sketch what the functions of package plan make.

// slotFD is the slot of a descriptor that lives for a few calls, as in WriteFile.
const slotFD = plan.FD

// DefaultSignal adds plan.DefaultSignal.
func (s *Sketch) DefaultSignal(sig unix.Signal, name string) {
	var c sketchCall
	c.name, c.instr.nr = "rt_sigaction", unix.SYS_RT_SIGACTION
	c.number(uintptr(sig), name)
	c.instr.kinds[1], c.instr.args[1] = plan.Memory, uintptr(unsafe.Pointer(&defaultAction))
	c.count++
	c.number(0, "NULL")
	c.number(8, "8")
	s.add(&c, phrase{})
}

var defaultAction sigaction

// CloneFlags returns what plan.CloneFlags returns.
func (s *Sketch) CloneFlags(flags uintptr) string {
	if flags == 0 {
		return "0"
	}
	text := ""
	for bit := uintptr(1); bit != 0 && bit <= flags; bit <<= 1 {
		if flags&bit == 0 {
			continue
		}
		for n := range ns.Kinds {
			if k := &ns.Kinds[n]; k.Flag == bit {
				if text == "" {
					text = s.Text(k.Clone, "", "")
				} else {
					text = s.Text(text, "|", k.Clone)
				}
			}
		}
	}
	return text
}

// Unshare adds plan.Unshare.
func (s *Sketch) Unshare(flags uintptr) {
	var c sketchCall
	c.name, c.instr.nr = "unshare", unix.SYS_UNSHARE
	c.number(flags, s.CloneFlags(flags))
	s.add(&c, phrase{CharsOf("unshare failed")})
}

// WriteFile adds plan.WriteFile. The two messages end with the path.
func (s *Sketch) WriteFile(path, data, cannotOpen, cannotWrite string, optional bool) {
	var open, write sketchCall
	open.name, open.instr.nr = "openat", unix.SYS_OPENAT
	open.number(atCwd, "AT_FDCWD")
	open.memory(path)
	open.number(unix.O_WRONLY|unix.O_CLOEXEC, "O_WRONLY|O_CLOEXEC")
	open.number(0, "0")
	open.instr.result = slotFD
	if optional {
		open.instr.accept, open.instr.skip = unix.ENOENT, 2
	}
	s.add(&open, phrase{CharsOf(cannotOpen), CharsOf(path)})
	write.name, write.instr.nr = "write", unix.SYS_WRITE
	write.slot(plan.SlotValue, slotFD, "fd")
	write.memory(data)
	write.number(uintptr(len(data)), s.Decimal(uint64(len(data))))
	write.instr.want = uintptr(len(data))
	s.add(&write, phrase{CharsOf(cannotWrite), CharsOf(path)})
	s.closeSlot(slotFD)
}

// closeSlot adds plan.Close.
func (s *Sketch) closeSlot(fd plan.Slot) {
	var c sketchCall
	c.name, c.instr.nr = "close", unix.SYS_CLOSE
	c.slot(plan.SlotValue, fd, "fd")
	s.add(&c, phrase{})
}

// mount adds plan.Mount.
func (s *Sketch) mount(source, target, fstype string, flags uintptr, names string, fail phrase, accept unix.Errno) {
	var c sketchCall
	c.name, c.instr.nr = "mount", unix.SYS_MOUNT
	c.memory(source)
	c.memory(target)
	if fstype == "" {
		c.number(0, "NULL")
	} else {
		c.memory(fstype)
	}
	c.number(flags, names)
	c.number(0, "NULL")
	c.instr.accept = accept
	s.add(&c, fail)
}

// Propagate adds a change of the propagation of all mounts from the root directory on.
func (s *Sketch) Propagate(flags uintptr, names string) {
	s.mount(Ended("none\x00"), Ended("/\x00"), "", flags, names, phrase{CharsOf("cannot change root filesystem propagation")}, 0)
}

// ProcPrivate makes a directory's mounts private, so that a new proc there does not show elsewhere.
func (s *Sketch) ProcPrivate(dir, names string) {
	s.mount(Ended("none\x00"), dir, "", unix.MS_REC|unix.MS_PRIVATE, names,
		phrase{CharsOf("cannot change "), CharsOf(dir), CharsOf(" filesystem propagation")}, unix.EINVAL)
}

// Proc adds plan.Proc.
func (s *Sketch) Proc(dir string) {
	s.mount(Ended("proc\x00"), dir, Ended("proc\x00"), plan.PseudoFlags, "MS_NOSUID|MS_NODEV|MS_NOEXEC",
		phrase{CharsOf("mount "), CharsOf(dir), CharsOf(" failed")}, 0)
}

// Chroot adds plan.Chroot.
func (s *Sketch) Chroot(dir string) {
	s.path("chroot", unix.SYS_CHROOT, dir, "cannot change root directory to '")
}

// Chdir adds plan.Chdir.
func (s *Sketch) Chdir(dir string) { s.path("chdir", unix.SYS_CHDIR, dir, "cannot chdir to '") }

func (s *Sketch) path(name string, nr uintptr, dir, fail string) {
	var c sketchCall
	c.name, c.instr.nr = name, nr
	c.memory(dir)
	s.add(&c, phrase{CharsOf(fail), CharsOf(dir), CharsOf("'")})
}

// Sethostname adds plan.Sethostname.
func (s *Sketch) Sethostname(name string) {
	var c sketchCall
	c.name, c.instr.nr = "sethostname", unix.SYS_SETHOSTNAME
	c.memory(name)
	c.number(uintptr(len(name)), s.Decimal(uint64(len(name))))
	s.add(&c, phrase{CharsOf("cannot set hostname to '"), CharsOf(name), CharsOf("'")})
}

// loopback is struct ifreq: a name of 16 bytes, then flags.
var loopback = [40]byte{0: 'l', 1: 'o', unix.IFNAMSIZ: unix.IFF_UP}

// LoopbackUp adds plan.LinkUp for lo, for little-endian machines.
func (s *Sketch) LoopbackUp() {
	const fail = "cannot bring up lo"
	var socket, up sketchCall
	socket.name, socket.instr.nr, socket.instr.result = "socket", unix.SYS_SOCKET, slotFD
	socket.number(unix.AF_INET, "AF_INET")
	socket.number(unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, "SOCK_DGRAM|SOCK_CLOEXEC")
	socket.number(0, "0")
	s.add(&socket, phrase{CharsOf(fail)})
	up.name, up.instr.nr = "ioctl", unix.SYS_IOCTL
	up.slot(plan.SlotValue, slotFD, "fd")
	up.number(unix.SIOCSIFFLAGS, "SIOCSIFFLAGS")
	up.memory(Chars{uintptr(unsafe.Pointer(&loopback)), uintptr(len(loopback))}.String())
	s.add(&up, phrase{CharsOf(fail)})
	s.closeSlot(slotFD)
}

// DropGroups adds plan.DropGroups.
func (s *Sketch) DropGroups() { s.DropGroupsUnless(0) }

// Setgid adds plan.Setgid.
func (s *Sketch) Setgid(gid uint32) { s.id("setgid", sysSetgid, gid, "setgid failed") }

// Setuid adds plan.Setuid.
func (s *Sketch) Setuid(uid uint32) { s.id("setuid", sysSetuid, uid, "setuid failed") }

func (s *Sketch) id(name string, nr uintptr, id uint32, fail string) {
	var c sketchCall
	c.name, c.instr.nr = name, nr
	c.number(uintptr(id), s.Decimal(uint64(id)))
	s.add(&c, phrase{CharsOf(fail)})
}

// BlockSignals adds plan.BlockSignals. The set has to stay in memory.
func (s *Sketch) BlockSignals(old plan.Slot, set *uint64) {
	var c sketchCall
	c.name, c.instr.nr = "rt_sigprocmask", unix.SYS_RT_SIGPROCMASK
	c.number(unix.SIG_BLOCK, "SIG_BLOCK")
	c.memory(Chars{uintptr(unsafe.Pointer(set)), unsafe.Sizeof(*set)}.String())
	c.slot(plan.SlotAddr, old, "old")
	c.number(8, "8")
	s.add(&c, phrase{CharsOf("sigprocmask block failed")})
}

// RestoreSignals adds plan.RestoreSignals.
func (s *Sketch) RestoreSignals(old plan.Slot) {
	var c sketchCall
	c.name, c.instr.nr = "rt_sigprocmask", unix.SYS_RT_SIGPROCMASK
	c.number(unix.SIG_SETMASK, "SIG_SETMASK")
	c.slot(plan.SlotAddr, old, "old")
	c.number(0, "NULL")
	c.number(8, "8")
	s.add(&c, phrase{CharsOf("sigprocmask restore failed")})
}

// Pidfd adds plan.Pidfd of this process.
func (s *Sketch) Pidfd(to plan.Slot) {
	var c sketchCall
	c.name, c.instr.nr, c.instr.result = "pidfd_open", unix.SYS_PIDFD_OPEN, to
	c.number(s.pid, s.Decimal(uint64(s.pid)))
	c.number(0, "0")
	s.add(&c, phrase{CharsOf("pidfd_open failed")})
}

// ParentDeathSignal adds plan.ParentDeathSignal.
func (s *Sketch) ParentDeathSignal(sig unix.Signal, name string) {
	var c sketchCall
	c.name, c.instr.nr = "prctl", unix.SYS_PRCTL
	c.number(unix.PR_SET_PDEATHSIG, "PR_SET_PDEATHSIG")
	c.number(uintptr(sig), name)
	s.add(&c, phrase{CharsOf("prctl failed")})
}

// CheckParent adds plan.CheckParent.
func (s *Sketch) CheckParent(pidfd plan.Slot) {
	i := instr{op: opCheckParent, slot: pidfd, fail: phrase{CharsOf("poll parent pidfd failed")}}
	s.emit(&i)
}

// RaiseAmbient adds plan.RaiseAmbient.
func (s *Sketch) RaiseAmbient() {
	i := instr{op: opAmbient, fail: phrase{CharsOf("prctl(PR_CAP_AMBIENT) failed")}}
	s.emit(&i)
}

// Fork adds plan.Fork. The parent's part follows the command: see [Sketch.Supervise].
func (s *Sketch) Fork(child plan.Slot) {
	i := instr{op: opFork, childNext: true, result: child, fail: phrase{CharsOf("fork failed")}}
	i.hint = s.hint("clone", nil, plan.WhyPlain)
	s.emit(&i)
}

// Supervise adds plan.Supervise, after the command. The parent of the fork goes on there.
func (s *Sketch) Supervise(child plan.Slot, forward, stops bool) {
	for n := range sketched.program.code {
		if i := &sketched.program.code[n]; i.op == opFork {
			i.jump = int32(len(sketched.program.code))
		}
	}
	sketched.program.trimmed = readOnly(s.auxv.headers, s.auxv.count, s.auxv.page)
	i := instr{op: opSupervise, slot: child, forward: forward, stops: stops, fail: phrase{CharsOf("waitpid failed")}}
	s.emit(&i)
	end := instr{op: opExit}
	s.emit(&end)
}

// Dumpable adds plan.Dumpable.
func (s *Sketch) Dumpable(n int) {
	var c sketchCall
	c.name, c.instr.nr = "prctl", unix.SYS_PRCTL
	c.number(unix.PR_SET_DUMPABLE, "PR_SET_DUMPABLE")
	c.number(uintptr(n), s.Decimal(uint64(n)))
	s.add(&c, phrase{CharsOf("prctl failed")})
}

// TryDropGroups adds plan.TryDropGroups.
func (s *Sketch) TryDropGroups(errno plan.Slot) {
	c := dropGroups()
	c.instr.errno = errno
	s.add(&c, phrase{})
}

// DropGroupsUnless adds plan.DropGroups, which may fail where a slot holds 0. With slot 0 it must
// not fail.
func (s *Sketch) DropGroupsUnless(errno plan.Slot) {
	c := dropGroups()
	c.instr.unless = errno
	s.add(&c, phrase{CharsOf("setgroups failed")})
}

func dropGroups() (c sketchCall) {
	c.name, c.instr.nr = "setgroups", sysSetgroups
	c.number(0, "0")
	c.number(0, "NULL")
	return c
}

// OpenPath adds plan.Open of a directory with O_PATH, for gonsenter's working directory.
func (s *Sketch) OpenPath(path string, to plan.Slot) {
	var c sketchCall
	c.name, c.instr.nr, c.instr.result = "openat", unix.SYS_OPENAT, to
	c.number(atCwd, "AT_FDCWD")
	c.memory(path)
	c.number(unix.O_PATH|unix.O_CLOEXEC, "O_PATH|O_CLOEXEC")
	c.number(0, "0")
	s.add(&c, phrase{CharsOf("cannot open current working directory")})
}

// Fchdir adds plan.Fchdir to an open descriptor, which hints call by the name.
func (s *Sketch) Fchdir(fd int, name, fail string) {
	var c sketchCall
	c.name, c.instr.nr = "fchdir", unix.SYS_FCHDIR
	c.number(uintptr(fd), name)
	s.add(&c, phrase{CharsOf(fail)})
}

// FchdirSlot adds plan.Fchdir to a descriptor in a slot, and closes it.
func (s *Sketch) FchdirSlot(fd plan.Slot, fail string) {
	var c sketchCall
	c.name, c.instr.nr = "fchdir", unix.SYS_FCHDIR
	c.slot(plan.SlotValue, fd, "fd")
	s.add(&c, phrase{CharsOf(fail)})
	s.closeSlot(fd)
}

// Close adds plan.CloseFD of an open descriptor.
func (s *Sketch) Close(fd int, name string) {
	var c sketchCall
	c.name, c.instr.nr = "close", unix.SYS_CLOSE
	c.number(uintptr(fd), name)
	s.add(&c, phrase{})
}

// ChrootHere adds calls that make the working directory the root, and change to it.
func (s *Sketch) ChrootHere() {
	var root, dir sketchCall
	root.name, root.instr.nr = "chroot", unix.SYS_CHROOT
	root.memory(Ended(".\x00"))
	s.add(&root, phrase{CharsOf("chroot failed")})
	dir.name, dir.instr.nr = "chdir", unix.SYS_CHDIR
	dir.memory(Ended("/\x00"))
	s.add(&dir, phrase{CharsOf("cannot change directory to /")})
}

// Origin sets where the command's namespaces come from; see Reporter.
func (s *Sketch) Origin(o plan.Origin) { sketched.program.origin = o }

// Enter adds plan.Enter, to which AddNamespace adds the namespaces. Without a process the pidfd is None.
func (s *Sketch) Enter(pidfd, pid int) {
	w := &sketched.enter
	w.pidfd, w.fail = noDescriptor, phrase{CharsOf("reassociate to namespaces failed")}
	if pidfd != None {
		w.pidfd = uintptr(pidfd)
		args := [...]Chars{CharsOf(s.Decimal(uint64(pid)))}
		w.hint = s.hint("setns", args[:], plan.WhyTarget)
	}
	setSlice(unsafe.Pointer(&w.namespaces), uintptr(unsafe.Pointer(&sketched.namespaces)), 0, len(sketched.namespaces))
	setSlice(unsafe.Pointer(&sketched.program.enters), uintptr(unsafe.Pointer(w)), 1, 1)
	i := instr{op: opEnter}
	s.emit(&i)
}

// AddNamespace adds a plan.Namespace, named by its file in /proc/PID/ns.
func (s *Sketch) AddNamespace(fd int, kind *ns.Kind, byPidfd, alreadyIn bool, why plan.Why, outside, unreachable [3]string) {
	w := &sketched.enter
	n := len(w.namespaces)
	if n >= len(sketched.namespaces) {
		s.full = true
		return
	}
	d := &sketched.namespaces[n]
	d.fd, d.flag, d.byPidfd, d.alreadyIn = uintptr(fd), kind.Flag, byPidfd && w.pidfd != noDescriptor, alreadyIn
	name := CharsOf(s.Text("ns/", kind.File, ""))
	d.fail = phrase{CharsOf("reassociate to namespace '"), name, CharsOf("' failed")}
	args := [...]Chars{name, CharsOf(kind.Clone)}
	d.hint = s.hint("setns", args[:], why)
	for part := range outside {
		d.hintOutside[part], d.hintUnreachable[part] = CharsOf(outside[part]), CharsOf(unreachable[part])
	}
	setLength(unsafe.Pointer(&w.namespaces), n+1)
}

// The methods below are for gonetns exec; see Enter of package netns.

// Setns adds plan.Setns of a named network namespace.
func (s *Sketch) Setns(fd int, fail, name, ends string, status uint8) {
	var c sketchCall
	c.name, c.instr.nr = "setns", unix.SYS_SETNS
	c.number(uintptr(fd), "netns")
	c.number(unix.CLONE_NEWNET, "CLONE_NEWNET")
	s.addStatus(&c, phrase{CharsOf(fail), CharsOf(name), CharsOf(ends)}, status)
}

// UnshareMounts adds plan.Unshare of the mount namespace.
func (s *Sketch) UnshareMounts(status uint8) {
	var c sketchCall
	c.name, c.instr.nr = "unshare", unix.SYS_UNSHARE
	c.number(unix.CLONE_NEWNS, "CLONE_NEWNS")
	s.addStatus(&c, phrase{CharsOf("unshare failed")}, status)
}

// Enslave makes mounts below a directory slaves: new mounts come from outside, and none go there.
func (s *Sketch) Enslave(dir, fail string, status uint8) {
	var c sketchCall
	c.name, c.instr.nr = "mount", unix.SYS_MOUNT
	c.memory("")
	c.memory(dir)
	c.memory(Ended("none\x00"))
	c.number(unix.MS_SLAVE|unix.MS_REC, "MS_REC|MS_SLAVE")
	c.number(0, "NULL")
	s.addStatus(&c, phrase{CharsOf(fail)}, status)
}

func (s *Sketch) addStatus(c *sketchCall, what phrase, status uint8) {
	s.add(c, what)
	sketched.code[len(sketched.program.code)-1].status = status
}

// Sysfs adds the calls that mount a new sysfs in the place of /sys, with trees, the mounts that
// were below it. After a refusal they print a message, and leave out the rest.
func (s *Sketch) Sysfs(name string, readOnly bool, context, sys plan.Slot, refused string, trees []Tree) {
	begin := len(sketched.program.code)
	var open, source, create, mount, detach, move sketchCall
	open.name, open.instr.nr, open.instr.result, open.instr.warn = "fsopen", unix.SYS_FSOPEN, context, true
	open.memory(Ended("sysfs\x00"))
	open.number(1, "FSOPEN_CLOEXEC")
	s.add(&open, phrase{CharsOf(refused)})
	source.name, source.instr.nr = "fsconfig", unix.SYS_FSCONFIG
	source.slot(plan.SlotValue, context, "context")
	source.number(1, "FSCONFIG_SET_STRING")
	source.memory(Ended("source\x00"))
	source.memory(name)
	source.number(0, "0")
	s.add(&source, phrase{})
	create.name, create.instr.nr, create.instr.warn = "fsconfig", unix.SYS_FSCONFIG, true
	create.slot(plan.SlotValue, context, "context")
	create.number(6, "FSCONFIG_CMD_CREATE")
	create.number(0, "NULL")
	create.number(0, "NULL")
	create.number(0, "0")
	s.add(&create, phrase{CharsOf(refused)})
	mount.name, mount.instr.nr, mount.instr.result, mount.instr.warn = "fsmount", unix.SYS_FSMOUNT, sys, true
	mount.slot(plan.SlotValue, context, "context")
	mount.number(1, "FSMOUNT_CLOEXEC")
	if readOnly {
		mount.number(unix.MOUNT_ATTR_RDONLY, "MOUNT_ATTR_RDONLY")
	} else {
		mount.number(0, "0")
	}
	s.add(&mount, phrase{CharsOf(refused)})
	detach.name, detach.instr.nr = "umount2", unix.SYS_UMOUNT2
	detach.memory(Ended("/sys\x00"))
	detach.number(unix.MNT_DETACH, "MNT_DETACH")
	s.add(&detach, phrase{})
	move.name, move.instr.nr, move.instr.warn = "move_mount", unix.SYS_MOVE_MOUNT, true
	move.slot(plan.SlotValue, sys, "sys")
	s.moveMount(&move, Ended("/sys\x00"), phrase{CharsOf(refused)})
	for n := range trees {
		var c sketchCall
		c.name, c.instr.nr = "move_mount", unix.SYS_MOVE_MOUNT
		c.number(uintptr(trees[n].FD), "tree")
		s.moveMount(&c, trees[n].Path.String(), phrase{})
	}
	s.Enslave(Ended("/sys\x00"), "", exitFailure)
	end := len(sketched.program.code)
	for n := begin; n < end; n++ {
		if i := &sketched.code[n]; i.warn {
			i.skip = int16(end - n - 1)
		}
	}
}

// A Tree is a descriptor of copied mounts, and the path where they go.
type Tree struct {
	FD   int
	Path Chars
}

// moveMount completes and adds plan.MoveMount. The call already has its descriptor.
func (s *Sketch) moveMount(c *sketchCall, to string, what phrase) {
	c.memory("")
	c.number(atCwd, "AT_FDCWD")
	c.memory(to)
	c.number(unix.MOVE_MOUNT_F_EMPTY_PATH|unix.MOVE_MOUNT_T_SYMLINKS, "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_SYMLINKS")
	s.add(c, what)
}
