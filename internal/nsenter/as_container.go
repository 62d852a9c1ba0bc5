package nsenter

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/files"
	"nstools/internal/ns"
	"nstools/internal/proc"
	"nstools/internal/quote"
	"nstools/internal/target"
	"nstools/internal/tool"
)

const asContainer = "--as-container"

// targetAttributes are how the target runs beside its namespaces, as far as another
// process can have them.
type targetAttributes struct {
	target.Credentials      // as its user namespace has them, where that is entered
	groups, bounding   bool // whether these two have to be set, which takes privileges
	cgroups            []membership
	profile            string   // of AppArmor, "" for that we have
	oom                string   // oom_score_adj, "" for that we have
	lost               []string // what cannot be had, in words
}

// A membership is a cgroup to join.
type membership struct {
	procs int // descriptor of its cgroup.procs
	name  string
}

// readContainer learns how the target runs.
func (o *opened) readContainer() error {
	if !o.AsContainer {
		return nil
	}
	if o.pid() == 0 {
		return o.noTarget("no target PID specified for " + asContainer)
	}
	for option, given := range map[string]bool{"--preserve-credentials": o.Preserve, "--keep-caps": o.KeepCaps} {
		if given {
			return tool.Failure("mutually exclusive arguments: " + asContainer + " " + option)
		}
	}
	o.attributes = new(targetAttributes)
	for _, part := range [...]struct {
		file  string
		limit int
		take  func(text []byte, err error) error
	}{
		{"status", statusMax, o.readCredentials},
		{"oom_score_adj", 64, o.readOOM},
		{"cgroup", cgroupMax, o.readCgroups},
		{"attr/apparmor/current", 4096, o.readProfile},
	} {
		text, err := o.readFile(asContainer, part.file, "", part.limit)
		if o.explain {
			continue
		}
		if err := part.take(text, err); err != nil {
			return err
		}
	}
	if o.explain {
		o.attributes.groups = true
		o.openProcs(asContainer, cgroupRoot, "", " /* in each hierarchy */")
	}
	return nil
}

func (o *opened) readCredentials(status []byte, err error) error {
	a := o.attributes
	if err != nil {
		return o.targetError("can not get process stat", err)
	}
	if a.Credentials, err = target.ParseCredentials(status); err != nil {
		return tool.Failure("can not get process stat: " + err.Error())
	}
	text, err := files.Read("/proc/self/status")
	if err != nil {
		return tool.Failure("can not get process stat: " + diag.Reason(err))
	}
	ours, err := target.ParseCredentials(text)
	if err != nil {
		return tool.Failure("can not get process stat: " + err.Error())
	}
	if err := o.checkUser(); err != nil {
		return err
	}
	if o.namespaces[ns.User].wanted {
		if err := o.mapCredentials(); err != nil {
			return err
		}
		ours.Permitted, ours.Bounding = ^uint64(0), ^uint64(0) // by entering; see user_namespaces(7)
	} else {
		a.groups = !slices.Equal(a.Groups, ours.Groups)
	}
	a.limit(ours)
	return nil
}

// checkUser refuses capabilities that are meant for another user namespace than the
// one in which they would be had.
func (o *opened) checkUser() error {
	if o.namespaces[ns.User].wanted && o.entersTargetUser() {
		return nil
	}
	var own unix.Stat_t
	theirs, err := o.statUser()
	switch {
	case err != nil:
		return err
	case o.namespaces[ns.User].wanted || unix.Stat("/proc/self/ns/user", &own) != nil || own.Ino != theirs:
		return tool.Failure(asContainer + " takes the target's own user namespace (--user or --all)")
	}
	return nil
}

// mapCredentials turns ids as we have them into those of the target's user namespace.
func (o *opened) mapCredentials() error {
	a := o.attributes
	if _, err := o.mapID("uid_map", &a.UID); err != nil {
		return err
	}
	gids, err := o.mapID("gid_map", &a.GID)
	if err != nil {
		return err
	}
	a.mapGroups(gids)
	denied, _ := o.process.ReadFile("setgroups", 64)
	a.groups = strings.TrimSpace(string(denied)) != "deny"
	return nil
}

func (a *targetAttributes) mapGroups(gids []byte) {
	groups := a.Groups
	a.Groups = nil
	var outside []string
	for _, g := range groups {
		if inside, ok := target.Inside(gids, g); ok {
			a.Groups = append(a.Groups, inside)
		} else {
			outside = append(outside, strconv.FormatUint(uint64(g), 10))
		}
	}
	if len(outside) > 0 {
		a.addLost("groups that are not mapped in its user namespace: " + strings.Join(outside, " "))
	}
}

func (a *targetAttributes) addLost(what string) { a.lost = append(a.lost, what) }

// limit leaves of the capabilities what we can have, and names the rest.
func (a *targetAttributes) limit(ours target.Credentials) {
	if lacking := a.Permitted &^ ours.Permitted; lacking != 0 {
		a.addLost(diag.Capabilities(lacking) + ", which you have not")
	}
	a.Permitted &= ours.Permitted
	a.Effective &= a.Permitted
	if a.UID == 0 {
		// Of a program that uid 0 starts, what may be permitted is permitted; see
		// "Capabilities and execution of programs by root" in capabilities(7).
		a.Bounding &= a.Permitted
		a.Inheritable &= a.Permitted
	}
	// What is not in the bounding set, once that is set, cannot become inheritable.
	had := a.Inheritable
	a.Inheritable &= ours.Inheritable | ours.Bounding&a.Bounding&ours.Permitted
	if forgotten := had &^ a.Inheritable; forgotten != 0 {
		a.addLost("inheritable " + diag.Capabilities(forgotten))
	}
	a.Ambient &= a.Permitted & a.Inheritable
	if forgotten := a.Effective &^ a.Ambient; a.UID != 0 && forgotten != 0 {
		a.addLost(diag.Capabilities(forgotten) + ", which no program keeps that a uid other than 0 starts")
	}
	a.bounding = ours.Bounding&^a.Bounding != 0
	if a.Seccomp {
		a.addLost("its seccomp filter")
	}
}

// readCgroups opens the target's cgroups in every hierarchy in which we are in another.
func (o *opened) readCgroups(text []byte, err error) error {
	if err != nil {
		return o.targetError("failed to get cgroup path", err)
	}
	own, _ := files.Read("/proc/self/cgroup")
	mounts, _ := files.Read("/proc/self/mountinfo")
	ours, all := proc.ParseCgroups(string(own)), proc.ParseMounts(string(mounts))
	for _, c := range proc.ParseCgroups(string(text)) {
		if slices.Contains(ours, c) {
			continue
		}
		name := "cgroup " + quote.Plain(strings.TrimPrefix(c.Controllers+":"+c.Path, ":"))
		procs, err := o.openProcsOf(c, all)
		if err == unix.ENODEV && c.Controllers == "" && len(ours) > 1 {
			continue // beside those of version 1 it has no controllers, and is not mounted here
		}
		if err == errFrozen {
			return &diag.Error{Text: "the target is frozen", Hint: "in " + name + " nothing runs, nor would the command: resume the container first"}
		}
		if err != nil {
			o.attributes.addLost(name + " (" + diag.Reason(err) + ")")
			continue
		}
		o.attributes.cgroups = append(o.attributes.cgroups, membership{procs, name})
	}
	return nil
}

var errFrozen = errors.New("frozen")

// openProcsOf opens cgroup.procs of a cgroup through the first mount that has it.
func (o *opened) openProcsOf(c proc.Cgroup, mounts []proc.Mount) (procs int, err error) {
	err = unix.ENODEV
	for _, m := range mounts {
		if !c.Mounted(m) {
			continue
		}
		err = unix.EXDEV
		path, ok := c.Below(m)
		if !ok {
			continue
		}
		if isFrozen(c, m.Point, path) {
			return target.None, errFrozen
		}
		if procs, err = o.openProcs(asContainer, m.Point, path, ""); err == nil {
			return procs, nil
		}
	}
	return target.None, err
}

// readOOM reads how soon the kernel ends the target where memory is short, as the value
// that exec of the runtimes takes over; see proc_pid_oom_score_adj(5). To have less than
// before can take a privilege, which shows when it is written.
func (o *opened) readOOM(text []byte, err error) error {
	if err != nil {
		return o.targetError("can not get process oom_score_adj", err)
	}
	own, _ := files.Read("/proc/self/oom_score_adj")
	if theirs := strings.TrimSpace(string(text)); theirs != strings.TrimSpace(string(own)) {
		o.attributes.oom = theirs
	}
	return nil
}

// readProfile reads what AppArmor confines the target to: "PROFILE (MODE)". Where it
// is not in the kernel there is nothing to read.
func (o *opened) readProfile(text []byte, err error) error {
	if err != nil {
		return nil
	}
	own, _ := files.Read("/proc/self/attr/apparmor/current")
	theirs := strings.TrimRight(string(text), "\x00\n")
	if theirs == "" || theirs == strings.TrimRight(string(own), "\x00\n") {
		return nil
	}
	o.attributes.profile, _, _ = strings.Cut(theirs, " (")
	return nil
}
