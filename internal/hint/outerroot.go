package hint

import (
	"io/fs"
	"os"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// outerRoot is the root of the mount namespace, for a process whose own root has no /proc, as
// after --root. A thread of its own goes there: to enter the present mount namespace leads to
// its root. It takes the privileges with which the root was changed.
//
// It is not for namespaces of other processes; see SECURITY.md.
type outerRoot struct{ do chan func() }

// openOuterRoot starts the thread and returns the files that it sees. chrooted is true where
// its root differs from the root of this process. Errors: the thread cannot go there.
func openOuterRoot() (files fs.FS, chrooted bool, err error) {
	o := outerRoot{make(chan func())}
	result := make(chan error)
	go func() {
		runtime.LockOSThread() // for ever: this thread has another root
		before, err := rootID()
		if err == nil {
			err = enterOwnMounts()
		}
		if err == nil {
			var after [3]uint64
			after, err = rootID()
			chrooted = before != after
		}
		result <- err
		for err == nil {
			(<-o.do)()
		}
	}()
	err = <-result
	return o, chrooted, err
}

// enterOwnMounts moves this thread to the root of its mount namespace. A pidfd leads there
// without a /proc, since Linux 5.8.
func enterOwnMounts() error {
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return err
	}
	pidfd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return err
	}
	defer unix.Close(pidfd)
	return unix.Setns(pidfd, unix.CLONE_NEWNS)
}

// rootID returns what identifies the root directory: device, inode and mount.
func rootID() (id [3]uint64, err error) {
	var st unix.Statx_t
	err = unix.Statx(unix.AT_FDCWD, "/", unix.AT_NO_AUTOMOUNT, unix.STATX_INO|unix.STATX_MNT_ID, &st)
	return [3]uint64{unix.Mkdev(st.Dev_major, st.Dev_minor), st.Ino, st.Mnt_id}, err
}

// run runs a function on the thread.
func (o outerRoot) run(do func()) {
	done := make(chan bool)
	o.do <- func() { do(); done <- true }
	<-done
}

// thread returns a path below /proc/self for the thread: the kernel shows files there by the
// root of each thread.
func thread(name string) string { return strings.Replace(name, "proc/self/", "proc/thread-self/", 1) }

func (o outerRoot) Open(name string) (file fs.File, err error) {
	o.run(func() { file, err = root{}.Open(thread(name)) })
	return file, err
}

func (o outerRoot) Stat(name string) (info fs.FileInfo, err error) {
	o.run(func() { info, err = root{}.Stat(thread(name)) })
	return info, err
}

func (o outerRoot) Lstat(name string) (info fs.FileInfo, err error) {
	o.run(func() { info, err = root{}.Lstat(thread(name)) })
	return info, err
}

func (o outerRoot) ReadLink(name string) (link string, err error) {
	o.run(func() { link, err = root{}.ReadLink(thread(name)) })
	return link, err
}
