package container

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"path"

	"golang.org/x/sys/unix"

	"nstools/internal/files"
	"nstools/internal/proc"
)

// Limits of what is read of root's and the caller's own state.
const (
	fileMax  = 1 << 20  // bytes, of one container
	listMax  = 16 << 20 // bytes, of all of them: containers.json of ten thousand
	storeMax = 64 << 20 // bytes, of all files of an owner
	dirMax   = 1 << 16  // names in a directory, and records of an owner
)

// Limits of what root reads of another user's state, which may be an attack.
const (
	othersBytes   = 2 << 20
	othersRecords = 1000
)

// A budget is what may still be read of one owner's files.
type budget struct {
	bytes, names int64
	truncated    bool // something was left out
	buffer       []byte
}

func ownBudget() *budget    { return &budget{bytes: storeMax, names: dirMax} }
func othersBudget() *budget { return &budget{bytes: othersBytes, names: othersRecords} }

// text returns room for that many bytes, the same for each file: allocating takes longer
// than reading a file.
func (b *budget) text(size int) []byte {
	if size > len(b.buffer) {
		b.buffer = make([]byte, (size|4095)+1)
	}
	return b.buffer[:0:size]
}

// A store is a directory in which a runtime keeps its state.
type store struct {
	handle
	budget *budget
}

// A cache has open directories by their paths from "/" without the leading slash, and the
// errors of others. Most paths do not exist.
type cache map[string]cached

type cached struct {
	handle
	err error
}

// open opens a directory, and each above it once. The cache closes it.
func (c cache) open(dir string) (handle, error) {
	if entry, ok := c[dir]; ok {
		return entry.handle, entry.err
	}
	var entry cached
	if dir == "" {
		entry.handle, entry.err = openRoot()
	} else {
		above, name := path.Split(dir)
		up, err := c.open(absolute(above))
		if entry.err = err; err == nil {
			entry.handle, entry.err = up.open(name)
		}
		if entry.err == nil && entry.st.Mode&unix.S_IFMT != unix.S_IFDIR {
			entry.close()
			entry.err = unix.ENOTDIR
		}
	}
	c[dir] = entry
	return entry.handle, entry.err
}

// store opens a directory of state.
func (c cache) store(dir string, budget *budget) (store, error) {
	h, err := c.open(dir)
	return store{h, budget}, err
}

// close closes all of them.
func (c cache) close() {
	for dir, entry := range c {
		if entry.err == nil {
			entry.close()
		}
		delete(c, dir)
	}
}

// names returns the names in a directory, in any order.
func (s store) names(dir string) []string {
	h, err := s.open(dir)
	if err != nil {
		return nil
	}
	defer h.close()
	names, err := h.entries(int(s.budget.names), func(byte) bool { return true })
	if err == unix.E2BIG {
		s.budget.truncated = true
	} else if err != nil {
		return nil
	}
	s.budget.names -= int64(len(names))
	return names
}

// entries returns the names in a directory whose type (DT_DIR and the others of readdir(3))
// is wanted, up to a limit.
// Errors: E2BIG beyond the limit.
func (h handle) entries(limit int, wanted func(kind byte) bool) (names []string, err error) {
	err = h.eachEntry(func(name string, kind byte) error {
		if !wanted(kind) {
			return nil
		}
		if len(names) == limit {
			return unix.E2BIG
		}
		names = append(names, name)
		return nil
	})
	return names, err
}

// eachEntry calls a function for each name in a directory, with its type, up to the first
// error.
func (h handle) eachEntry(do func(name string, kind byte) error) error {
	fd, err := unix.Openat(h.fd, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	buf := make([]byte, 8192)
	for {
		n, err := unix.Getdents(fd, buf)
		if err != nil || n <= 0 {
			return err
		}
		// struct linux_dirent64: ino and off of 8 bytes, reclen of 2, type of 1, the name
		// up to a NUL.
		// See: getdents(2).
		for text := buf[:n]; len(text) >= 19; {
			size := int(binary.NativeEndian.Uint16(text[16:]))
			if size < 19 || size > len(text) {
				return unix.EIO
			}
			name, kind := text[19:size], text[18]
			text = text[size:]
			if i := bytes.IndexByte(name, 0); i >= 0 {
				name = name[:i]
			}
			if string(name) == "." || string(name) == ".." {
				continue
			}
			if err := do(string(name), kind); err != nil {
				return err
			}
		}
	}
}

// within opens a directory in a store, of which several files are read. The caller closes
// it.
func (s store) within(name string) (store, error) {
	h, err := s.open(name)
	return store{h, s.budget}, err
}

// read returns the text of a file about one container, and its evidence.
func (s store) read(name string) ([]byte, evidence, error) { return s.readUpTo(name, fileMax) }

// readUpTo returns the text of a plain file, which is valid until the next read. It checks
// the type before it opens the file: opening a pipe hangs, and opening a device may have
// effects.
func (s store) readUpTo(name string, limit int64) ([]byte, evidence, error) {
	h, err := s.open(name)
	if err != nil {
		return nil, evidence{}, err
	}
	defer h.close()
	switch {
	case h.st.Mode&unix.S_IFMT != unix.S_IFREG:
		return nil, h.evidence, &fs.PathError{Op: "read", Path: name, Err: fs.ErrInvalid}
	case h.st.Size > limit:
		s.budget.truncated = true
		return nil, h.evidence, unix.EFBIG
	case h.st.Size > s.budget.bytes:
		s.budget.truncated, s.budget.bytes = true, 0
		return nil, h.evidence, unix.EFBIG
	}
	// The descriptor leads to the very file that was checked.
	fd, err := files.Reopen(h.fd)
	if err != nil {
		return nil, h.evidence, err
	}
	defer unix.Close(fd)
	text := s.budget.text(int(h.st.Size) + 512)
	for {
		if len(text) == cap(text) {
			s.budget.truncated = true
			return nil, h.evidence, unix.EFBIG // it is growing
		}
		n, err := unix.Read(fd, text[len(text):cap(text)])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, h.evidence, err
		}
		if text = text[:len(text)+n]; n == 0 || int64(len(text)) == h.st.Size {
			s.budget.bytes -= int64(len(text))
			return text, h.evidence, nil
		}
	}
}

// has reports whether a name exists, as a link or not.
func (s store) has(name string) bool {
	var st unix.Stat_t
	return unix.Fstatat(s.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW) == nil
}

// isDir reports whether a name is a directory's, or a link of root to one.
func (s store) isDir(name string) bool {
	h, err := s.open(name)
	if err != nil {
		return false
	}
	defer h.close()
	return h.st.Mode&unix.S_IFMT == unix.S_IFDIR
}

// denied reports whether the caller may not see something that exists.
func denied(err error) bool { return errors.Is(err, fs.ErrPermission) }

// absolute returns a path from "/" without the leading slash.
func absolute(parts ...string) string {
	p := path.Join(parts...)
	for len(p) > 0 && p[0] == '/' {
		p = p[1:]
	}
	return p
}

// readSystemFile reads a file of the system, nil for one that cannot be read.
func readSystemFile(name string) []byte {
	text, _ := proc.ReadFile(unix.AT_FDCWD, name, listMax)
	return text
}
