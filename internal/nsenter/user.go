package nsenter

import (
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/ns"
	"nstools/internal/target"
	"nstools/internal/tool"
)

// openParent opens the parent of the user namespace that was chosen, else of the target's,
// else the owner of another namespace that was chosen.
func (o *opened) openParent() error {
	if !o.UserParent {
		return nil
	}
	const option = "--user-parent"
	user := &o.namespaces[ns.User]
	child, own := user.fd, false
	name := "user"
	if !user.wanted {
		var err error
		child, name, err = o.namespaceWithOwner()
		if err != nil {
			return err
		}
		own = o.pid() != 0
	}
	parent, err := o.openOwner(option, child, name)
	if err != nil {
		return &diag.Error{Text: "failed to open parent namespace: " + diag.Reason(err), Hint: noParent(child, err)}
	}
	if own {
		closeFD(child)
	}
	user.want(option)
	user.ofTarget, user.current = false, false
	replaceFD(&user.fd, parent)
	return nil
}

// noParent returns the hint for a user namespace whose parent is out of reach, "" for any
// other cause.
func noParent(fd int, err error) string {
	var st, own unix.Stat_t
	if err == unix.EPERM && unix.Fstat(fd, &st) == nil && unix.Stat("/proc/self/ns/user", &own) == nil && st.Ino == own.Ino {
		return "this is the user namespace that you are in, and there is no way to the one around it: leave out --user-parent"
	}
	return ""
}

// namespaceWithOwner returns the target's user namespace or, without a target, any
// namespace that was chosen, and its name in the explanation.
func (o *opened) namespaceWithOwner() (fd int, name string, err error) {
	if o.pid() != 0 {
		fd, err = o.openTargetFile("--user-parent", "ns/user", "child", unix.O_RDONLY)
		return fd, "child", err
	}
	for i, s := range o.namespaces {
		if s.wanted {
			return s.fd, ns.Kinds[i].Option, nil
		}
	}
	return target.None, "", o.noTarget("no target PID specified")
}

// findParents lists the user namespaces between the caller's and the one to enter. A
// namespace that belongs to one of them may have to be entered from there.
func (o *opened) findParents() error {
	if o.explain || !o.namespaces[ns.User].wanted || o.cloneFlags() == unix.CLONE_NEWUSER {
		return nil
	}
	var own, st unix.Stat_t
	if unix.Stat("/proc/self/ns/user", &own) != nil {
		return nil
	}
	var found []int
	for fd := o.namespaces[ns.User].fd; ; {
		parent, err := unix.IoctlRetInt(fd, unix.NS_GET_PARENT)
		if err != nil { // it is outside the caller's, or of another kind
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
	o.parents = found
	return nil
}

func closeAll(fds []int) {
	for _, fd := range fds {
		unix.Close(fd)
	}
}

// statusMax is more than /proc/PID/status has with NGROUPS_MAX groups of ten digits.
const statusMax = 1 << 20

// readIDs reads the ids that "follow" stands for.
func (o *opened) readIDs() error {
	if (o.SetUID == nil || !o.SetUID.follow) && (o.SetGID == nil || !o.SetGID.follow) {
		return nil
	}
	if o.pid() == 0 {
		return o.noTarget("neither filename nor target pid supplied for the ids to follow")
	}
	option := "--setuid --setgid"
	switch {
	case o.SetUID == nil || !o.SetUID.follow:
		option = "--setgid"
	case o.SetGID == nil || !o.SetGID.follow:
		option = "--setuid"
	}
	status, err := o.readFile(option, "status", " /* Uid and Gid, the effective ones */", statusMax)
	switch {
	case o.explain:
		return nil
	case err != nil:
		return o.targetError("can not get process stat", err)
	}
	if o.ids, err = target.ParseIds(status); err != nil {
		return tool.Failure("can not get process stat: " + err.Error())
	}
	return o.mapIDs()
}

// mapIDs turns the target's ids, which are those of the caller's user namespace, into ids
// of the user namespace to enter.
func (o *opened) mapIDs() error {
	if !o.namespaces[ns.User].wanted && !o.UserParent {
		return nil
	}
	if !o.entersTargetUser() {
		return tool.Failure("ids can be followed only into the target's own user namespace")
	}
	for _, m := range [...]struct {
		file string
		id   *uint32
		used *id
	}{{"uid_map", &o.ids.UID, o.SetUID}, {"gid_map", &o.ids.GID, o.SetGID}} {
		if m.used == nil || !m.used.follow {
			continue
		}
		if _, err := o.mapID(m.file, m.id); err != nil {
			return err
		}
	}
	return nil
}

// mapID turns an id of the caller's user namespace into one of the target's, by the
// target's uid_map or gid_map. It returns the text of that.
func (o *opened) mapID(file string, id *uint32) ([]byte, error) {
	text, err := o.process.ReadFile(file, 1<<16)
	if err != nil {
		return nil, o.targetError("can not get process stat", err)
	}
	inside, ok := target.InnerID(text, *id)
	if !ok {
		return nil, tool.Failure("the target's " + file[:3] + " " + strconv.FormatUint(uint64(*id), 10) + " is not mapped in its user namespace")
	}
	*id = inside
	return text, nil
}

// entersTargetUser reports whether the user namespace to enter is the target's.
func (o *opened) entersTargetUser() bool {
	if o.UserParent {
		return false
	}
	if o.namespaces[ns.User].ofTarget {
		return true
	}
	var chosen unix.Stat_t
	targets, err := o.process.Stat("ns/user")
	return err == nil && unix.Fstat(o.namespaces[ns.User].fd, &chosen) == nil && chosen.Ino == targets.Ino
}
