package inventory

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/files"
	"nstools/internal/ns"
)

// readLink returns the namespace that a link leads to.
// Errors: an errno; ENOENT for a link to anything else.
func readLink(dir int, name string) (Key, error) {
	var buf [64]byte // a longer text belongs to another file
	n, err := unix.Readlinkat(dir, name, buf[:])
	if err != nil {
		return Key{}, err
	}
	if k, ok := parseLink(string(buf[:n])); ok {
		return k, nil
	}
	return Key{}, unix.ENOENT
}

// parseLink parses the text of a link to a namespace, "net:[4026531840]".
// See: namespaces(7).
func parseLink(text string) (Key, bool) {
	name, rest, ok := strings.Cut(text, ":[")
	number, closed := strings.CutSuffix(rest, "]")
	if !ok || !closed {
		return Key{}, false
	}
	kind := ns.IndexOfFile(name)
	id, err := strconv.ParseUint(number, 10, 64)
	return Key{kind, id}, kind >= 0 && err == nil && id != 0
}

// openNamespace opens a namespace by a file that has led to it. The file is checked before
// it is opened for reading, since it may be a pipe or a device by now.
func openNamespace(dir int, name string, k Key) (int, error) {
	path, err := unix.Openat(dir, name, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(path)
	var fs unix.Statfs_t
	var st unix.Stat_t
	switch err := unix.Fstatfs(path, &fs); {
	case err != nil:
		return -1, err
	case fs.Type != unix.NSFS_MAGIC:
		return -1, unix.EINVAL
	}
	if err := unix.Fstat(path, &st); err != nil {
		return -1, err
	}
	if st.Ino != k.ID {
		return -1, unix.ESTALE
	}
	return files.Reopen(path)
}

// A reader reads directories into one buffer.
type reader [16 << 10]byte

// entries returns the names in a directory.
func (r *reader) entries(dir int) (names []string, err error) {
	for {
		n, err := unix.ReadDirent(dir, r[:])
		if err != nil || n <= 0 {
			return names, err
		}
		_, _, names = unix.ParseDirent(r[:n], -1, names)
	}
}
