package facts

import "bytes"

// Subid returns the first range of subordinate ids that belongs to the user, in the text of
// /etc/subuid or /etc/subgid: count ids from start on. Lines have the form
// "owner:start:count", see subuid(5). Those without two colons are skipped.
//
// The owner is the user's name or decimal uid, in full. (unshare(1) in C takes leading
// digits for the uid and a name for uid 0, so that root gets the range of whoever comes
// first.) An empty name owns nothing.
//
// Errors: *SubidError, "failed to parse subid map: 'FIELD'", for a number of the user's
// line other than a decimal below 2^32. Further fields count as part of the last number.
func Subid(text []byte, name string, uid uint32) (start, count uint32, ok bool, err error) {
	number := 0
	for line := range lines(text) {
		number++
		owner, rest := cut(line)
		first, size, found := bytes.Cut(rest, []byte{':'})
		if !found || !owns(owner, name, uid) {
			continue
		}
		if start, ok = parseNumber(first); !ok {
			return 0, 0, false, &SubidError{string(first), number, string(line)}
		}
		if count, ok = parseNumber(size); !ok {
			return 0, 0, false, &SubidError{string(size), number, string(line)}
		}
		return start, count, true, nil
	}
	return 0, 0, false, nil
}

// owns reports whether the owner of a range of ids is the user.
func owns(owner []byte, name string, uid uint32) bool {
	if len(owner) == 0 {
		return false
	}
	if string(owner) == name {
		return true
	}
	n, ok := parseNumber(owner)
	return ok && n == uid
}

// A SubidError is the error for a malformed line.
type SubidError struct {
	Field  string
	Number int // of the line, from 1
	Line   string
}

func (e *SubidError) Error() string { return "failed to parse subid map: '" + e.Field + "'" }
