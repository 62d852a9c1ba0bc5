package kernel

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// nsGetMntnsID is NS_GET_MNTNS_ID of <linux/nsfs.h>, since Linux 6.11: the
// number by which mnt_ns_loop() in fs/namespace.c compares mount namespaces.
const nsGetMntnsID = 0x8008b705

// renewMount carries out plan.RenewMount. Where ids cannot be read (an older kernel, no /proc) it
// does nothing: the bind will show whether it matters.
func (p *program) renewMount(i *instr) {
	old, ok := mountID(uintptr(p.slots[i.slot]))
	if !ok {
		return
	}
	var was cpuSet
	size, errno := rawCall(unix.SYS_SCHED_GETAFFINITY, 0, unsafe.Sizeof(was), uintptr(unsafe.Pointer(&was)))
	if errno != 0 {
		return
	}
	moved := false
	for cpu := uintptr(0); ; cpu++ {
		if id, ok := currentMountID(); !ok || id > old {
			break
		}
		// The processor that made the old namespace assigns a greater id next. Where a cpuset
		// excludes it, another processor gets ahead with its next batch of ids.
		for cpu < size*8 && !moveTo(cpu) {
			cpu++
		}
		if cpu >= size*8+idBatch {
			break
		}
		moved = true
		if _, errno := rawCall(unix.SYS_UNSHARE, unix.CLONE_NEWNS, 0, 0); errno != 0 {
			p.fail(i, errno, exitFailure)
		}
	}
	if moved {
		rawCall(unix.SYS_SCHED_SETAFFINITY, 0, size, uintptr(unsafe.Pointer(&was)))
	}
}

// idBatch is how many ids a processor takes at a time, COOKIE_LOCAL_BATCH in
// include/linux/cookie.h.
const idBatch = 4096

// moveTo moves this process to one processor, and reports whether it exists and may be used.
func moveTo(cpu uintptr) bool {
	var one cpuSet
	if !one.add(cpu) {
		return false
	}
	_, errno := rawCall(unix.SYS_SCHED_SETAFFINITY, 0, unsafe.Sizeof(one), uintptr(unsafe.Pointer(&one)))
	return errno == 0
}

func currentMountID() (uint64, bool) {
	fd, errno := openPath(&mountNamespace[0])
	if errno != 0 {
		return 0, false
	}
	id, ok := mountID(fd)
	rawCall(unix.SYS_CLOSE, fd, 0, 0)
	return id, ok
}

func mountID(fd uintptr) (id uint64, ok bool) {
	_, errno := rawCall(unix.SYS_IOCTL, fd, nsGetMntnsID, uintptr(unsafe.Pointer(&id)))
	return id, errno == 0
}
