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
	fileMax  = 1 << 20  // bytes, of one container
	listMax  = 16 << 20 // bytes, of all of them: containers.json of ten thousand
	storeMax = 64 << 20 // bytes, of all files of a store
	dirMax   = 1 << 16  // names
)

// A store is a directory in which a runtime keeps its state. Nothing outside of it is
// reached through it, whatever links there are inside.
type store struct {
	root *os.Root
	left *int64 // bytes that may still be read
}

func newStore(root *os.Root) store {
	left := int64(storeMax)
	return store{root, &left}
}

// openStore opens a directory below one that is trusted as a whole; see [os.Root].
func openStore(trusted, path string) (store, error) {
	top, err := os.OpenRoot(trusted)
	if err != nil || path == "" {
		return newStore(top), err
	}
	defer top.Close()
	root, err := top.OpenRoot(path)
	return newStore(root), err
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

// read gives the text of a file about one container.
func (s store) read(path string) ([]byte, error) { return s.readUpTo(path, fileMax) }

// readUpTo gives the text of a plain file: to open a pipe could hang.
func (s store) readUpTo(path string, limit int64) ([]byte, error) {
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
	limit = min(limit, *s.left)
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	*s.left -= int64(len(text))
	if err == nil && int64(len(text)) > limit {
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
