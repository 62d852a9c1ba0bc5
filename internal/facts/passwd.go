package facts

import "errors"

// User is an account in passwd(5).
type User struct {
	Name     string
	UID, GID uint32
	Home     string
	Shell    string
}

// UserByName returns the first account called name in the text of
// /etc/passwd. Fields missing at the end of its line are empty. A line without
// a decimal uid and gid is skipped.
func UserByName(passwd []byte, name string) (User, bool) {
	for line := range records(passwd) {
		if field, _ := cut(line); string(field) != name {
			continue
		}
		if f := split(line); f.ok {
			return f.user(), true
		}
	}
	return User{}, false
}

// UserByID returns the first account with the user id uid in the text of
// /etc/passwd. It reads lines as UserByName does.
func UserByID(passwd []byte, uid uint32) (User, bool) {
	for line := range records(passwd) {
		if f := split(line); f.ok && f.uid == uid {
			return f.user(), true
		}
	}
	return User{}, false
}

// ParseUserID returns the user id that s is, as a decimal number, or else the id of the
// account it names in the text of /etc/passwd. A number needs no account, and wins over an
// account of that name.
// Errors: "failed to parse uid 'S'" for an unknown name, and for 4294967295.
func ParseUserID(passwd []byte, s string) (uint32, error) {
	uid, ok := parseID(s, func(name string) (uint32, bool) {
		u, ok := UserByName(passwd, name)
		return u.UID, ok
	})
	if !ok {
		return 0, errors.New("failed to parse uid '" + s + "'")
	}
	return uid, nil
}

// account is a line of passwd(5), its strings not yet copied.
type account struct {
	name, home, shell []byte
	uid, gid          uint32
	ok                bool // uid and gid are numbers
}

// split parses a line "name:password:uid:gid:comment:home:shell". The shell
// is the rest of the line, further colons included.
func split(line []byte) account {
	var a account
	a.name, line = cut(line)
	_, line = cut(line)
	uid, line := cut(line)
	gid, line := cut(line)
	_, line = cut(line)
	a.home, a.shell = cut(line)

	var uidOK, gidOK bool
	a.uid, uidOK = parseNumber(uid)
	a.gid, gidOK = parseNumber(gid)
	a.ok = uidOK && gidOK
	return a
}

func (a account) user() User {
	return User{
		Name:  string(a.name),
		UID:   a.uid,
		GID:   a.gid,
		Home:  string(a.home),
		Shell: string(a.shell),
	}
}
