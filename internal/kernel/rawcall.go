package kernel

import "syscall"

// rawCall makes a system call with up to three arguments, without the scheduler's knowledge.
//
//go:nosplit
func rawCall(nr, a, b, c uintptr) (uintptr, syscall.Errno) {
	r, _, errno := syscall.RawSyscall6(nr, a, b, c, 0, 0, 0)
	return r, errno
}

// rawCall6 makes a system call with up to six arguments.
//
//go:nosplit
func rawCall6(nr, a, b, c, d, e, f uintptr) (uintptr, syscall.Errno) {
	r, _, errno := syscall.RawSyscall6(nr, a, b, c, d, e, f)
	return r, errno
}
