package unshare

import (
	"errors"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/facts"
	"nstools/internal/idmap"
	"nstools/internal/plan"
	"nstools/internal/tool"
)

// Needs returns which files Compile will read.
func (o *Options) Needs() facts.Needs {
	var n facts.Needs
	specs := func(list []ranges, sub, kernel *bool) {
		for _, r := range list {
			switch r.spec {
			case "auto", "subids":
				*sub, n.Passwd = true, true
			case "all":
				*kernel = true
			}
		}
	}
	specs(o.MapUsers, &n.Subuid, &n.UIDMap)
	specs(o.MapGroups, &n.Subgid, &n.GIDMap)
	isName := func(s *single) bool {
		return s != nil && !s.current && !isNumber(s.id)
	}
	n.Passwd = n.Passwd || isName(o.MapUser) || len(o.Command) == 0
	n.Group = isName(o.MapGroup)
	n.Dir = o.PivotRoot != nil
	return n
}

func isNumber(s string) bool {
	_, err := idmap.ParseNumber(s)
	return err == nil
}

// resolveMaps looks up names and words. It settles which maps need a helper, and which the
// process writes itself: a single id is all that a caller without privileges may map.
func (c *compiler) resolveMaps() error {
	user, err := c.resolveSingle(c.MapUser, c.facts.EUID, func(s string) (uint32, error) {
		return facts.ParseUserID(c.facts.Passwd.Text, s)
	}, "failed to parse uid")
	if err != nil {
		return err
	}
	group, err := c.resolveSingle(c.MapGroup, c.facts.EGID, func(s string) (uint32, error) {
		return facts.ParseGroupID(c.facts.Group.Text, s)
	}, "failed to parse gid")
	if err != nil {
		return err
	}
	users, err := c.resolveRanges(c.MapUsers, &c.facts.Subuid, &c.facts.UIDMap)
	if err != nil {
		return err
	}
	groups, err := c.resolveRanges(c.MapGroups, &c.facts.Subgid, &c.facts.GIDMap)
	if err != nil {
		return err
	}
	// With --owner the process has other ids by the time it could write.
	c.users, c.singleUser = chooseMap(users, user, c.facts.EUID, c.Owner != nil)
	c.groups, c.singleGroup = chooseMap(groups, group, c.facts.EGID, c.Owner != nil)
	if c.singleGroup != nil && c.Setgroups == "allow" {
		return tool.Failure("options --setgroups=allow and --map-group are mutually exclusive")
	}
	return nil
}

func chooseMap(entries []idmap.Entry, inner *uint32, outer uint32, helper bool) (idmap.Map, *uint32) {
	if len(entries) == 0 && !(helper && inner != nil) {
		return nil, inner
	}
	var pair *idmap.Pair
	if inner != nil {
		pair = &idmap.Pair{Inner: *inner, Outer: outer}
	}
	return idmap.Hole(entries, pair), nil
}

func (c *compiler) resolveSingle(s *single, own uint32, parse func(string) (uint32, error), what string) (*uint32, error) {
	if s == nil {
		return nil, nil
	}
	if s.current {
		return &own, nil
	}
	id, err := parse(s.id)
	if err != nil {
		return nil, tool.Failure(what + ": '" + s.id + "'")
	}
	return &id, nil
}

func (c *compiler) resolveRanges(list []ranges, sub, kernel *facts.File) ([]idmap.Entry, error) {
	var entries []idmap.Entry
	for _, r := range list {
		switch r.spec {
		case "all":
			if kernel.Err != nil {
				return nil, cannotOpen(kernel)
			}
			entries = append(entries, idmap.Identity(string(kernel.Text))...)
		case "auto", "subids":
			start, count, err := c.subordinate(sub)
			if err != nil {
				return nil, err
			}
			e := idmap.Entry{Range: idmap.Range{Outer: start, Count: count}, Auto: r.spec == "auto"}
			if !e.Auto {
				e.Inner = start
			}
			entries = append(entries, e)
		default:
			r, err := idmap.ParseRange(r.spec)
			if err != nil {
				return nil, tool.Failure(err.Error())
			}
			entries = append(entries, idmap.Entry{Range: r})
		}
	}
	return entries, nil
}

// subordinate returns the caller's first block in /etc/subuid or /etc/subgid.
func (c *compiler) subordinate(sub *facts.File) (start, count uint32, err error) {
	uid := c.facts.EUID
	user, ok := facts.UserByID(c.facts.Passwd.Text, uid)
	if !ok {
		return 0, 0, tool.Failure("you (user " + strconv.FormatUint(uint64(uid), 10) + ") don't exist.")
	}
	if sub.Err != nil {
		return 0, 0, &diag.Error{Text: cannotOpen(sub).Error(), Hint: c.subidHint(user)}
	}
	start, count, ok, err = facts.Subid(sub.Text, user.Name, uid)
	if broken := (*facts.SubidError)(nil); errors.As(err, &broken) {
		return 0, 0, &diag.Error{
			Text: err.Error(),
			Hint: "line " + strconv.Itoa(broken.Number) + " of " + sub.Path + " has to be USER:FIRST:COUNT, with numbers below 4294967296, and is: " + broken.Line,
		}
	}
	if !ok {
		return 0, 0, &diag.Error{Text: `no line matching user "` + user.Name + `" in ` + sub.Path, Hint: c.subidHint(user)}
	}
	return start, count, nil
}

// subidHint returns the hint for a user without subordinate ids.
func (c *compiler) subidHint(user facts.User) string {
	if c.facts.Lookup == nil {
		return ""
	}
	command := facts.UsermodCommand(user.Name, user.UID, c.facts.Lookup)
	if command == "" {
		return ""
	}
	missing := ""
	for _, path := range []string{"/etc/subuid", "/etc/subgid"} {
		if c.facts.Lookup(path) == nil { // then usermod(8) refuses
			missing = tool.AddOption(missing, path)
		}
	}
	if missing != "" {
		command = "touch " + missing + " && " + command
	}
	return "give " + user.Name + " a block of ids, as root: " + command
}

func cannotOpen(f *facts.File) error {
	return tool.Failure("could not open '" + f.Path + "': " + diag.Reason(f.Err))
}

// mapHelpers adds the children that write the maps from outside. Root writes both files
// itself; an ordinary user runs newuidmap(1) and newgidmap(1).
func (c *compiler) mapHelpers() {
	if c.facts.EUID == 0 {
		steps := append(c.writeMap(c.users, "uid_map", c.userOptions()), c.writeMap(c.groups, "gid_map", c.groupOptions())...)
		c.mapHelper(tool.AddOption(c.userOptions(), c.groupOptions()), plan.Helper{Name: "idmap", Gate: slotUIDGate, PID: slotUIDPID, Steps: steps}, plan.Call{})
		return
	}
	users := c.runMapProgram(c.users, "newuidmap", c.userOptions())
	c.mapHelper(c.userOptions(), plan.Helper{Name: "newuidmap", Gate: slotUIDGate, PID: slotUIDPID, Steps: users}, c.mapProgramArgs("newuidmap", c.users))
	groups := c.runMapProgram(c.groups, "newgidmap", c.groupOptions())
	c.mapHelper(c.groupOptions(), plan.Helper{Name: "newgidmap", Gate: slotGIDGate, PID: slotGIDPID, Steps: groups}, c.mapProgramArgs("newgidmap", c.groups))
}

// mapProgramArgs returns what a hint needs to know of newuidmap(1) or newgidmap(1): the
// real user id, which the new user namespace does not map yet, and the ranges.
func (c *compiler) mapProgramArgs(program string, m idmap.Map) plan.Call {
	cause := plan.Call{Name: program, Args: []plan.Arg{plan.Path(strconv.FormatUint(uint64(c.facts.UID), 10))}}
	for _, word := range m.Args() {
		cause.Args = append(cause.Args, plan.Path(word))
	}
	return cause
}

// mapHelper adds a helper that has steps, and keeps its release.
func (c *compiler) mapHelper(why string, h plan.Helper, cause plan.Call) {
	if len(h.Steps) == 0 {
		return
	}
	c.plan.Add(why, h)
	c.mapReleases = append(c.mapReleases, plan.Step{For: why, Op: plan.Release{Name: h.Name, Gate: h.Gate, PID: h.PID, Cause: cause}})
}

func (c *compiler) writeMap(m idmap.Map, file, why string) (steps []plan.Step) {
	if m == nil {
		return nil
	}
	path := "/proc/" + c.facts.Self + "/" + file
	for _, op := range plan.WriteFile(path, m.Lines(), "failed to open "+path, "failed to write "+path, false) {
		steps = append(steps, plan.Step{For: why, Op: op})
	}
	return steps
}

func (c *compiler) runMapProgram(m idmap.Map, program, why string) []plan.Step {
	if m == nil {
		return nil
	}
	argv := append([]string{program, c.facts.Self}, m.Args()...)
	return []plan.Step{{For: why, Op: tool.Command(argv, c.facts.Env)}}
}

func (c *compiler) userOptions() string  { return optionNames(c.MapUsers, c.MapUser) }
func (c *compiler) groupOptions() string { return optionNames(c.MapGroups, c.MapGroup) }

func optionNames(list []ranges, s *single) string {
	names := ""
	for _, r := range list {
		names = tool.AddOption(names, r.option)
	}
	if s != nil {
		names = tool.AddOption(names, s.option)
	}
	return names
}

// writeSingleMaps writes the maps of one id. Since Linux 3.19 a caller without privileges
// may write gid_map only after setgroups(2) is denied for good.
// See: user_namespaces(7).
func (c *compiler) writeSingleMaps() {
	write := func(file string, inner, outer uint32, why string) {
		path := "/proc/self/" + file
		line := strconv.FormatUint(uint64(inner), 10) + " " + strconv.FormatUint(uint64(outer), 10) + " 1"
		c.plan.Add(why, plan.WriteFile(path, line, "cannot open "+path, "write failed "+path, false)...)
	}
	if c.singleUser != nil {
		write("uid_map", *c.singleUser, c.facts.EUID, c.MapUser.option)
	}
	if c.singleGroup != nil {
		c.setgroups("deny", c.MapGroup.option)
		write("gid_map", *c.singleGroup, c.facts.EGID, c.MapGroup.option)
	}
	if c.Setgroups != "" {
		c.setgroups(c.Setgroups, "--setgroups")
	}
}

// setgroups writes /proc/self/setgroups. Before Linux 3.19 the file is missing, and
// setgroups(2) is allowed anyway.
func (c *compiler) setgroups(word, why string) {
	const path = "/proc/self/setgroups"
	c.whileDumpable(why, plan.WriteFile(path, word, "cannot open "+path, "write failed "+path, true)...)
}

// hostnameAndLoopback sets up what the original leaves to others.
func (c *compiler) hostnameAndLoopback() {
	if c.Hostname != nil {
		c.plan.Add("--hostname", plan.Sethostname(*c.Hostname, "cannot set hostname to '"+*c.Hostname+"'"))
	}
	if c.Loopback {
		c.plan.Add("--loopback", plan.LinkUp("lo", "cannot bring up lo")...)
	}
}

// insideUID returns the caller's user id as the command sees it.
func (c *compiler) insideUID() uint32 {
	const overflow = 65534 // kernel.overflowuid, for ids without a map
	switch {
	case c.SetUID != nil:
		return *c.SetUID
	case c.singleUser != nil:
		return *c.singleUser
	case c.Namespaces&unix.CLONE_NEWUSER == 0:
		return c.facts.UID
	}
	for _, r := range c.users {
		if uid := c.facts.EUID; uid >= r.Outer && uint64(uid) < uint64(r.Outer)+uint64(r.Count) {
			return r.Inner + (uid - r.Outer)
		}
	}
	return overflow
}
