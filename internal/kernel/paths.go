package kernel

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Paths that are used without a runtime, ended by a NUL. They are arrays, because
// a string's end is not marked and a slice would be built at start.
var (
	null              = [...]byte{'/', 'd', 'e', 'v', '/', 'n', 'u', 'l', 'l', 0}
	shell             = [...]byte{'/', 'b', 'i', 'n', '/', 's', 'h', 0}
	ownPtmx           = [...]byte{'/', 'd', 'e', 'v', '/', 'p', 't', 's', '/', 'p', 't', 'm', 'x', 0}
	devPtmx           = [...]byte{'/', 'd', 'e', 'v', '/', 'p', 't', 'm', 'x', 0}
	ownExecutable     = [...]byte{'/', 'p', 'r', 'o', 'c', '/', 's', 'e', 'l', 'f', '/', 'e', 'x', 'e', 0}
	mountNamespace    = [...]byte{'/', 'p', 'r', 'o', 'c', '/', 's', 'e', 'l', 'f', '/', 'n', 's', '/', 'm', 'n', 't', 0}
	pidNamespace      = [...]byte{'/', 'p', 'r', 'o', 'c', '/', 's', 'e', 'l', 'f', '/', 'n', 's', '/', 'p', 'i', 'd', 0}
	childrenNamespace = [...]byte{'/', 'p', 'r', 'o', 'c', '/', 's', 'e', 'l', 'f', '/', 'n', 's', '/', 'p', 'i', 'd', '_', 'f', 'o', 'r', '_', 'c', 'h', 'i', 'l', 'd', 'r', 'e', 'n', 0}
)

// atCwd is AT_FDCWD as a system call wants it.
const atCwd = ^uintptr(99)

func shellPath() uintptr { return uintptr(unsafe.Pointer(&shell)) }

// openPath opens one of the paths for reading, close-on-exec.
//
//go:nosplit
func openPath(path *byte) (uintptr, syscall.Errno) {
	return rawCall6(unix.SYS_OPENAT, atCwd, uintptr(unsafe.Pointer(path)), unix.O_RDONLY|unix.O_CLOEXEC, 0, 0, 0)
}
