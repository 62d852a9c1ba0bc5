package facts

import (
	"bytes"
	"errors"
	"iter"
	"math"
	"strconv"
	"strings"

	"nstools/internal/idmap"
)

// noID is (uid_t)-1 and (gid_t)-1. System calls take it for "leave it as it is", and no
// account can have it.
const noID = math.MaxUint32

// lines yields the lines of text without their newlines.
func lines(text []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for line := range bytes.Lines(text) {
			if !yield(bytes.TrimSuffix(line, []byte{'\n'})) {
				return
			}
		}
	}
}

// records yields the lines of a passwd(5) or group(5) file that name an account. Like the C
// library it skips leading blanks, comments, and the '+' and '-' entries meant for NIS.
func records(text []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for line := range lines(text) {
			line = bytes.TrimLeft(line, " \t\v\f\r")
			if len(line) == 0 || strings.IndexByte("#+-:", line[0]) >= 0 {
				continue
			}
			if !yield(line) {
				return
			}
		}
	}
}

// cut returns the first field of line and the rest behind the colon. Both are
// empty when line is.
func cut(line []byte) (field, rest []byte) {
	field, rest, _ = bytes.Cut(line, []byte{':'})
	return field, rest
}

// parseNumber parses a plain decimal number below 2^32.
func parseNumber(field []byte) (n uint32, ok bool) {
	u, err := strconv.ParseUint(string(field), 10, 32)
	return uint32(u), err == nil
}

// parseID parses s as an id, or else looks it up as a name, unless it is a number too large
// for an id.
// See: [idmap.ParseNumber].
func parseID(s string, byName func(string) (uint32, bool)) (id uint32, ok bool) {
	id, err := idmap.ParseNumber(s)
	if errors.Is(err, strconv.ErrSyntax) {
		id, ok = byName(s)
		return id, ok && id != noID
	}
	return id, err == nil && id != noID
}
