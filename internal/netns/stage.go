package netns

import (
	"bytes"
	"errors"
	"hash/fnv"
	"os"

	"golang.org/x/sys/unix"

	"nstools/internal/files"
)

// A Stage is a mount namespace in which one named network namespace is shown after the
// other, as [Enter] has them shown, for commands that run one after the other. A mount
// namespace for each is a copy of all mounts, of which every name is one: for thousands
// of names that takes most of the time.
//
// It belongs to a thread, on which all is called and from which commands are started.
// That thread is of no use for anything else.
type Stage struct {
	mounts    int      // /proc/thread-self/mountinfo as it was when a namespace had been shown; -1 for none
	checksum  uint64   // of the text of mountinfo, but for /sys; see sumOf
	sysMounts []string // what is mounted in /sys
}

// NewStage makes a mount namespace for the calling thread. The error is an errno's.
func NewStage() (*Stage, error) {
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return nil, err
	}
	if err := unix.Mount("", "/", "none", unix.MS_SLAVE|unix.MS_REC, ""); err != nil {
		return nil, err
	}
	sum, err := mountChecksum()
	if err != nil {
		return nil, err
	}
	return &Stage{mounts: -1, checksum: sum, sysMounts: mountsBelow("/sys/")}, nil
}

// errOther is for what Show does not do.
var errNotOnStage = errors.New("shown in another way")

// Show enters a named network namespace and shows its devices in /sys. Where it fails, or
// there is more to be shown, [Enter] is the way, and knows why.
func (s *Stage) Enter(name string) error {
	if _, err := os.Lstat(etcDir(name)); Check(name) != nil || !errors.Is(err, unix.ENOENT) {
		return errNotOnStage
	}
	fd, err := openSettled(Path(name))
	if err != nil {
		return err
	}
	err = unix.Setns(int(fd), unix.CLONE_NEWNET)
	fd.close()
	if err != nil {
		return err
	}
	if err := s.mountSysfs(name); err != nil {
		return err
	}
	s.Close()
	s.mounts, err = unix.Open("/proc/thread-self/mountinfo", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	return err
}

// Changed tells whether mounts have come, gone or been altered since a namespace was
// shown. Of those poll(2) tells, see mounts_poll in proc_namespace.c of the kernel, but for
// the propagation of a mount, which only the text shows.
func (s *Stage) MountsChanged() bool {
	p := []unix.PollFd{{Fd: int32(s.mounts), Events: unix.POLLPRI}}
	if n, err := unix.Poll(p, 0); n != 0 || err != nil {
		return true
	}
	sum, err := mountChecksum()
	return err != nil || sum != s.checksum
}

// sumOf is a check sum of what the thread's mountinfo says of all mounts but those at and
// below /sys, which are new for each name.
func mountChecksum() (uint64, error) {
	text, err := files.Read("/proc/thread-self/mountinfo")
	if err != nil {
		return 0, err
	}
	h := fnv.New64a()
	for line := range bytes.Lines(text) {
		if w := bytes.SplitN(line, []byte{' '}, 6); len(w) < 6 || !bytes.HasPrefix(w[4], []byte("/sys")) {
			h.Write(line)
		}
	}
	return h.Sum64(), nil
}

// Close gives the descriptor back. The mount namespace goes with the thread.
func (s *Stage) Close() {
	if s.mounts >= 0 {
		unix.Close(s.mounts)
	}
	s.mounts = -1
}

// showSys does what the plan of sysfs says.
func (s *Stage) mountSysfs(name string) error {
	context, err := unix.Fsopen("sysfs", unix.FSOPEN_CLOEXEC)
	if err != nil {
		return err
	}
	defer unix.Close(context)
	unix.FsconfigSetString(context, "source", name)
	if err := unix.FsconfigCreate(context); err != nil {
		return err
	}
	sys, err := unix.Fsmount(context, unix.FSMOUNT_CLOEXEC, sysAttributes())
	if err != nil {
		return err
	}
	defer unix.Close(sys)
	trees := map[string]int{}
	for _, path := range s.sysMounts {
		if fd, err := cloneTree(path); err == nil {
			defer unix.Close(fd)
			trees[path] = fd
		}
	}
	unix.Unmount("/sys", unix.MNT_DETACH)
	if err := unix.MoveMount(sys, "", unix.AT_FDCWD, "/sys", unix.MOVE_MOUNT_F_EMPTY_PATH); err != nil {
		return err
	}
	for path, fd := range trees {
		unix.MoveMount(fd, "", unix.AT_FDCWD, path, unix.MOVE_MOUNT_F_EMPTY_PATH)
	}
	unix.Mount("", "/sys", "none", unix.MS_SLAVE|unix.MS_REC, "")
	return nil
}
