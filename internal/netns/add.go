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

// Add makes a namespace and gives it a name. Nothing stays where it fails. The error is a
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

// newNamespace makes a network namespace and comes back from it: where there is no way
// back, nothing has been given a name.
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

// Attach gives the network namespace of a process a name. The error is a
// *iproute.Failure.
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

// free tells whether a name can be given, as far as that is to be seen before.
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

// give makes the file of a name and mounts a namespace on it, and takes it away where it
// cannot. From is the namespace in messages.
//
// Between the two there is a file without a namespace. A name could have both in one step: a
// mount stays on its file when that is renamed in a mount namespace where it is not mounted
// (seen with Linux 6.18). But ip netns monitor waits for files that are made, and would never
// hear of such a name.
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

// Prepare makes the directory and has it be a shared mount, so that names come and
// go in every mount namespace that has it. Of several who do so at once, the lock,
// which is iproute2's, lets one bind it to itself: it may have to be waited for. The
// error is a *iproute.Failure.
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
		case err != unix.EINVAL || made: // EINVAL: no mount point
			return failure("mount --make-shared "+Dir+" failed: "+diag.Reason(err), "mount", err)
		}
		if err := unix.Mount(Dir, Dir, "none", unix.MS_BIND|unix.MS_REC, ""); err != nil {
			return failure("mount --bind "+Dir+" "+Dir+" failed: "+diag.Reason(err), "mount", err)
		}
		// Of a directory that is shared with others the copy is, too, and every name would
		// be mounted in both. Private for a moment, it then shares with its own copies alone.
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
