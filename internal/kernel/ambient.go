package kernel

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// raiseAmbient carries out plan.RaiseAmbient. See: capset(2), PR_CAP_AMBIENT in prctl(2).
func (p *program) raiseAmbient(i *instr) {
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	h, d := uintptr(unsafe.Pointer(&hdr)), uintptr(unsafe.Pointer(&data))
	if _, errno := rawCall(unix.SYS_CAPGET, h, d, 0); errno != 0 {
		p.fail(i, errno, exitFailure)
	}
	data[0].Inheritable, data[1].Inheritable = data[0].Permitted, data[1].Permitted
	if _, errno := rawCall(unix.SYS_CAPSET, h, d, 0); errno != 0 {
		p.fail(i, errno, exitFailure)
	}
	have := uint64(data[1].Effective)<<32 | uint64(data[0].Effective)
	for c := uintptr(0); c < 64; c++ {
		if have>>c&1 == 0 {
			continue
		}
		// Old kernels wrongly set bits above the last capability that they know. PR_CAPBSET_READ
		// refuses those.
		if _, errno := rawCall(unix.SYS_PRCTL, unix.PR_CAPBSET_READ, c, 0); errno != 0 {
			continue
		}
		if _, errno := rawCall6(unix.SYS_PRCTL, unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_RAISE, c, 0, 0, 0); errno != 0 {
			p.fail(i, errno, exitFailure)
		}
	}
}
