package kernel

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// message is struct msghdr of sendmsg(2) with integers for pointers: the process must not write
// a pointer.
type message struct {
	name       uintptr
	nameLen    uint32
	iov        uintptr
	iovLen     uintptr
	control    uintptr
	controlLen uintptr
	flags      int32
}

// rights is struct cmsghdr with one descriptor. See: cmsg(3), SCM_RIGHTS in unix(7).
type rights struct {
	length      uintptr
	level, kind int32
	fd, _       int32
}

const rightsLength = unsafe.Offsetof(rights{}.fd) + unsafe.Sizeof(rights{}.fd)

// sendMaster sends a descriptor with one byte over a socket, and waits for the other side's
// byte. It returns false if the other side has closed its end.
func sendMaster(socket, fd uintptr) (ok bool, errno syscall.Errno) {
	var b byte
	iov := [2]uintptr{uintptr(unsafe.Pointer(&b)), 1}
	r := rights{length: rightsLength, level: unix.SOL_SOCKET, kind: unix.SCM_RIGHTS, fd: int32(fd)}
	m := message{
		iov: uintptr(unsafe.Pointer(&iov)), iovLen: 1,
		control: uintptr(unsafe.Pointer(&r)), controlLen: unsafe.Sizeof(r),
	}
	_, errno = rawCall(unix.SYS_SENDMSG, socket, uintptr(unsafe.Pointer(&m)), unix.MSG_NOSIGNAL)
	if errno == 0 {
		ok, errno = readByte(socket)
	}
	if errno == unix.EPIPE || errno == unix.ECONNRESET {
		return false, 0
	}
	return ok, errno
}

// receive returns the descriptor that sendMaster sends, close-on-exec. It returns noDescriptor
// if the other side has closed its end. The caller has to call [answer].
func receive(socket uintptr) (fd uintptr, errno syscall.Errno) {
	var b byte
	iov := [2]uintptr{uintptr(unsafe.Pointer(&b)), 1}
	var r rights
	m := message{
		iov: uintptr(unsafe.Pointer(&iov)), iovLen: 1,
		control: uintptr(unsafe.Pointer(&r)), controlLen: unsafe.Sizeof(r),
	}
	errno = unix.EINTR
	n := uintptr(0)
	for errno == unix.EINTR {
		n, errno = rawCall(unix.SYS_RECVMSG, socket, uintptr(unsafe.Pointer(&m)), unix.MSG_CMSG_CLOEXEC)
	}
	switch {
	case errno == unix.ECONNRESET:
		return noDescriptor, 0
	case errno != 0:
		return noDescriptor, errno
	case n != 1 || r.length < rightsLength || r.kind != unix.SCM_RIGHTS:
		return noDescriptor, 0
	}
	return uintptr(r.fd), 0
}

// answer lets the other side of receive go on. A closed end counts as success.
func answer(socket uintptr) syscall.Errno {
	var b byte
	_, errno := rawCall6(unix.SYS_SENDTO, socket, uintptr(unsafe.Pointer(&b)), 1, unix.MSG_NOSIGNAL, 0, 0)
	if errno == unix.EPIPE || errno == unix.ECONNRESET {
		return 0
	}
	return errno
}
