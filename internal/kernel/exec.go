package kernel

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// exec does what execvp(3) of the GNU C library does, with a prepared list of paths. It fails
// with a shell's exit status.
func (p *program) exec(i *instr) {
	im := &p.execs[i.index]
	denied := false
	errno := syscall.Errno(unix.ENOENT)
	for _, path := range im.paths {
		_, errno = rawCall(unix.SYS_EXECVE, path, address(im.argv), im.envp)
		if errno == unix.ENOEXEC && im.script != nil {
			errno = im.runScript(path)
		}
		if errno == unix.EACCES {
			denied = true
			continue
		}
		if !isAbsent(errno) {
			break
		}
	}
	if denied && isAbsent(errno) {
		errno = unix.EACCES
	}
	if isAbsent(errno) {
		im.standIn()
	}
	status := uintptr(exitCannotExec)
	if errno == unix.ENOENT {
		status = exitNotFound
	}
	if i.status != 0 {
		status = uintptr(i.status)
	}
	p.fail(i, errno, status)
}

// runScript has the shell run a file. The vector may be the kernel's own argv, where the shell
// takes the place of the word before the command. It is restored after a failure.
func (im *image) runScript(path uintptr) syscall.Errno {
	first, second := im.script[0], im.script[1]
	im.script[0], im.script[1] = shellPath(), path
	_, errno := rawCall(unix.SYS_EXECVE, shellPath(), address(im.script), im.envp)
	im.script[0], im.script[1] = first, second
	return errno
}

// standIn executes the first login shell that can be executed. It returns if all fail: the caller
// then reports the shell that was asked for as missing.
func (im *image) standIn() {
	for n := range im.shells {
		im.argv[0] = im.shells[n].name
		rawCall(unix.SYS_EXECVE, im.shells[n].path, address(im.argv), im.envp)
	}
}

// isAbsent reports whether execvp(3) looks in the next directory after an error.
func isAbsent(errno syscall.Errno) bool {
	switch errno {
	case unix.ENOENT, unix.ESTALE, unix.ENOTDIR, unix.ENODEV, unix.ETIMEDOUT:
		return true
	}
	return false
}
