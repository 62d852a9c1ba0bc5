package netns

import (
	"bytes"
	"errors"
	"hash/fnv"
	"os"

	"golang.org/x/sys/unix"

	"nstools/internal/files"
)

// A Stage is a mount namespace in which commands run one after the other, each in another
// named network namespace, set up as by [Enter]. Making a mount namespace for each command
// would copy all mounts. Every name is a mount, so that with thousands of names the copies
// take most of the time.
//
// It belongs to one thread, which calls all its methods and starts the commands. That thread
// serves nothing else.
type Stage struct {
	mounts    int      // /proc/thread-self/mountinfo, opened after the last Enter; -1 for none
	checksum  uint64   // see mountChecksum
	sysMounts []string // mount points below /sys
}

// NewStage makes a mount namespace for the calling thread. The error is an errno.
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

// errNotOnStage says that a namespace needs what only [Enter] does.
var errNotOnStage = errors.New("shown in another way")

// Enter enters a named network namespace and shows its devices in /sys. If it fails, the
// function [Enter] is the way, and reports why.
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

// MountsChanged reports whether mounts have changed since the last Enter. poll(2) reports
// every change but one of a mount's propagation, which only the text shows. See: mounts_poll
// in proc_namespace.c of the kernel.
func (s *Stage) MountsChanged() bool {
	p := []unix.PollFd{{Fd: int32(s.mounts), Events: unix.POLLPRI}}
	if n, err := unix.Poll(p, 0); n != 0 || err != nil {
		return true
	}
	sum, err := mountChecksum()
	return err != nil || sum != s.checksum
}

// mountChecksum returns a checksum of the thread's mountinfo, without the mounts at and below
// /sys, which are new for each name.
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

// Close closes the descriptor. The mount namespace goes with the thread.
func (s *Stage) Close() {
	if s.mounts >= 0 {
		unix.Close(s.mounts)
	}
	s.mounts = -1
}

// mountSysfs does what the plan of sysfs says.
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
