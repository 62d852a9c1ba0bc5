package hint

import (
	"io/fs"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/facts"
	"nstools/internal/kernel"
)

// capable reports whether a file has capabilities for those who execute it.
func capable(path string) bool {
	_, err := unix.Getxattr(path, "security.capability", nil)
	return err == nil
}

// mapper explains why newuidmap(1) or newgidmap(1) refused. The arguments are the user id of
// the caller, then inner id, outer id and count of each range.
func (h Host) mapper(f kernel.Failure) string {
	path, found := h.find(f.Call)
	if !found {
		return ""
	}
	info, err := h.stat(path)
	switch {
	case err != nil || h.Capable == nil:
		return ""
	case info.Mode()&fs.ModeSetuid == 0 && !h.Capable(path):
		return path + " has lost its set-user-ID bit, without which it may write no map of several ids; as root: chmod u+s " + path
	case h.status("NoNewPrivs") == "1":
		return "no_new_privs is set (NoNewPrivs: 1 in /proc/self/status), as by docker run --security-opt no-new-privileges, and then " + f.Call + " gets no privileges from its file"
	case h.noSuid(path):
		return path + " is on a mount with the option nosuid, and so gets no privileges; as root: mount -o remount,bind,suid " + h.mountOf(path)
	}
	return h.rangesRefused(f)
}

// rangesRefused returns the hint for the first range that newuidmap(1) refuses. It accepts a
// range whose ids are all in one of the user's blocks, and the user's own id alone.
func (h Host) rangesRefused(f kernel.Failure) string {
	kind, file, option := "uid", "/etc/subuid", "--map-users"
	if f.Call == "newgidmap" {
		kind, file, option = "gid", "/etc/subgid", "--map-groups"
	}
	uid, err := strconv.ParseUint(arg(f, 0), 10, 32)
	passwd, _ := h.read("/etc/passwd")
	user, known := facts.UserByID([]byte(passwd), uint32(uid))
	if err != nil || !known || h.otherSubids() {
		return ""
	}
	own := uint32(uid)
	if kind == "gid" {
		own = user.GID
	}
	text, _ := h.read(file)
	var blocks, others []facts.Block
	for _, b := range facts.Blocks([]byte(text)) {
		if b.BelongsTo(user.Name, user.UID) {
			blocks = append(blocks, b)
		} else {
			others = append(others, b)
		}
	}
	for n := 1; n+2 < len(f.Args); n += 3 {
		inner, err1 := strconv.ParseUint(f.Args[n], 10, 32)
		outer, err2 := strconv.ParseUint(f.Args[n+1], 10, 32)
		count, err3 := strconv.ParseUint(f.Args[n+2], 10, 32)
		asked := facts.Block{Start: uint32(outer), Count: uint32(count)}
		if err1 != nil || err2 != nil || err3 != nil || count == 0 {
			return ""
		}
		if count == 1 && uint32(outer) == own || holds(blocks, asked) {
			continue
		}
		hint := kind + "s " + asked.String() + " are not among those of " + user.Name + " in " + file
		if len(blocks) > 0 {
			first := blocks[0]
			return hint + ", which are " + list(blocks) + ": " + option + "=" + strconv.FormatUint(inner, 10) + ":" +
				strconv.FormatUint(uint64(first.Start), 10) + ":" + strconv.FormatUint(uint64(min(first.Count, asked.Count)), 10)
		}
		for _, b := range others {
			if b.Overlaps(asked) {
				hint += ", but of " + b.Owner
				break
			}
		}
		give := facts.UsermodCommand(user.Name, user.UID, func(path string) []byte {
			text, ok := h.read(path)
			if !ok {
				return nil
			}
			return []byte(text)
		})
		if give == "" {
			return hint
		}
		return hint + "; " + user.Name + " has none, give him some, as root: " + give
	}
	return ""
}

func holds(blocks []facts.Block, asked facts.Block) bool {
	for _, b := range blocks {
		if b.Contains(asked) {
			return true
		}
	}
	return false
}

// list returns the first five blocks with commas between them.
func list(blocks []facts.Block) string {
	var words []string
	for _, b := range blocks[:min(len(blocks), 5)] {
		words = append(words, b.String())
	}
	if len(blocks) > 5 {
		words = append(words, "...")
	}
	return strings.Join(words, ", ")
}

// otherSubids reports whether subordinate ids are kept elsewhere than in files.
func (h Host) otherSubids() bool {
	text, _ := h.read("/etc/nsswitch.conf")
	return facts.OtherSubids([]byte(text))
}

// noSuid reports whether a file is on a mount with the option nosuid.
func (h Host) noSuid(path string) bool {
	m, ok := h.mountAt(path)
	return ok && m.NoSuid
}

func (h Host) mountOf(path string) string {
	m, _ := h.mountAt(path)
	return m.Point
}
