package nsenter

import (
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/ns"
	"nstools/internal/target"
	"nstools/internal/tool"
)

// openParent takes the parent of the user namespace that was chosen, else of the
// target's, else the owner of another namespace that was chosen.
func (w *world) openParent() error {
	if !w.UserParent {
		return nil
	}
	const option = "--user-parent"
	user := &w.spaces[ns.User]
	child, own := user.fd, false
	name := "user"
	if !user.wanted {
		var err error
		child, name, err = w.anyOwned()
		if err != nil {
			return err
		}
		own = w.pid() != 0
	}
	parent, err := w.openOwner(option, child, name)
	if err != nil {
		return &diag.Error{Text: "failed to open parent namespace: " + diag.Reason(err), Hint: noParent(child, err)}
	}
	if own {
		closeFD(child)
	}
	user.want(option)
	user.behind, user.ours = false, false
	replaceFD(&user.fd, parent)
	return nil
}

// noParent is the hint where a namespace's user namespace, or its parent, was refused.
func noParent(fd int, err error) string {
	var st, own unix.Stat_t
	if err == unix.EPERM && unix.Fstat(fd, &st) == nil && unix.Stat("/proc/self/ns/user", &own) == nil && st.Ino == own.Ino {
		return "this is the user namespace that you are in, and there is no way to the one around it: leave out --user-parent"
	}
	return ""
}

// anyOwned is the target's user namespace or, without a target, any namespace that
// was chosen.
func (w *world) anyOwned() (fd int, name string, err error) {
	if w.pid() != 0 {
		fd, err = w.openTargets("--user-parent", "ns/user", "child", unix.O_RDONLY)
		return fd, "child", err
	}
	for i, s := range w.spaces {
		if s.wanted {
			return s.fd, ns.Kinds[i].Option, nil
		}
	}
	return target.None, "", w.targetless("no target PID specified")
}

// findParents lists the user namespaces between ours and the one to enter: what
// belongs to one of them may have to be entered from there.
func (w *world) findParents() error {
	if w.explain || !w.spaces[ns.User].wanted || w.namespaces() == unix.CLONE_NEWUSER {
		return nil
	}
	var own, st unix.Stat_t
	if unix.Stat("/proc/self/ns/user", &own) != nil {
		return nil
	}
	var found []int
	for fd := w.spaces[ns.User].fd; ; {
		parent, err := unix.IoctlRetInt(fd, unix.NS_GET_PARENT)
		if err != nil { // of no child of ours, or no user namespace at all
			closeAll(found)
			return nil
		}
		if unix.Fstat(parent, &st) != nil || st.Ino == own.Ino {
			unix.Close(parent)
			break
		}
		found = append([]int{parent}, found...)
		fd = parent
	}
	w.parents = found
	return nil
}

func closeAll(fds []int) {
	for _, fd := range fds {
		unix.Close(fd)
	}
}

// statusMax is more than /proc/PID/status has with NGROUPS_MAX groups of ten digits.
const statusMax = 1 << 20

// readIDs looks up what "follow" stands for.
func (w *world) readIDs() error {
	if (w.SetUID == nil || !w.SetUID.follow) && (w.SetGID == nil || !w.SetGID.follow) {
		return nil
	}
	if w.pid() == 0 {
		return w.targetless("neither filename nor target pid supplied for the ids to follow")
	}
	option := "--setuid --setgid"
	switch {
	case w.SetUID == nil || !w.SetUID.follow:
		option = "--setgid"
	case w.SetGID == nil || !w.SetGID.follow:
		option = "--setuid"
	}
	status, err := w.readFile(option, "status", " /* Uid and Gid, the effective ones */", statusMax)
	switch {
	case w.explain:
		return nil
	case err != nil:
		return w.refused("can not get process stat", err)
	}
	if w.ids, err = target.ParseIds(status); err != nil {
		return tool.Failure("can not get process stat: " + err.Error())
	}
	return w.mapIDs()
}

// mapIDs turns the target's ids, which are as our user namespace has them, into
// those of the user namespace to enter.
func (w *world) mapIDs() error {
	if !w.spaces[ns.User].wanted && !w.UserParent {
		return nil
	}
	if !w.entersTargetsUser() {
		return tool.Failure("ids can be followed only into the target's own user namespace")
	}
	for _, m := range [...]struct {
		file string
		id   *uint32
		used *id
	}{{"uid_map", &w.ids.UID, w.SetUID}, {"gid_map", &w.ids.GID, w.SetGID}} {
		if m.used == nil || !m.used.follow {
			continue
		}
		if _, err := w.mapID(m.file, m.id); err != nil {
			return err
		}
	}
	return nil
}

// mapID turns an id of the target's, which is as our user namespace has it, into what it
// is in the target's own, by the text of its uid_map or gid_map, which is returned.
func (w *world) mapID(file string, id *uint32) ([]byte, error) {
	text, err := w.process.ReadFile(file, 1<<16)
	if err != nil {
		return nil, w.refused("can not get process stat", err)
	}
	inside, ok := target.Inside(text, *id)
	if !ok {
		return nil, tool.Failure("the target's " + file[:3] + " " + strconv.FormatUint(uint64(*id), 10) + " is not mapped in its user namespace")
	}
	*id = inside
	return text, nil
}

// entersTargetsUser tells whether the user namespace to enter is the target's.
func (w *world) entersTargetsUser() bool {
	if w.UserParent {
		return false
	}
	if w.spaces[ns.User].behind {
		return true
	}
	var chosen unix.Stat_t
	theirs, err := w.process.Stat("ns/user")
	return err == nil && unix.Fstat(w.spaces[ns.User].fd, &chosen) == nil && chosen.Ino == theirs.Ino
}
