package netns

import (
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
	"nstools/internal/rtnl"
)

// Add makes a namespace and gives it a name. A failure leaves nothing behind. The error is a
// *iproute.Failure.
func (s *Store) Add(name string) error {
	if err := s.checkFree(name); err != nil {
		return err
	}
	made, err := newNamespace(name)
	if err != nil {
		return err
	}
	defer made.close()
	return bindName(name, made, "/proc/thread-self/ns/net")
}

// newNamespace makes a network namespace and returns to the former one. If the return fails,
// no name exists yet.
func newNamespace(name string) (made nameFile, err error) {
	err = rtnl.InOtherNamespace(func() error {
		err := unix.Unshare(unix.CLONE_NEWNET)
		if err == nil {
			made, err = openNamespace("/proc/thread-self/ns/net")
		}
		if err != nil {
			return failure(`Failed to create a new network namespace "`+name+`": `+diag.Reason(err), "unshare", err, "CLONE_NEWNET")
		}
		return nil
	})
	return made, err
}

func openNamespace(path string) (nameFile, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	return nameFile(fd), err
}

// Attach gives the network namespace of a process a name. The error is a *iproute.Failure.
func (s *Store) Attach(name string, pid int) error {
	if err := s.checkFree(name); err != nil {
		return err
	}
	from := "/proc/" + strconv.Itoa(pid) + "/ns/net"
	namespace, err := openNamespace(from)
	if err != nil {
		return bindFailure(from, name, err)
	}
	defer namespace.close()
	return bindName(name, namespace, from)
}

// checkFree refuses a name that is wrong or exists.
func (s *Store) checkFree(name string) error {
	if err := Check(name); err != nil {
		return err
	}
	if err := s.Prepare(); err != nil {
		return err
	}
	if unix.Faccessat(unix.AT_FDCWD, Path(name), unix.F_OK, unix.AT_SYMLINK_NOFOLLOW) == nil {
		return createFailure(name, unix.EEXIST)
	}
	return nil
}

// bindName makes the file of a name and mounts a namespace on it. It removes the file if the
// mount fails. Messages name the namespace from.
//
// For a moment the file lacks its namespace. One step could make both: a file keeps its mount
// when it is renamed in a mount namespace in which it is not mounted (seen with Linux 6.18).
// But ip netns monitor waits for new files, and misses a renamed one. See: [nameFile].
func bindName(name string, namespace nameFile, from string) error {
	copied := namespace.cloneMount()
	if copied >= 0 {
		defer copied.close()
	}
	made, err := makeFile(name)
	if err != nil {
		return createFailure(name, err)
	}
	defer made.close()
	if err := made.mount(copied, namespace); err != nil {
		made.remove(name)
		return bindFailure(from, name, err)
	}
	return nil
}

func createFailure(name string, err error) error {
	text := `Cannot create namespace file "` + Path(name) + `": ` + diag.Reason(err)
	if err != unix.EEXIST {
		return failure(text, "openat", err)
	}
	return &iproute.Failure{Text: text, Status: iproute.StatusFailed, Hint: takenHint(name)}
}

func bindFailure(from, name string, err error) error {
	return failure("Bind "+from+" -> "+Path(name)+" failed: "+diag.Reason(err), "mount", err)
}

// Prepare makes the directory and makes it a shared mount, so that names appear in every mount
// namespace that has it. iproute2's lock makes sure that only one process binds it to itself,
// so Prepare may wait. The error is a *iproute.Failure.
func (s *Store) Prepare() error {
	if s.prepared {
		return nil
	}
	err := prepare()
	s.prepared = err == nil
	return err
}

func prepare() error {
	if err := makeDir(); err != nil {
		return err
	}
	if unix.Mount("", Dir, "none", unix.MS_SHARED|unix.MS_REC, "") == nil {
		return nil
	}
	unlock, err := Lock()
	if err != nil {
		return err
	}
	defer unlock()
	for made := false; ; made = true {
		err := unix.Mount("", Dir, "none", unix.MS_SHARED|unix.MS_REC, "")
		switch {
		case err == nil:
			return nil
		case err != unix.EINVAL || made: // EINVAL: not a mount point yet
			return failure("mount --make-shared "+Dir+" failed: "+diag.Reason(err), "mount", err)
		}
		if err := unix.Mount(Dir, Dir, "none", unix.MS_BIND|unix.MS_REC, ""); err != nil {
			return failure("mount --bind "+Dir+" "+Dir+" failed: "+diag.Reason(err), "mount", err)
		}
		// The copy of a shared directory is shared with it, and every name would be mounted in
		// both. Private for a moment, it is then shared with its own copies alone.
		if err := unix.Mount("", Dir, "none", unix.MS_PRIVATE|unix.MS_REC, ""); err != nil {
			return failure("mount --make-private "+Dir+" failed: "+diag.Reason(err), "mount", err)
		}
	}
}

func makeDir() error {
	if err := os.Mkdir(Dir, 0o755); err != nil && !errors.Is(err, unix.EEXIST) {
		return failure("mkdir "+Dir+" failed: "+diag.Reason(err), "mkdir", err)
	}
	return nil
}
