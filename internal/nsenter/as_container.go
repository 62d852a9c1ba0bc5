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

// targetAttributes are how the target runs beside its namespaces, as far as another process
// can have them.
type targetAttributes struct {
	target.Credentials      // as its user namespace has them, where the command enters it
	groups, bounding   bool // whether to set these two, which takes privileges
	cgroups            []membership
	profile            string   // of AppArmor; "" leaves the caller's
	oom                string   // oom_score_adj; "" leaves the caller's
	lost               []string // what the command runs without, in words
}

// A membership is a cgroup to join.
type membership struct {
	procs int // descriptor of its cgroup.procs
	name  string
}

// readContainer reads the target's attributes.
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
	callers, err := target.ParseCredentials(text)
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
		callers.Permitted, callers.Bounding = ^uint64(0), ^uint64(0) // by entering; see user_namespaces(7)
	} else {
		a.groups = !slices.Equal(a.Groups, callers.Groups)
	}
	a.limit(callers)
	return nil
}

// checkUser refuses a user namespace other than the target's: its capabilities count there
// alone.
func (o *opened) checkUser() error {
	if o.namespaces[ns.User].wanted && o.entersTargetUser() {
		return nil
	}
	var own unix.Stat_t
	user, err := o.statUser()
	switch {
	case err != nil:
		return err
	case o.namespaces[ns.User].wanted || unix.Stat("/proc/self/ns/user", &own) != nil || own.Ino != user:
		return tool.Failure(asContainer + " takes the target's own user namespace (--user or --all)")
	}
	return nil
}

// mapCredentials turns ids of the caller's user namespace into those of the target's.
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
		if inside, ok := target.InnerID(gids, g); ok {
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

// limit leaves the capabilities that the caller can hand on, and notes the rest as lost.
func (a *targetAttributes) limit(callers target.Credentials) {
	if lacking := a.Permitted &^ callers.Permitted; lacking != 0 {
		a.addLost(diag.Capabilities(lacking) + ", which you have not")
	}
	a.Permitted &= callers.Permitted
	a.Effective &= a.Permitted
	if a.UID == 0 {
		// A program that uid 0 starts is permitted whatever may be permitted.
		// See: "Capabilities and execution of programs by root" in capabilities(7).
		a.Bounding &= a.Permitted
		a.Inheritable &= a.Permitted
	}
	// A capability outside the bounding set can no longer become inheritable.
	had := a.Inheritable
	a.Inheritable &= callers.Inheritable | callers.Bounding&a.Bounding&callers.Permitted
	if forgotten := had &^ a.Inheritable; forgotten != 0 {
		a.addLost("inheritable " + diag.Capabilities(forgotten))
	}
	a.Ambient &= a.Permitted & a.Inheritable
	if forgotten := a.Effective &^ a.Ambient; a.UID != 0 && forgotten != 0 {
		a.addLost(diag.Capabilities(forgotten) + ", which no program keeps that a uid other than 0 starts")
	}
	a.bounding = callers.Bounding&^a.Bounding != 0
	if a.Seccomp {
		a.addLost("its seccomp filter")
	}
}

// readCgroups opens the target's cgroups in every hierarchy where the caller's cgroup is
// another.
func (o *opened) readCgroups(text []byte, err error) error {
	if err != nil {
		return o.targetError("failed to get cgroup path", err)
	}
	own, _ := files.Read("/proc/self/cgroup")
	mounts, _ := files.Read("/proc/self/mountinfo")
	callers, all := proc.ParseCgroups(string(own)), proc.ParseMounts(string(mounts))
	for _, c := range proc.ParseCgroups(string(text)) {
		if slices.Contains(callers, c) {
			continue
		}
		name := "cgroup " + quote.Plain(strings.TrimPrefix(c.Controllers+":"+c.Path, ":"))
		procs, err := o.openProcsOf(c, all)
		if err == unix.ENODEV && c.Controllers == "" && len(callers) > 1 {
			continue // with version 1 mounted it has no controllers, and no mount here
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

// openProcsOf opens cgroup.procs of a cgroup through the first mount that shows it.
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

// readOOM reads how soon the kernel ends the target where memory is short. The exec
// commands of runtimes take the same value over. A lower value can take a privilege, which
// shows when it is written.
// See: proc_pid_oom_score_adj(5).
func (o *opened) readOOM(text []byte, err error) error {
	if err != nil {
		return o.targetError("can not get process oom_score_adj", err)
	}
	own, _ := files.Read("/proc/self/oom_score_adj")
	if score := strings.TrimSpace(string(text)); score != strings.TrimSpace(string(own)) {
		o.attributes.oom = score
	}
	return nil
}

// readProfile reads what AppArmor confines the target to: "PROFILE (MODE)". A kernel
// without AppArmor has no such file.
func (o *opened) readProfile(text []byte, err error) error {
	if err != nil {
		return nil
	}
	own, _ := files.Read("/proc/self/attr/apparmor/current")
	profile := strings.TrimRight(string(text), "\x00\n")
	if profile == "" || profile == strings.TrimRight(string(own), "\x00\n") {
		return nil
	}
	o.attributes.profile, _, _ = strings.Cut(profile, " (")
	return nil
}
