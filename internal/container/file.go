package container

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// Bounds of what is read. Files and directories are of others, who may have them grow.
const (
	fileMax = 16 << 20 // bytes; containers.json of ten thousand containers
	dirMax  = 1 << 16  // names
)

// A store is a directory in which a runtime keeps its state. Nothing outside of it is
// reached through it, whatever links there are inside.
type store struct{ root *os.Root }

// openStore opens a directory below one that is trusted as a whole; see [os.Root].
func openStore(trusted, path string) (store, error) {
	top, err := os.OpenRoot(trusted)
	if err != nil || path == "" {
		return store{top}, err
	}
	defer top.Close()
	root, err := top.OpenRoot(path)
	return store{root}, err
}

func (s store) close() { s.root.Close() }

// names are those in a directory, in no order.
func (s store) names(path string) []string {
	dir, err := s.root.OpenFile(path, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, err := dir.Readdirnames(dirMax)
	if err != nil && err != io.EOF {
		return nil
	}
	return names
}

// read gives the text of a plain file: to open a pipe could hang.
func (s store) read(path string) ([]byte, error) {
	file, err := s.root.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fs.ErrInvalid}
	}
	text, err := io.ReadAll(io.LimitReader(file, fileMax+1))
	if err == nil && len(text) > fileMax {
		err = unix.EFBIG
	}
	return text, err
}

// denied tells whether something is there that we may not see.
func denied(err error) bool { return errors.Is(err, fs.ErrPermission) }

func (s store) has(path string) bool {
	_, err := s.root.Lstat(path)
	return err == nil
}

func (s store) isDir(path string) bool {
	info, err := s.root.Lstat(path)
	return err == nil && info.IsDir()
}
