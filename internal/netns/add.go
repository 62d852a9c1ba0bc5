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
	if err := Check(name); err != nil {
		return err
	}
	return rtnl.Away(func() error {
		made, err := s.create(name)
		if err != nil {
			return err
		}
		defer made.close()
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			made.withdraw(name)
			return needsRoot(`Failed to create a new network namespace "`+name+`": `+diag.Reason(err), err)
		}
		return bind("/proc/thread-self/ns/net", name, made)
	})
}

// Attach gives the network namespace of a process a name. The error is a
// *iproute.Failure.
func (s *Store) Attach(name string, pid int) error {
	if err := Check(name); err != nil {
		return err
	}
	made, err := s.create(name)
	if err != nil {
		return err
	}
	defer made.close()
	return bind("/proc/"+strconv.Itoa(pid)+"/ns/net", name, made)
}

// create makes the file on which a namespace will be mounted.
func (s *Store) create(name string) (file, error) {
	if err := s.Prepare(); err != nil {
		return -1, err
	}
	made, err := makeFile(name)
	if err != nil {
		return -1, taken(name, err)
	}
	return made, nil
}

func taken(name string, err error) error {
	text := `Cannot create namespace file "` + Path(name) + `": ` + diag.Reason(err)
	if err != unix.EEXIST {
		return needsRoot(text, err)
	}
	return &iproute.Failure{Text: text, Status: iproute.StatusFailed, Hint: whatIs(name)}
}

// bind mounts a namespace on a name's file, and takes the file away where it cannot.
func bind(from, name string, made file) error {
	err := made.mount(from)
	if err == nil {
		return nil
	}
	made.withdraw(name)
	return needsRoot("Bind "+from+" -> "+Path(name)+" failed: "+diag.Reason(err), err)
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
			return needsRoot("mount --make-shared "+Dir+" failed: "+diag.Reason(err), err)
		}
		if err := unix.Mount(Dir, Dir, "none", unix.MS_BIND|unix.MS_REC, ""); err != nil {
			return needsRoot("mount --bind "+Dir+" "+Dir+" failed: "+diag.Reason(err), err)
		}
	}
}

func makeDir() error {
	if err := os.Mkdir(Dir, 0o755); err != nil && !errors.Is(err, unix.EEXIST) {
		return needsRoot("mkdir "+Dir+" failed: "+diag.Reason(err), err)
	}
	return nil
}
